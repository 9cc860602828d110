import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { z } from 'zod'
import { createApp, multipart, post, type App } from '../../src/index.ts'
import { temporaryFiles } from '../../src/node/temporary-files.ts'
import { listen } from '../support/listen.ts'
import { folderFor } from './folder.ts'
import { silent } from '../support/recording-logger.ts'

const Seen = z.object({ sizes: z.array(z.int()), text: z.string(), onDisk: z.int() })

/** Files on the disk, folders left out. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}

/** What is on the disk while the handler runs is in its answer. */
function uploadApp(t: TestContext, fail = false): { app: App; folder: string } {
  const folder = folderFor(t).path
  const store = temporaryFiles({ thresholdBytes: 10, directory: folder })
  const body = multipart(z.object({ files: z.array(z.file()), count: z.int() }), { store })
  const upload = post('/', { body, responses: { 200: Seen } }, async ({ body: { files } }) => {
    if (fail) throw new Error('no')
    const texts = await Promise.all(files.map((file) => file.text()))
    return { sizes: files.map(({ size }) => size), text: texts.join('|'), onDisk: filesIn(folder).length }
  })
  return { app: createApp({ logger: silent }).add(upload), folder }
}

function formOf(count: string, ...contents: readonly string[]): FormData {
  const form = new FormData()
  for (const content of contents) form.append('files', new File([content], 'a.txt'))
  form.append('count', count)
  return form
}

describe('a file larger than the threshold', () => {
  test('is on the disk while the handler runs, and gone after the response', async (t) => {
    const { app, folder } = uploadApp(t)
    await using server = await listen(app)
    const response = await fetch(server.url, { method: 'POST', body: formOf('1', 'small', 'more than ten bytes', '', 'x'.repeat(200_000)) })
    assert.equal(response.status, 200)
    const { sizes, text, onDisk } = (await response.json()) as z.infer<typeof Seen>
    assert.deepEqual(sizes, [5, 19, 0, 200_000])
    assert.equal(text, `small|more than ten bytes||${'x'.repeat(200_000)}`)
    assert.equal(onDisk, 2)
    await server.stop()
    assert.deepEqual(readdirSync(folder), [])
  })
  for (const [name, count, contents] of [
    ['the handler fails', '1', ['more than ten bytes']],
    ['another field is wrong', 'x', ['more than ten bytes', 'and another one']],
  ] as const) {
    test(`is gone when ${name}`, async (t) => {
      const { app, folder } = uploadApp(t, true)
      const response = await app.request('/', { method: 'POST', body: formOf(count, ...contents) })
      assert.ok(response.status === 500 || response.status === 422)
      await response.arrayBuffer()
      await app.drain()
      assert.deepEqual(readdirSync(folder), [])
    })
  }
  test('is gone when the content ends too early or is too large', async (t) => {
    const { app, folder } = uploadApp(t)
    const head = '--B\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
    const headers = { 'content-type': 'multipart/form-data; boundary=B' }
    for (const content of [`${head}${'x'.repeat(1000)}`, `${head}${'x'.repeat(2_000_000)}\r\n--B--`]) {
      const response = await app.request('/', { method: 'POST', headers, body: content })
      assert.ok(response.status === 422 || response.status === 413)
      await response.arrayBuffer()
      assert.deepEqual(readdirSync(folder), [])
    }
  })
})

async function* threeBytes(): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array(3)
}

test('no other user may read it', { skip: process.platform === 'win32' }, async (t) => {
  const folder = folderFor(t).path
  const store = temporaryFiles({ thresholdBytes: 0, directory: folder })
  const cleanUps: (() => unknown)[] = []
  const file = await store({ field: 'f', name: '../a', type: 'text/plain', content: threeBytes() }, (action) => cleanUps.push(action))
  assert.ok(file instanceof File)
  assert.deepEqual([file.name, file.type, file.size], ['../a', 'text/plain', 3])
  const [stored] = filesIn(folder)
  assert.equal(statSync(stored!).mode & 0o777, 0o600)
  assert.equal(statSync(dirname(stored!)).mode & 0o777, 0o700)
  await Promise.all(cleanUps.map((action) => action()))
  assert.deepEqual(readdirSync(folder), [])
})

/** Stores one file in another process, then ends that process. The folder is what it left. */
async function leave(folder: string, ending: string): Promise<readonly string[]> {
  const program = `
    import { temporaryFiles } from ${JSON.stringify(join(import.meta.dirname, '../../src/node/index.ts'))}
    const store = temporaryFiles({ thresholdBytes: 0, directory: ${JSON.stringify(folder)} })
    async function* content() { yield new Uint8Array(3) }
    await store({ field: 'f', name: 'a', type: 'text/plain', content: content() }, () => {})
    process.stdout.write('stored')
    ${ending}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8')
  const [said] = (await once(child.stdout, 'data')) as [string]
  assert.equal(said, 'stored')
  if (ending !== 'process.exit(0)') child.kill('SIGKILL')
  await once(child, 'exit')
  return readdirSync(folder)
}

describe('a process that ends during an upload', () => {
  test('removes its folder when it exits', async (t) => {
    assert.deepEqual(await leave(folderFor(t).path, 'process.exit(0)'), [])
  })
  test('leaves its folder when it is killed, which the next process removes', async (t) => {
    const folder = folderFor(t).path
    mkdirSync(join(folder, 'riposte-other'))
    writeFileSync(join(folder, 'riposte-file'), 'x')
    const left = await leave(folder, 'setInterval(() => {}, 1000)')
    assert.equal(left.length, 3)
    const store = temporaryFiles({ thresholdBytes: 0, directory: folder })
    const cleanUps: (() => unknown)[] = []
    await store({ field: 'f', name: 'a', type: 'text/plain', content: threeBytes() }, (action) => cleanUps.push(action))
    await Promise.all(cleanUps.map((action) => action()))
    while (readdirSync(folder).length > 2) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(readdirSync(folder).toSorted(), ['riposte-file', 'riposte-other'])
  })
})
