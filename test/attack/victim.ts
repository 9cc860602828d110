/** A server in a process of its own with little memory, and how it fares. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'

const HEAP_MIB = 512

export interface Measures {
  readonly cpuMs: number
  /** Resident memory, in MiB. */
  readonly memory: number
  /** The most resident memory since the last measures, in MiB. */
  readonly peak: number
  /** Open connections. */
  readonly connections: number
}

/** Starts servers; all of them end with the attack. */
export interface Attacked extends AsyncDisposable {
  readonly port: number
  /** Rejects when the server has ended. */
  measure(): Promise<Measures>
  /** The same once its garbage is collected. */
  measureKept(): Promise<Measures>
  /** Opens a connection. What fails on it is not reported: the server is asked how it fares. */
  open(): Socket
  /** Rejects when the server has ended. */
  assertAlive(): Promise<void>
  readonly hasEnded: boolean
  kill(signal: NodeJS.Signals): void
  /** Resolves with the exit code or the signal. */
  readonly ended: Promise<string>
}

export interface VictimOptions {
  /** The folder of the Riposte that is attacked. */
  readonly root: string
  /** The folder that the server's files come from. */
  readonly files?: string
}

export async function startVictim({ root, files = '' }: VictimOptions): Promise<Attacked> {
  const child = fork(join(import.meta.dirname, 'app.ts'), [root, files], {
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, '--expose-gc', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let how: string | undefined
  const ended = once(child, 'exit').then(([code, signal]) => (how = String(signal ?? `code ${code}`)))
  const fail = async () => Promise.reject(new Error(`the server ended with ${await ended}`))
  const hear = async <Message>(): Promise<Message> => {
    const [message] = (await Promise.race([once(child, 'message'), fail()])) as [Message]
    return message
  }
  const port = await hear<number>()
  const ask = (what: 'now' | 'kept') => {
    if (how !== undefined) return fail()
    const heard = hear<Measures>()
    child.send(what)
    return heard
  }
  const measure = () => ask('now')
  const open = () => connect(port, '127.0.0.1').on('error', () => undefined)
  return {
    port,
    measure,
    measureKept: () => ask('kept'),
    open,
    ended,
    get hasEnded() {
      return how !== undefined
    },
    kill: (signal) => void child.kill(signal),
    async assertAlive() {
      await measure()
      const response = await fetch(`http://127.0.0.1:${port}/`)
      if ((await response.text()) !== 'answer') throw new Error(`the server answers with ${response.status}`)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Resolves when a connection is closed, in order or not. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Asks until the answer is yes or so many seconds are over; resolves with the last answer. */
export async function within(seconds: number, ask: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let left = seconds * 10; left > 0; left -= 1) {
    if (await ask()) return true
    await pause(100)
  }
  return ask()
}
