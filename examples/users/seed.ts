/** What a first start puts into an empty database and an empty folder. */
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { hashPassword } from './password.ts'
import { users } from './schema.ts'

const USERS = 45
const CSV_ROWS = 120_000
const START = Date.parse('2024-01-01T00:00:00Z')
const HOUR_MS = 3_600_000

/** The password of every seeded user. */
export const SEED_PASSWORD = 'correct horse'

/** Gives true where there was nothing yet. */
export async function seedUsers(db: Database): Promise<boolean> {
  if ((await db.$count(users)) > 0) return false
  const password_hash = await hashPassword(SEED_PASSWORD)
  await db.insert(users).values(
    Array.from({ length: USERS }, (_, index) => ({
      email: `user${index + 1}@example.com`,
      name: `User ${index + 1}`,
      created_at: new Date(START + (index + 1) * HOUR_MS),
      password_hash,
    })),
  )
  return true
}

export interface Files {
  /** The download folder. */
  readonly downloads: string
  readonly largeCSV: string
}

export async function seedFiles(folder: string): Promise<Files> {
  const files = { downloads: join(folder, 'downloads'), largeCSV: join(folder, 'large_file.csv') }
  if (!existsSync(files.downloads)) {
    await mkdir(files.downloads, { recursive: true })
    await writeFile(join(files.downloads, 'hello.txt'), 'Hello, world!\n')
    await writeFile(join(files.downloads, 'naïve-日本.txt'), 'Its name is not ASCII.\n')
  }
  if (!existsSync(files.largeCSV)) await writeLargeCSV(files.largeCSV)
  return files
}

/** A start that is stopped halfway must not leave half a file under the name. */
async function writeLargeCSV(path: string): Promise<void> {
  const unfinished = `${path}.part`
  const file = createWriteStream(unfinished)
  file.write('id,name,value\n')
  for (let id = 1; id <= CSV_ROWS; id++) {
    if (!file.write(`${id},"Row ${id}, naïve ✓",${(id * 7919) % 1_000_003}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
  await rename(unfinished, path)
}
