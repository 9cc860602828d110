/** Serves an app over HTTP/1.1 until it is told to stop, with Connect middleware, such as helmet, morgan and passport, in front of it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server as HTTPServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describeError } from '../errors/http-error.ts'
import { isHost } from '../http/request-url.ts'
import { Connections, keepAliveField } from './connections.ts'
import { createHandler, type ServedApp, type AppHandler } from './handler.ts'
import { SLOW_CLIENT_MS } from '../reply/slow-client.ts'
import type { Serving } from './incoming.ts'
import { refuse, refuseMalformed, refuseTunnel } from './refuse.ts'
import { OpenStreams } from './open-streams.ts'
import { createStop, stopOnAbort, stopOnSignals } from './stop.ts'
import { inTurn, type NodeHandler } from './turns.ts'

/**
 * Middleware of Connect and Express. It calls `next` to pass the request on, or responds itself. Error middleware, which has four parameters, is not
 * supported.
 */
export type ConnectMiddleware = (message: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown

/** Options of `serve()`. */
export interface ServeOptions {
  /** 0: any free port. Default: 8000. */
  readonly port?: number
  /** The address to listen on. Default: `127.0.0.1`, for this machine only. `0.0.0.0` or `::`: for all machines. */
  readonly host?: string
  /** Stops the server when it aborts. */
  readonly signal?: AbortSignal
  /** Whether SIGTERM and SIGINT stop the server; a second one ends the process at once. Default: true. */
  readonly stopOnSignals?: boolean
  /** How long a stopping server still listens, so that load balancers notice. Each response has `Connection: close`. Default: 0. */
  readonly stopDelayMs?: number
  /** How long an idle connection stays open when the server stops, so that a request that is on its way gets a response. Default: 500. */
  readonly stopIdleMs?: number
  /** How long responses and background tasks may take to end after the server has stopped listening. `Infinity`: no limit. Default: 10,000. */
  readonly stopTimeoutMs?: number
  /** Connect middleware that runs in front of the app, in this order. */
  readonly connect?: readonly ConnectMiddleware[]
  /** The largest request head, in bytes. Default: 16,384. */
  readonly headLimitBytes?: number
  /** How long a request's head may take to arrive. Default: 20,000. */
  readonly headTimeoutMs?: number
  /** How long a whole request may take to arrive. Default: 300,000. */
  readonly requestTimeoutMs?: number
  /** How long an idle connection stays open at least. Default: 72,000, longer than load balancers keep theirs. 0: a connection is closed after each response. */
  readonly keepAliveTimeoutMs?: number
  /** How long a client may read nothing of a buffered response before it is disconnected. Streams can have their own limit. Default: 30,000. */
  readonly slowClientMs?: number
}

/** A server that listens, and how to stop it. */
export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:8000` */
  readonly url: string
  readonly port: number
  /** Stops the server: waits for responses and background tasks, asks endless streams to end, and closes the remaining connections after `stopTimeoutMs`. Never rejects. */
  stop(): Promise<void>
  /** Aborts when the server begins to stop, before it waits for anything. For timers and connections of the app. */
  readonly stopping: AbortSignal
  /** Resolves when the server has stopped, for whatever reason. */
  readonly stopped: Promise<void>
}

/** Serves an app on `node:http`. Rejects with `PORT_IN_USE` if another process listens on the port. */
export async function serve(app: ServedApp, options: ServeOptions = {}): Promise<Server> {
  const { port = 8000, host = '127.0.0.1', stopDelayMs = 0, stopIdleMs = 500, stopTimeoutMs = 10_000, connect = [] } = options
  const { headTimeoutMs = 20_000, keepAliveTimeoutMs = 72_000, slowClientMs = SLOW_CLIENT_MS } = options
  const streams = new OpenStreams()
  const server = createHTTPServer(options, headTimeoutMs)
  const connections = new Connections(server, keepAliveTimeoutMs, headTimeoutMs)
  const serving: Serving = { keepAlive: keepAliveField(keepAliveTimeoutMs), closes: keepAliveTimeoutMs === 0, slowClientMs }
  server.on('request', createListener(app, streams, connect, serving))
  server.on('checkContinue', createListener(app, streams, connect, { ...serving, awaitsContinue: true }))
  const { stop, stopped } = createStop(server, {
    app,
    connections,
    streams,
    times: { delayMs: stopDelayMs, idleMs: stopIdleMs, timeoutMs: stopTimeoutMs },
  })
  await listen(server, port, host)
  const address = server.address() as AddressInfo
  server.on('error', (error) => app.logger.error({ err: error }, `SERVER: ${host}:${address.port}: ${describeError(error)}`))
  if (options.stopOnSignals !== false) stopOnSignals(stop, stopped, stopDelayMs + stopTimeoutMs)
  if (options.signal !== undefined) stopOnAbort(stop, stopped, options.signal)
  if (options.signal?.aborted === true) await stop()
  return {
    url: urlOf(host, address.port),
    port: address.port,
    stop,
    stopping: streams.stopping.signal,
    stopped,
    [Symbol.asyncDispose]: stop,
  }
}

function createHTTPServer({ headLimitBytes = 16_384, requestTimeoutMs = 300_000 }: ServeOptions, headTimeoutMs: number): HTTPServer {
  const server = createServer({
    maxHeaderSize: headLimitBytes,
    headersTimeout: headTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: 0, // see Connections
    connectionsCheckingInterval: Math.ceil(headTimeoutMs / 4),
    // RFC 9110 §5.3: without this option, only the first of repeated fields would be kept.
    joinDuplicateHeaders: true,
    requireHostHeader: false,
  })
  // Fields beyond a maximum would be dropped silently, even `Content-Length`. Their total size is limited instead.
  server.maxHeadersCount = 0
  server.on('checkExpectation', (_message, response) => refuse(response, 417))
  server.on('connect', (_message, socket) => refuseTunnel(socket as Socket))
  server.on('clientError', (error, socket) => refuseMalformed(error, socket as Socket))
  return server
}

function createListener(app: ServedApp, streams: OpenStreams, connect: readonly ConnectMiddleware[], serving: Serving): NodeHandler {
  const act = inTurn(composeConnect(connect, createHandler(app, streams, serving)))
  return (message, response) => {
    const fault = faultOf(message)
    // `node:http` does not parse what follows a request with `Upgrade`.
    if (message.headers.upgrade !== undefined || serving.closes === true) response.shouldKeepAlive = false
    if (fault === undefined) act(message, response)
    else refuse(response, fault)
  }
}

/** Calls the middleware in order, then the app. An error that one throws or passes to `next` goes to `fail`, and the rest is not called. */
function composeConnect(middlewares: readonly ConnectMiddleware[], { handle, fail }: AppHandler): NodeHandler {
  return middlewares.reduceRight<NodeHandler>((inner, middleware) => {
    return (message, response) => {
      const next = (error?: unknown) => (error === undefined || error === null ? inner(message, response) : fail(error, message, response))
      try {
        const result = middleware(message, response, next)
        if (result instanceof Promise) result.catch((error: unknown) => fail(error, message, response))
      } catch (error) {
        fail(error, message, response)
      }
    }
  }, handle)
}

async function listen(server: HTTPServer, port: number, host: string): Promise<void> {
  try {
    await once(server.listen({ port, host }), 'listening')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portInUse(error, port, host) : error
  }
}

function portInUse(cause: unknown, port: number, host: string): Error {
  return new Error(`PORT_IN_USE: serve: another process listens on port ${port} of ${host}. Stop it or choose another port.`, { cause })
}

function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** The error status for a message that the parser accepted but this server cannot handle; `undefined` for a valid request. */
function faultOf({ httpVersionMajor, httpVersionMinor, headers }: IncomingMessage): number | undefined {
  if (httpVersionMajor !== 1) return 505
  // RFC 9112 §3.2: only HTTP/1.0 requests may omit it.
  if (headers.host === undefined ? httpVersionMinor !== 0 : !isHost(headers.host)) return 400
  const coding = headers['transfer-encoding']
  if (coding === undefined) return undefined
  // RFC 9112 §6.1: HTTP/1.0 has no transfer codings, and this server implements no other than `chunked`.
  if (httpVersionMinor === 0) return 400
  return coding.toLowerCase() === 'chunked' ? undefined : 501
}
