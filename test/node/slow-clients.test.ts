import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Body } from '../../src/index.ts'
import type { NodeIncoming } from '../../src/node/incoming.ts'
import { fakeApp, replyWith, sourceOf } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

const LARGE = 32 * 1_048_576
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

function* chunks() {
  for (let left = LARGE; left > 0; left -= 65_536) yield new Uint8Array(65_536)
}

const kinds: readonly [kind: string, make: () => Body][] = [
  ['text', () => 'a'.repeat(LARGE)],
  ['bytes', () => new Uint8Array(LARGE)],
  ['a stream', () => sourceOf(() => chunks())],
  ['a stream of a known length', () => sourceOf(() => chunks(), { length: LARGE })],
  [
    'lent chunks, as those of a file',
    () => ({
      length: LARGE,
      open: () => chunks(),
      lend: async function* () {
        yield* chunks()
      },
    }),
  ],
]

for (const [kind, make] of kinds) {
  test(`a client that reads nothing of ${kind} is disconnected`, async () => {
    const left = deferred()
    const app = fakeApp((incoming) => {
      ;(incoming as NodeIncoming).message.socket.once('close', () => left.resolve())
      return replyWith(make())
    })
    await using server = await listen(app, { slowClientMs: 80 })
    using _wire = new Wire(server.port).stall().send(GET)
    await left.promise
  })

  test(`a client that reads ${kind} slowly gets all of it`, async () => {
    await using server = await listen(
      fakeApp(() => replyWith(make())),
      { slowClientMs: 5_000 },
    )
    using wire = new Wire(server.port)
    let received = 0
    wire.socket.removeAllListeners('data').on('data', ({ byteLength }: Buffer) => {
      received += byteLength
      wire.socket.pause()
      setImmediate(() => wire.socket.resume())
    })
    wire.send(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    assert.equal(await wire.ended, 'end')
    assert.ok(received > LARGE)
  })
}

test('a stream that says how long its clients may take nothing is asked, not the server', async () => {
  const left = deferred()
  const app = fakeApp(({ signal }) => {
    signal.addEventListener('abort', () => left.resolve())
    return replyWith(sourceOf(() => chunks(), { slowClient: { bytes: 65_536, ms: 80 } }))
  })
  await using server = await listen(app, { slowClientMs: Infinity })
  using _wire = new Wire(server.port).stall().send(GET)
  await left.promise
})
