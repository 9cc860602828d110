/** SIGTERM while 300 connections are kept and used. */
import type { Attack } from './main.ts'
import { closed, pause, startVictim, type Attacked } from './victim.ts'

const RUNS = 10
const CONNECTIONS = 300
const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const END = '\r\n\r\nanswer'

interface Counts {
  answered: number
  /** Connections that had an answer: one that the server has not accepted yet is not kept. */
  kept: number
  /** Sent on a connection that no answer had closed, and never answered. */
  lost: number
}

/** One request after the other until an answer says that the connection closes. */
async function use(victim: Attacked, counts: Counts): Promise<void> {
  const socket = victim.open()
  let received = ''
  let isWaiting = false
  let isKept = false
  const send = () => {
    isWaiting = true
    received = ''
    socket.write(REQUEST)
  }
  socket.on('data', (data: Buffer) => {
    received += data.toString('latin1')
    if (!received.endsWith(END)) return
    isWaiting = false
    counts.answered += 1
    if (!isKept) counts.kept += 1
    isKept = true
    if (/^connection: close\r$/im.test(received)) socket.end()
    else setTimeout(send, 5 * Math.random())
  })
  socket.once('connect', send)
  await closed(socket)
  if (isWaiting) counts.lost += 1
}

export const stopUnderLoad: Attack = {
  name: `${RUNS} times SIGTERM with ${CONNECTIONS} kept connections in use`,
  async run(options) {
    const counts: Counts = { answered: 0, kept: 0, lost: 0 }
    for (let run = 0; run < RUNS; run += 1) {
      await using victim = await startVictim(options)
      counts.kept = 0
      const clients = Array.from({ length: CONNECTIONS }, () => use(victim, counts))
      while (counts.kept < CONNECTIONS) await pause(20)
      victim.kill('SIGTERM')
      await Promise.all([...clients, victim.ended])
    }
    const seen = `${counts.answered} answered, ${counts.lost} lost`
    if (counts.lost > 0) throw new Error(seen)
    return seen
  },
}
