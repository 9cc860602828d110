/** Starts the app: opens the database, fills it on the first start, and serves until a signal comes. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from 'riposte/node'
import { createUsersApp } from './app.ts'
import { openDatabase } from './database.ts'
import { openJobs } from './mail.ts'
import { SEED_PASSWORD, seedFiles, seedUsers } from './seed.ts'

const { DATABASE_URL, DATA_DIR = join(import.meta.dirname, 'data'), HOST = '127.0.0.1', PORT = '8000', WORK = 'yes' } = process.env

async function main(): Promise<void> {
  if (!existsSync(DATA_DIR)) console.log(`First start: 45 users are being made, and files to download in ${DATA_DIR} …`)
  await using database = await openDatabase(DATABASE_URL, DATA_DIR)
  await seedUsers(database.db)
  const files = await seedFiles(DATA_DIR)
  const jobs = openJobs(database.client, { works: WORK !== 'no' })
  await jobs.start()
  await using server = await serve(createUsersApp(database.db, files, jobs), { port: Number(PORT), host: HOST })
  console.log(`
  The API        ${server.url}/users
  Try it         ${server.url}/docs
  The document   ${server.url}/openapi.json
  Log in as      user1@example.com, password "${SEED_PASSWORD}"

  Ctrl+C stops it.
`)
  await server.stopped
  await jobs.stop()
  console.log('Stopped.')
}

try {
  await main()
} catch (error) {
  console.error(`The app can't start: ${error instanceof Error ? error.message || String(error) : String(error)}`)
  process.exitCode = 1
}
