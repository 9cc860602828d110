/** Attacks with many bytes or many connections, and clients that read nothing. */
import { once } from 'node:events'
import type { Attack } from './main.ts'
import { closed, pause, startVictim, within, type Attacked } from './victim.ts'

const HOST = 'Host: x\r\n'
const MEBIBYTE = 1_048_576
const MOST_MEMORY = 60

/** Waits until the server has taken what was sent to it, or stops to take more. */
async function untilIdle(victim: Attacked): Promise<number> {
  let cpuMs = -Infinity
  let peak = 0
  await within(60, async () => {
    const before = cpuMs
    const measures = await victim.measure()
    cpuMs = measures.cpuMs
    peak = Math.max(peak, measures.peak)
    return cpuMs - before < 20
  })
  return peak
}

/** The most memory beyond that of a server that has answered some requests, in MiB. */
async function memoryOf(victim: Attacked, attack: () => Promise<void>): Promise<string> {
  for (let count = 0; count < 200; count += 1) await victim.assertAlive()
  const { memory } = await victim.measure()
  await attack()
  const more = (await untilIdle(victim)) - memory
  await victim.assertAlive()
  if (more > MOST_MEMORY) throw new Error(`${more.toFixed(0)} MiB more, expected at most ${MOST_MEMORY}`)
  return `alive, ${more.toFixed(0)} MiB more`
}

export const connectAndReset: Attack = {
  name: '3,000 times CONNECT and a reset',
  async run(options) {
    await using victim = await startVictim(options)
    for (let count = 0; count < 3_000 && !victim.hasEnded; count += 1) {
      const socket = victim.open()
      socket.write(`CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`, () => socket.resetAndDestroy())
      await closed(socket)
    }
    await victim.assertAlive()
    return 'alive'
  },
}

export const pipeline: Attack = {
  name: '300,000 requests pipelined behind a slow one',
  async run(options) {
    await using victim = await startVictim(options)
    return await memoryOf(victim, async () => {
      const socket = victim.open()
      socket.write(`GET /slow HTTP/1.1\r\n${HOST}\r\n`)
      for (let count = 0; count < 300; count += 1) socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`.repeat(1_000))
      await pause(500)
    })
  },
}

export const smallChunks: Attack = {
  name: 'four bodies of 1 MB in chunks of one byte',
  async run(options) {
    await using victim = await startVictim(options)
    return await memoryOf(victim, async () => {
      for (let count = 0; count < 4; count += 1) {
        const socket = victim.open()
        socket.write(`POST /item HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`)
        socket.write('1\r\n \r\n'.repeat(1_000_000))
      }
      await pause(500)
    })
  },
}

export const wrongItems: Attack = {
  name: 'three bodies of 1 MiB with wrong items at once',
  async run(options) {
    await using victim = await startVictim(options)
    return await memoryOf(victim, async () => {
      await Promise.all([1, 2, 3].map(() => sendWrongItems(victim.port)))
    })
  },
}

async function sendWrongItems(port: number): Promise<void> {
  const body = `[${'1,'.repeat(MEBIBYTE / 2 - 10)}1]`
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`http://127.0.0.1:${port}/lists/texts`, { method: 'POST', headers, body })
  await response.arrayBuffer()
}

export const readNothing: Attack = {
  name: '200 clients that read nothing of JSON, text, bytes, a stream and a file',
  async run(options) {
    await using victim = await startVictim(options)
    const kinds = ['json', 'text', 'bytes', 'stream', 'files/large']
    const { connections: before } = await victim.measure()
    for (let count = 0; count < 200; count += 1) {
      const socket = victim.open().pause()
      socket.write(`GET /${kinds[count % kinds.length]} HTTP/1.1\r\n${HOST}\r\n`)
      await once(socket, 'connect')
    }
    let left = 200
    // The time limit of the server is 2 seconds; the rest is for a machine that is busy.
    await within(60, async () => {
      left = (await victim.measure()).connections - before
      return left <= 0
    })
    if (left > 0) throw new Error(`${left} of 200 are still open`)
    await victim.assertAlive()
    return 'each was cut'
  },
}

export const eventStreams: Attack = {
  name: '200 event streams with brotli',
  async run(options) {
    await using victim = await startVictim(options)
    // What the first streams cost once, such as threads and compiled code, is not counted.
    await openEventStreams(victim, 50)
    const { memory } = await victim.measureKept()
    await openEventStreams(victim, 200)
    const each = (((await victim.measureKept()).memory - memory) * 1_024) / 200
    if (each > 250) throw new Error(`${each.toFixed(0)} KiB for each, expected at most 250`)
    return `${each.toFixed(0)} KiB for each`
  },
}

async function openEventStreams(victim: Attacked, count: number): Promise<void> {
  let received = 0
  for (let opened = 0; opened < count; opened += 1) {
    const socket = victim.open()
    socket.on('data', ({ byteLength }: Buffer) => (received += byteLength))
    socket.write(`GET /events HTTP/1.1\r\n${HOST}Accept-Encoding: br\r\n\r\n`)
  }
  // 100 KiB for each client are more than the window of the encoder.
  if (!(await within(240, () => received > count * 100 * 1_024)))
    throw new Error(`expected more than ${count * 100 * 1_024} bytes, got ${received}`)
}
