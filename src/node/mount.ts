/** Runs an app inside another framework, the host: finds out which requests are for the app, and what the host has changed. */
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { normalizePath, type RequestTarget } from '../http/request-url.ts'
import { SLOW_CLIENT_MS } from '../reply/slow-client.ts'
import { createHandler, type ServedApp, type Mount } from './handler.ts'
import { OpenStreams } from './open-streams.ts'
import { inTurn, type NodeHandler } from './turns.ts'

/** Options of `toNodeHandler()`. */
export interface NodeHandlerOptions {
  /**
   * The path at which the host mounts the app, such as `/api` for `use('/api', handler)`. Route paths and `request.url` do not include it. Default: the
   * `baseUrl` that Express sets on a request, unless a route matches the whole path.
   */
  readonly basePath?: string
  /** Whether a request is passed to the host's `next` if no route is declared for its path. Default: false: the response is a 404. */
  readonly fallThrough?: boolean
  /** Whether content that a body parser of the host has read is taken from `message.body` or `message.rawBody`. Default: false: the response is a 500. */
  readonly parsedBody?: boolean
  /** How long a client may read nothing of a buffered response, in milliseconds. Streams can have their own limit. Default: 30,000. */
  readonly slowClientMs?: number
}

/** A listener of `node:http` and `node:http2`, and Connect middleware. */
export interface MountedHandler extends NodeHandler {
  (message: Http2ServerRequest, response: Http2ServerResponse): void
  /** Call it when the host stops. Asks endless streams to end, and resolves when no stream and no background task is running. Never rejects. */
  stop(): Promise<void>
  /** Aborts when `stop()` is called. */
  readonly stopping: AbortSignal
}

/**
 * Turns an app into a request listener of `node:http`.
 * To run an app inside another framework or server: `express().use(toNodeHandler(app))`, a Fastify or Next.js route,
 * `http.createServer(toNodeHandler(app))`, `http2.createServer(toNodeHandler(app))`. Throws a `RangeError` if `basePath` is not a path.
 */
export function toNodeHandler(app: ServedApp, options: NodeHandlerOptions = {}): MountedHandler {
  const { basePath, fallThrough = false, parsedBody = false, slowClientMs = SLOW_CLIENT_MS } = options
  const streams = new OpenStreams()
  const { handle } = createHandler(
    app,
    streams,
    { parsedBody, slowClientMs },
    { fallThrough, targetOf: basePath === undefined ? belowHost(app) : cutterOf(basePath) },
  )
  const stop = async () => {
    streams.begin()
    await streams.settled()
    await app.drain()
  }
  // The compatibility API of HTTP/2 has the parts of these objects that the handler uses.
  return Object.assign(inTurn(handle), { stop, stopping: streams.stopping.signal }) as MountedHandler // one function accepts the arguments of each server
}

/** In an app that Express mounts, routes may be declared with the whole path or with the path below the mount. */
function belowHost(app: ServedApp): Mount['targetOf'] {
  return (target, { baseUrl = '' }) => (baseUrl === '' || app.hasRoute(target.path) ? target : cut(target, toBase(baseUrl)))
}

function cutterOf(basePath: string): Mount['targetOf'] {
  if (basePath === '/') return (target) => target
  if (!/^(?:\/[^/?#]+)+$/.test(basePath))
    throw new RangeError('BASE_PATH: toNodeHandler(): basePath must begin with a slash and not end with one, such as /api.')
  const base = toBase(basePath)
  return (target) => cut(target, base)
}

/** Normalizes the path, because the host reports it in the client's spelling. */
function toBase(path: string): string {
  return normalizePath(path) ?? path
}

/** `undefined` if the path does not begin with `base`. */
function cut(target: RequestTarget, base: string): RequestTarget | undefined {
  const { path } = target
  if (path === base) return { ...target, path: '/' }
  return path.startsWith(`${base}/`) ? { ...target, path: path.slice(base.length) } : undefined
}
