/** An app as a handler of `node:http`: from an `IncomingMessage` to the answer on its `ServerResponse`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describeError } from '../errors/http-error.ts'
import type { Incoming } from '../http/incoming.ts'
import { isHost, parseTarget } from '../http/request-url.ts'
import type { Logger } from '../log.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { Reply } from '../reply/reply.ts'
import { NodeIncoming, type Serving } from './incoming.ts'
import { refuse } from './refuse.ts'
import { Shutdown } from './shutdown.ts'
import { inTurn, type NodeHandler } from './turns.ts'
import { writeReply } from './write.ts'

/** What is served: an app, as far as a server needs one. */
export interface Answerer {
  /** Never rejects. */
  answer(incoming: Incoming): MaybePromise<Reply>
  /** Resolves when no background task is running any more. */
  drain(): Promise<void>
  readonly logger: Logger
}

/**
 * An app inside another framework: `express().use(toNodeHandler(app))`, a Fastify or Next.js route, `http.createServer(toNodeHandler(app))`.
 * Routes are matched by the whole path that the client sent, also under `use('/api', …)`: the document stays true. Every request is answered;
 * one whose answer has begun already is left alone.
 */
export function toNodeHandler(app: Answerer): NodeHandler {
  return inTurn(createHandler(app, new Shutdown()))
}

export function createHandler(app: Answerer, shutdown: Shutdown, serving: Serving = {}): NodeHandler {
  return (message, response) => {
    if (response.headersSent) return
    const target = parseTarget(urlOf(message))
    if (target === undefined || !isHost(message.headers.host ?? '')) return refuse(response, 400)
    new NodeIncoming(message, response, target, serving).begin(answer)
  }

  function answer(incoming: NodeIncoming): void {
    try {
      const reply = app.answer(incoming)
      if (!(reply instanceof Promise)) return writeReply(reply, incoming, shutdown)
      reply.then(
        (made) => write(made, incoming),
        (error: unknown) => fail(app, error, incoming.response),
      )
    } catch (error) {
      fail(app, error, incoming.response)
    }
  }

  function write(reply: Reply, incoming: NodeIncoming): void {
    try {
      writeReply(reply, incoming, shutdown)
    } catch (error) {
      fail(app, error, incoming.response)
    }
  }
}

/** What should never be, but must neither end the process nor leave a client waiting. */
export function fail({ logger }: Answerer, error: unknown, response: ServerResponse): void {
  logger.error({ error }, `ANSWER: ${response.req.method}: expected an answer, got an error: ${describeError(error)}`)
  refuse(response, 500)
}

/** Express cuts the path that it mounts at off `url`, but not off `originalUrl`. */
function urlOf(message: IncomingMessage & { originalUrl?: string }): string {
  return message.originalUrl ?? message.url!
}
