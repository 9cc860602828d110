/** Sends requests over a connection. It uses `node:http`, because `fetch` joins repeated headers and hides content that was cut off. */
import { Agent as HTTPAgent, request as requestHTTP, type IncomingMessage } from 'node:http'
import { Agent as HTTPSAgent, request as requestHTTPS } from 'node:https'
import { limitStream, type WireResponse, type Send, type SendOptions, type WireRequest } from './wire.ts'

interface Connection {
  readonly send: Send
  readonly close: () => void
}

/** Connections are kept open between requests, until `close()`. */
export function connect(origin: URL, defaults: SendOptions): Connection {
  const isSecure = origin.protocol === 'https:'
  const agent = isSecure ? new HTTPSAgent({ keepAlive: true }) : new HTTPAgent({ keepAlive: true })
  const request = isSecure ? requestHTTPS : requestHTTP
  const open = (wire: WireRequest, pool: typeof agent | false) => (headers: Headers) =>
    request({
      agent: pool,
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: origin.port,
      method: wire.method,
      path: wire.path,
      headers,
    })
  const send: Send = async (wire, given) => {
    const options = { ...defaults, ...given }
    const response = await exchange(wire, options, open(wire, agent))
    // RFC 9112 §9.3.1: a server may close an idle connection while the client sends the next request. Then the request is sent again on a new connection.
    return response === 'stale connection' ? onFreshConnection(await exchange(wire, options, open(wire, false))) : response
  }
  return { send, close: () => agent.destroy() }
}

function onFreshConnection(response: WireResponse | 'stale connection'): WireResponse {
  return response === 'stale connection' ? { ...NO_RESPONSE, reason: response, milliseconds: 0 } : response
}

const NO_RESPONSE = { status: 0, headers: [], body: new Uint8Array(), ending: 'none' } as const

type Headers = Record<string, string | string[]>

function exchange(
  wire: WireRequest,
  options: SendOptions,
  open: (headers: Headers) => ReturnType<typeof requestHTTP>,
): Promise<WireResponse | 'stale connection'> {
  const started = performance.now()
  return new Promise((resolve) => {
    const done = (response: Omit<WireResponse, 'milliseconds'>) => {
      clearTimeout(timer)
      resolve({ ...response, milliseconds: performance.now() - started })
    }
    const outgoing = openSafely(() => open(toHeaders(wire)))
    if (typeof outgoing === 'string') return resolve({ ...NO_RESPONSE, reason: outgoing, milliseconds: 0 })
    const timer = setTimeout(() => outgoing.destroy(new Error(`no response within ${options.timeoutMs} ms`)), options.timeoutMs)
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      clearTimeout(timer)
      if (isStale) resolve('stale connection')
      else done({ ...NO_RESPONSE, reason: error.message })
    })
    outgoing.once('response', (message) => {
      outgoing.removeAllListeners('error').on('error', () => undefined)
      clearTimeout(timer)
      void read(message, options).then((rest) => {
        if (rest.ending !== 'complete') outgoing.destroy()
        done({ status: message.statusCode ?? 0, headers: pairsOf(message.rawHeaders), ...rest })
      })
    })
    outgoing.end(wire.body)
  })
}

function openSafely<Opened>(open: () => Opened): Opened | string {
  try {
    return open()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function toHeaders({ headers, body, method }: WireRequest): Headers {
  const all: Headers = {}
  for (const [name, value] of headers) {
    const known = all[name]
    all[name] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value]
  }
  if (body !== undefined) all['content-length'] = String(body.byteLength)
  else if (method === 'POST' || method === 'PUT' || method === 'PATCH') all['content-length'] = '0'
  return all
}

function read(message: IncomingMessage, options: SendOptions): Promise<Pick<WireResponse, 'body' | 'ending' | 'reason'>> {
  const chunks: Uint8Array[] = []
  const { isStream, take } = limitStream(message.headers['content-type'], options)
  return new Promise((resolve) => {
    const end = (ending: WireResponse['ending'], reason?: string) => {
      clearTimeout(timer)
      resolve({ body: Buffer.concat(chunks), ending, reason })
    }
    let last = performance.now()
    // Content that still arrives is long or has no end. Content that has stopped arriving was cut off.
    const giveUp = () =>
      isStream || performance.now() - last < options.streamMs
        ? end('left')
        : end('cut', `the content did not end within ${options.timeoutMs} ms`)
    const timer = setTimeout(giveUp, isStream ? options.streamMs : options.timeoutMs)
    message.on('data', (chunk: Uint8Array) => {
      last = performance.now()
      chunks.push(chunk)
      if (take(chunk)) end('left')
    })
    message.once('end', () => end('complete'))
    message.once('error', (error) => end('cut', error.message))
    message.once('close', () => end(message.complete ? 'complete' : 'cut', 'the connection was closed before the content was complete'))
  })
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1]!]] : []))
}
