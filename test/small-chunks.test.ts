/** Content that arrives in many small chunks keeps only its own bytes in memory, not the packets that the chunks are parts of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, multipart, text } from '../src/index.ts'
import { temporaryFiles } from '../src/node/index.ts'
import { heapAfterCollection } from './support/heap.ts'

const CHUNKS = 500
const PACKET_BYTES = 65_536

/** The second collection waits until the buffers that the first one found are released. */
function heapInUse(): number {
  heapAfterCollection()
  return heapAfterCollection()
}

const app = createApp()
const responses = { 200: text() }
const handler = () => 'stored'
const Upload = z.object({ file: z.file() })
app.post('/memory', { body: multipart(Upload), responses }, handler)
app.post('/temporary', { body: multipart(Upload, { store: temporaryFiles({ thresholdBytes: 2 * CHUNKS }) }), responses }, handler)

for (const path of ['/memory', '/temporary']) {
  test(`of a form with a file: ${path}`, async () => {
    let grown = Infinity
    async function* content() {
      yield Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n')
      const before = heapInUse()
      for (let sent = 0; sent < CHUNKS; sent++) yield new Uint8Array(PACKET_BYTES).subarray(0, 1)
      grown = heapInUse() - before
      yield Buffer.from('\r\n--b--\r\n')
    }
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body: ReadableStream.from(content()), duplex: 'half' }
    assert.equal((await app.request(path, init)).status, 200)
    assert.ok(grown < (CHUNKS * PACKET_BYTES) / 4, `${grown} bytes`)
  })
}
