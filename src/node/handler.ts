/** An app as a handler of `node:http`: reads an `IncomingMessage` and writes the reply to its `ServerResponse`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestError } from '../errors/framework-errors.ts'
import { describeError } from '../errors/http-error.ts'
import type { Incoming } from '../http/incoming.ts'
import { isHost, parseTarget, type RequestTarget } from '../http/request-url.ts'
import type { Logger } from '../log.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { Reply } from '../reply/reply.ts'
import { fieldOf, authorityOf } from './message.ts'
import { NodeIncoming, type RequestServing, type Serving } from './incoming.ts'
import { refuse } from './refuse.ts'
import type { OpenStreams } from './open-streams.ts'
import type { NodeHandler } from './turns.ts'
import { writeReply } from './write.ts'

/** The part of an app that a server needs. */
export interface ServedApp {
  /** Never rejects. */
  handle(incoming: Incoming): MaybePromise<Reply>
  /** Responds to an error that was thrown in front of the app, with the app's error body. Never rejects. */
  handleError(error: unknown, incoming: Incoming): MaybePromise<Reply>
  /** Whether a route is declared for a path, for any method. */
  hasRoute(path: string): boolean
  /** Resolves when all background tasks have ended. */
  drain(): Promise<void>
  readonly logger: Logger
}

/** Express removes the path of a mount from `url` and puts it into `baseUrl`; `originalUrl` is the whole path. */
export interface HostedMessage extends IncomingMessage {
  readonly originalUrl?: string
  readonly baseUrl?: string
}

/** Which paths of the host framework belong to the app. */
export interface Mount {
  readonly fallThrough: boolean
  /** The target that routes see; `undefined` if the path is not below the mount. */
  targetOf(target: RequestTarget, message: HostedMessage): RequestTarget | undefined
}

export interface AppHandler {
  readonly handle: NodeHandler
  /** For a request that middleware in front of the app refused with an error. */
  readonly fail: (error: unknown, message: IncomingMessage, response: ServerResponse) => void
}

export function createHandler(app: ServedApp, streams: OpenStreams, ofServer: Serving, mount?: Mount): AppHandler {
  const serving: RequestServing = { ...ofServer, stopping: streams.stopping }
  return {
    handle: (message, response, next) => {
      if (response.headersSent) return
      const whole = parseMessage(message)
      if (whole === undefined) return refuse(response, 400)
      const target = mount === undefined ? whole : mount.targetOf(whole, message)
      if (next !== undefined && mount?.fallThrough === true && (target === undefined || !app.hasRoute(target.path))) return next()
      const incoming = new NodeIncoming(message, response, target ?? whole, serving)
      if (target === undefined) handleError(requestError(404), incoming)
      else incoming.begin(handleRequest)
    },
    fail: (error, message, response) => {
      if (response.headersSent) return void response.destroy()
      const target = parseMessage(message)
      if (target === undefined) refuse(response, 400)
      else handleError(toRequestError(error), new NodeIncoming(message, response, target, serving))
    },
  }

  function handleRequest(incoming: NodeIncoming): void {
    try {
      settle(app.handle(incoming), incoming)
    } catch (error) {
      give500(error, incoming)
    }
  }

  function handleError(error: unknown, incoming: NodeIncoming): void {
    try {
      settle(app.handleError(error, incoming), incoming)
    } catch (broken) {
      give500(broken, incoming)
    }
  }

  function settle(reply: MaybePromise<Reply>, incoming: NodeIncoming): void {
    if (!(reply instanceof Promise)) return write(reply, incoming)
    void reply.then(
      (made) => write(made, incoming),
      (error: unknown) => give500(error, incoming),
    )
  }

  function write(reply: Reply, incoming: NodeIncoming): void {
    try {
      writeReply(reply, incoming, streams)
    } catch (error) {
      give500(error, incoming)
    }
  }

  /** Responds with 500 to a fault of Riposte itself, which must neither end the process nor leave a client waiting. */
  function give500(error: unknown, { method, response }: NodeIncoming): void {
    app.logger.error({ err: error }, `REPLY: ${method}: expected a reply, got an error: ${describeError(error)}`)
    refuse(response, 500)
  }
}

/** `undefined` if the request line and `Host` do not form a URL. */
function parseMessage(message: HostedMessage): RequestTarget | undefined {
  const target = parseTarget(message.originalUrl ?? message.url!)
  if (target === undefined) return undefined
  const host = authorityOf(message) ?? fieldOf(message, 'host')
  if (host !== undefined && !isHost(host)) return undefined
  return authorityOf(message) === undefined ? target : { ...target, authority: host }
}

/** Errors of Connect middleware have a `status`, like those of `http-errors`. Their message is not sent, because it may repeat input of the client. */
function toRequestError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  const { status, statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown }
  const code = status ?? statusCode
  const isOfClient = typeof code === 'number' && Number.isInteger(code) && code >= 400 && code < 500
  return isOfClient ? requestError(code, undefined, { cause: error }) : error
}
