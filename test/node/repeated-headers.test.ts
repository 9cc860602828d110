/** Header fields that are sent twice, over the wire. */
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp } from '../../src/index.ts'
import { toNodeHandler } from '../../src/node/index.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'

const app = createApp()
app.get('/', { headers: { 'x-s': z.string().optional() }, responses: { 200: z.any() } }, ({ headers }) => headers)

async function send(port: number, fields: readonly string[]): Promise<string> {
  using wire = new Wire(port).send(`GET / HTTP/1.1\r\n${fields.join('\r\n')}\r\nConnection: close\r\n\r\n`)
  return await wire.whole()
}

async function assertAnswers(port: number): Promise<void> {
  assert.match(await send(port, ['Host: x', 'X-S: a', 'X-S: b']), /^HTTP\/1\.1 200 [^]*\{"x-s":"a, b"\}/)
  assert.match(await send(port, ['Host: a', 'Host: b']), /^HTTP\/1\.1 400 /)
}

test('serve: a field of one value is joined by commas, two hosts are refused', async () => {
  await using server = await listen(app)
  await assertAnswers(server.port)
})

test('toNodeHandler: the same', async () => {
  const server = createServer({ joinDuplicateHeaders: true }, toNodeHandler(app) as RequestListener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await assertAnswers((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
})
