/** Stands in for an app where only what happens around one matters: a function from a request to a Reply. */
import { isHTTPError } from '../../src/errors/http-error.ts'
import { HeaderList } from '../../src/http/header-list.ts'
import type { Incoming } from '../../src/http/incoming.ts'
import type { MaybePromise } from '../../src/maybe-promise.ts'
import type { Answerer } from '../../src/node/index.ts'
import { Reply, type Body, type Chunk, type Source } from '../../src/reply/reply.ts'

export interface FakeApp extends Answerer {
  /** What was logged, in order. */
  readonly logged: string[]
}

export function fakeApp(answer: (incoming: Incoming) => MaybePromise<Reply>, drain: () => Promise<void> = async () => {}): FakeApp {
  const logged: string[] = []
  const log = (_fields: object, message: string) => void logged.push(message)
  const answerError = (error: unknown) => {
    logged.push(`answered ${String(error)}`)
    return replyWith('error', [], isHTTPError(error) ? error.status : 500)
  }
  return { answer, answerError, hasRoute: () => true, drain, logged, logger: { error: log, warn: log, info: log } }
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

export interface Gate {
  readonly opened: Promise<void>
  readonly open: () => void
}

/** A promise to be resolved from outside. */
export function gate(): Gate {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** A source that gives its last piece only when the gate is open. */
export function gatedSource(release: Gate): Source {
  return sourceOf(async function* () {
    yield 'first'
    await release.opened
    yield 'last'
  })
}
