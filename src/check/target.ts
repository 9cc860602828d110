/** Opens the target of a check, a server at a URL or an app in this process: loads its document and connects to it. */
import { pathToFileURL } from 'node:url'
import type { Platform } from '../http/incoming.ts'
import type { Route } from '../routing/route.ts'
import { CheckError } from './check-error.ts'
import type { CheckOptions, Settings } from './options.ts'
import { loadDocument, readText, UnreadableError } from './document/load.ts'
import { connect } from './send/http.ts'
import { askInMemory } from './send/memory.ts'
import type { Send, SendOptions } from './send/wire.ts'

/** What `createApp()` returns, also that of another copy of this package. */
export interface CheckableApp {
  readonly fetch: (request: Request, platform?: Platform) => Promise<Response>
  readonly document: () => Promise<object>
  readonly routes: readonly Route[]
}

/** The target of a check: the URL of a server or of its document, or an app. */
export type CheckTarget = string | URL | CheckableApp

interface OpenTarget {
  /** For the report: `http://127.0.0.1:8000`, or `the app`. */
  readonly name: string
  readonly document: unknown
  readonly where: string
  readonly send: Send
  readonly routes: readonly Route[] | undefined
  readonly isUnsafe: boolean
  readonly close: () => void
}

/** Throws a `CheckError` if the host is not allowed or the document cannot be read. */
export async function openTarget(target: CheckTarget, options: CheckOptions, settings: Settings): Promise<OpenTarget> {
  const limits: SendOptions = settings
  if (typeof target === 'object' && !(target instanceof URL)) {
    const document =
      options.document === undefined ? structuredClone(await target.document()) : await documentAt(options.document, settings)
    return {
      name: 'the app',
      document,
      where: 'the app',
      // Without an address, `rateLimit()` responds to each request with a 500.
      send: askInMemory((request) => target.fetch(request, { clientAddress: '127.0.0.1' }), limits),
      routes: target.routes,
      isUnsafe: true,
      close: () => undefined,
    }
  }
  const url = toURL(target)
  assertHost(url, settings)
  const isDocument = /\.(?:json|ya?ml)$/i.test(url.pathname)
  const place = options.document ?? (isDocument ? url : new URL(`${url.pathname.replace(/\/$/, '')}/openapi.json`, url))
  const document = await documentAt(place, settings)
  const { send, close } = connect(new URL(url.origin), limits)
  return {
    name: url.origin,
    document,
    where: typeof place === 'object' && !(place instanceof URL) ? 'the document' : String(place),
    send,
    routes: undefined,
    isUnsafe: settings.unsafe,
    close,
  }
}

function toURL(target: string | URL): URL {
  const text = String(target)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new CheckError(
      'CHECK_TARGET',
      'target',
      'expected an http: or https: URL, or an app, got other text',
      'Begin the URL with http://',
    )
  return url
}

/** A check sends thousands of invalid requests, so a host that is not this machine must be allowed by name. */
function assertHost({ hostname, host }: URL, { allowHosts }: Settings): void {
  const isLoopback =
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
  if (isLoopback || allowHosts.includes(hostname) || allowHosts.includes(host)) return
  throw new CheckError(
    'CHECK_HOST',
    hostname,
    'expected a host of the loopback interface, got another',
    `Allow it with --allow-host ${hostname} if you may test it`,
  )
}

/** Some servers generate the document at its first request. */
const DOCUMENT_TIMEOUT_MS = 30_000
/** The OpenAPI document of GitHub's REST API has 13 MB. */
const DOCUMENT_BYTES = 128 * 1024 * 1024

async function documentAt(place: string | URL | object, settings: Settings): Promise<unknown> {
  if (typeof place === 'object' && !(place instanceof URL)) return structuredClone(place)
  const text = String(place)
  const url = /^(?:https?|file):/.test(text) && URL.canParse(text) ? new URL(text) : pathToFileURL(text)
  return loadDocument(url, text, (file) => (file.protocol === 'file:' ? readText(file) : askText(file, settings)))
}

const START = 'Start the server, or name the document with --document'

async function askText(url: URL, settings: Settings): Promise<string> {
  assertHost(url, settings)
  const { send, close } = connect(new URL(url.origin), {
    ...settings,
    timeoutMs: Math.max(settings.timeoutMs, DOCUMENT_TIMEOUT_MS),
    mostBytes: DOCUMENT_BYTES,
  })
  const accept = 'application/json, application/yaml;q=0.9, */*;q=0.5'
  const headers = Object.entries({ accept, ...settings.headers }).map(([name, value]): [string, string] => [name.toLowerCase(), value])
  const response = await send({ method: 'GET', path: url.pathname + url.search, headers, body: undefined })
  close()
  if (response.ending === 'none') throw new UnreadableError(`no response: ${response.reason}`, START)
  if (response.status !== 200) throw new UnreadableError(`the status ${response.status}`, START)
  return new TextDecoder().decode(response.body)
}
