import assert from 'node:assert/strict'
import { createHash, randomFillSync } from 'node:crypto'
import { statSync, truncateSync, unlinkSync } from 'node:fs'
import { request as send, type IncomingMessage } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import type { FileRoot } from '../../src/index.ts'
import { createApp, file } from '../../src/index.ts'
import { directory } from '../../src/node/index.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'
import { CAN_SEE_DESCRIPTORS, folderFor, openFilesIn } from './folder.ts'

const SIZE = 20_000_000

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const logged: string[] = []
const log = (_fields: object, message: string) => void logged.push(message)

async function serveFolder(t: TestContext, change: (root: FileRoot) => FileRoot = (root) => root) {
  const folder = folderFor(t)
  const root = change(directory(folder.path))
  const app = createApp({ logger: { info: log, warn: log, error: log } })
  app.get('/{+path}', { responses: { 200: file({ root }) } }, ({ params }) => params.path)
  const server = await listen(app)
  t.after(() => server.stop())
  return { folder, port: server.port }
}

function open(port: number, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => send({ port, path, headers, agent: false }, resolve).once('error', reject).end())
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Reads at least `length` bytes, then pauses. */
function receive(response: IncomingMessage, length: number): Promise<void> {
  return new Promise((resolve) => {
    let received = 0
    response.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received < length) return
      response.pause()
      resolve()
    })
  })
}

/** With a pause before each chunk. */
async function collectSlowly(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) {
    chunks.push(chunk as Buffer)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return Buffer.concat(chunks)
}

/** Resolves when nothing of the folder is open any more. */
async function untilClosed(path: string): Promise<void> {
  if (!CAN_SEE_DESCRIPTORS) return
  while (openFilesIn(path) > 0) await new Promise((resolve) => setImmediate(resolve))
}

test('a large file arrives whole, at whatever pace it is taken', async (t) => {
  const { folder, port } = await serveFolder(t)
  const content = randomFillSync(new Uint8Array(SIZE))
  folder.write('large', content)
  const fast = collect(await open(port, '/large'))
  const slow = collectSlowly(await open(port, '/large'))
  const part = collect(await open(port, '/large', { range: `bytes=1-${SIZE - 2}` }))
  const parts = collect(await open(port, '/large', { range: `bytes=0-9999999,10000001-${SIZE - 1}` }))
  assert.equal(digest(await slow), digest(content))
  assert.equal(digest(await fast), digest(content))
  assert.equal(digest(await part), digest(content.subarray(1, -1)))
  const multipart = await parts
  const separator = multipart.subarray(0, multipart.indexOf('\r\n'))
  const second = multipart.indexOf('\r\n\r\n', multipart.indexOf(separator, 1)) + 4
  assert.equal(digest(multipart.subarray(second, second + SIZE - 10_000_001)), digest(content.subarray(10_000_001)))
  await untilClosed(folder.path)
})

test('pipelined requests get their files in order', async (t) => {
  const { folder, port } = await serveFolder(t)
  folder.write('a', 'a'.repeat(1_000_000))
  folder.write('b', 'b'.repeat(1_000_000))
  folder.write('c', 'c')
  using wire = new Wire(port)
  for (const name of ['a', 'b', 'c']) wire.send(`GET /${name} HTTP/1.1\r\nHost: x\r\n${name === 'c' ? 'Connection: close\r\n' : ''}\r\n`)
  const bodies = (await wire.whole()).split(/HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)+\r\n/).slice(1)
  assert.deepEqual(
    bodies.map((body) => [body[0], body.length, new Set(body).size]),
    [
      ['a', 1_000_000, 1],
      ['b', 1_000_000, 1],
      ['c', 1, 1],
    ],
  )
})

describe('a descriptor is closed', { skip: CAN_SEE_DESCRIPTORS ? false : 'descriptors can be seen on Linux alone' }, () => {
  test('when the client leaves, reading or not', async (t) => {
    const { folder, port } = await serveFolder(t)
    folder.write('large', new Uint8Array(SIZE))
    for (const headers of [{}, { range: 'bytes=0-19000000' }, { range: 'bytes=0-18000000,18500000-19000000' }]) {
      const response = await open(port, '/large', headers)
      await receive(response, 100_000)
      assert.equal(openFilesIn(folder.path), 1)
      response.destroy()
      await untilClosed(folder.path)
    }
  })
  test('where nothing is read it is not opened', async (t) => {
    const opened: number[] = []
    const { folder, port } = await serveFolder(t, (root) => ({
      open: async (path) => {
        const found = await root.open(path)
        opened.push(openFilesIn(folder.path))
        return found
      },
    }))
    folder.write('large', new Uint8Array(SIZE))
    const answers = [
      ['HEAD', {}],
      ['GET', { 'if-none-match': '*' }],
      ['GET', { 'if-match': '"x"' }],
      ['GET', { range: `bytes=${SIZE}-` }],
    ] as const
    for (const [method, headers] of answers) {
      const response = await new Promise<IncomingMessage>((resolve, reject) =>
        send({ port, path: '/large', method, headers: { ...headers }, agent: false }, resolve)
          .once('error', reject)
          .end(),
      )
      await collect(response)
      assert.equal(openFilesIn(folder.path), 0)
    }
    assert.deepEqual(opened, [0, 0, 0, 0])
  })
})

/** A root that does something to a file between being asked for it and its being read. */
function meddling(meddle: (name: string) => void): (root: FileRoot) => FileRoot {
  return (root) => ({
    open: async (path) => {
      const found = await root.open(path)
      meddle(path)
      return found
    },
  })
}

describe('a file that changes on its way is never sent as if it were whole:', () => {
  test('it became shorter', async (t) => {
    const { folder, port } = await serveFolder(
      t,
      meddling((name) => truncateSync(`${folder.path}/${name}`, 300_000)),
    )
    folder.write('large', new Uint8Array(1_000_000))
    const response = await open(port, '/large')
    assert.equal(response.headers['content-length'], '1000000')
    await assert.rejects(collect(response), { code: 'ECONNRESET' })
    await untilClosed(folder.path)
  })
  test('it is gone', async (t) => {
    const { folder, port } = await serveFolder(
      t,
      meddling((name) => unlinkSync(`${folder.path}/${name}`)),
    )
    folder.write('large', new Uint8Array(1_000_000))
    await assert.rejects(open(port, '/large').then(collect), { code: 'ECONNRESET' })
    folder.write('small', 'x')
    assert.equal((await open(port, '/small')).statusCode, 500)
  })
  test('a small file that shrinks each time it is looked up is a 500; the log says why, the response does not name the folder', async (t) => {
    const { folder, port } = await serveFolder(
      t,
      meddling((name) => truncateSync(`${folder.path}/${name}`, statSync(`${folder.path}/${name}`).size - 1)),
    )
    folder.write('small', 'xyz')
    logged.length = 0
    const response = await open(port, '/small')
    assert.equal(response.statusCode, 500)
    assert.ok(!(await collect(response)).includes(folder.path))
    assert.match(logged.join(), /FILE_SHORTENED/)
  })
})
