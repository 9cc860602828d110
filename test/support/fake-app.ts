/** Stands in for an app where only what happens around one matters: a function from a request to a Reply. */
import type { Body, Chunk, Incoming, Source } from '../../src/index.ts'
import { HeaderList } from '../../src/http/header-list.ts'
import { HTTPError, Reply, RequestError } from '../../src/index.ts'
import type { ServedApp } from '../../src/node/index.ts'
import { type Deferred } from './deferred.ts'

export interface FakeApp extends ServedApp {
  /** What was logged, in order. */
  readonly logged: string[]
}

export function fakeApp(handle: (incoming: Incoming) => Reply | Promise<Reply>, drain: () => Promise<void> = async () => {}): FakeApp {
  const logged: string[] = []
  const log = (_fields: object, message: string) => void logged.push(message)
  const handleError = (error: unknown) => {
    logged.push(`answered ${String(error)}`)
    return replyWith('error', [], error instanceof HTTPError || error instanceof RequestError ? error.status : 500)
  }
  return { handle, handleError, hasRoute: () => true, drain, logged, logger: { error: log, warn: log, info: log } }
}

export function replyWith(body: Body, fields: readonly string[] = [], status = 200): Reply {
  const reply = new Reply(status, { headers: HeaderList.from([...fields]) })
  reply.body = body
  return reply
}

/** A source from a generator function. */
export function sourceOf(
  make: (signal: AbortSignal) => AsyncIterator<Chunk> | Iterator<Chunk>,
  options: Pick<Source, 'length' | 'endless' | 'slowClient'> = {},
): Source {
  return { ...options, open: make }
}

/** Resolves when the signal aborts, and not before. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))
}

/** A source that gives its last piece only when the gate is open. */
export function gatedSource(release: Pick<Deferred<void>, 'promise'>): Source {
  return sourceOf(async function* () {
    yield 'first'
    await release.promise
    yield 'last'
  })
}
