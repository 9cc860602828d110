/** What is checked: a server at a URL, or an app in this process. Gives its document, and a way to ask it. */
import { readFile } from 'node:fs/promises'
import type { Route } from '../routing/route.ts'
import { CheckError } from './check-error.ts'
import type { CheckOptions, Settings } from './options.ts'
import { isRecord } from './document/schema.ts'
import { connect } from './send/http.ts'
import { askInMemory } from './send/memory.ts'
import type { Send, SendOptions } from './send/wire.ts'

/** What `createApp()` returns; also that of another copy of this package. */
export interface CheckableApp {
  readonly fetch: (request: Request) => Promise<Response>
  readonly document: () => Promise<object>
  readonly routes: readonly Route[]
}

/** What is checked: the URL of a server or of its document, or an app. */
export type CheckTarget = string | URL | CheckableApp

export interface OpenTarget {
  /** For the report: `http://127.0.0.1:8000`, or `the app`. */
  readonly name: string
  readonly document: unknown
  readonly where: string
  readonly send: Send
  readonly routes: readonly Route[] | undefined
  readonly isUnsafe: boolean
  readonly close: () => void
}

/** Throws a `CheckError` where the host is not allowed, or the document can't be had. */
export async function openTarget(target: CheckTarget, options: CheckOptions, settings: Settings): Promise<OpenTarget> {
  const limits: SendOptions = settings
  if (typeof target === 'object' && !(target instanceof URL)) {
    const document =
      options.document === undefined ? structuredClone(await target.document()) : await loadDocument(options.document, settings)
    return {
      name: 'the app',
      document,
      where: 'the app',
      send: askInMemory((request) => target.fetch(request), limits),
      routes: target.routes,
      isUnsafe: true,
      close: () => undefined,
    }
  }
  const url = toURL(target)
  assertHost(url, settings)
  const isDocument = /\.(?:json|ya?ml)$/i.test(url.pathname)
  const place = options.document ?? (isDocument ? url : new URL(`${url.pathname.replace(/\/$/, '')}/openapi.json`, url))
  const document = await loadDocument(place, settings)
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

/** A check sends thousands of odd requests: a server of somebody else must be allowed by name. */
function assertHost({ hostname, host }: URL, { allowHosts }: Settings): void {
  const isLoopback =
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
  if (isLoopback || allowHosts.includes(hostname) || allowHosts.includes(host)) return
  throw new CheckError(
    'CHECK_HOST',
    hostname,
    'expected a host of the loopback interface, got another',
    `Allow it with --allow-host ${hostname} if it is yours to test`,
  )
}

/** Some servers make the document when it is asked for first. */
const DOCUMENT_TIMEOUT_MS = 30_000
/** The description of GitHub's REST API has 13 MB. */
const DOCUMENT_BYTES = 128 * 1024 * 1024

async function loadDocument(place: string | URL | object, settings: Settings): Promise<unknown> {
  if (typeof place === 'object' && !(place instanceof URL)) return structuredClone(place)
  const text = String(place)
  const fail = (what: string, fix: string) =>
    new CheckError('CHECK_DOCUMENT', text, `expected an OpenAPI document as JSON, got ${what}`, fix)
  let content: string
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) {
    const url = new URL(text)
    assertHost(url, settings)
    const { send, close } = connect(new URL(url.origin), {
      ...settings,
      timeoutMs: Math.max(settings.timeoutMs, DOCUMENT_TIMEOUT_MS),
      mostBytes: DOCUMENT_BYTES,
    })
    const headers = Object.entries({ accept: 'application/json', ...settings.headers }).map(([name, value]): [string, string] => [
      name.toLowerCase(),
      value,
    ])
    const answer = await send({ method: 'GET', path: url.pathname + url.search, headers, body: undefined })
    close()
    if (answer.ending === 'none') throw fail(`no answer: ${answer.reason}`, 'Start the server, or name the document with --document')
    if (answer.status !== 200) throw fail(`the status ${answer.status}`, 'Name the document with --document')
    content = new TextDecoder().decode(answer.body)
  } else {
    content = await readFile(text.startsWith('file:') ? new URL(text) : text, 'utf8').catch(() => {
      throw fail('no such file', 'Name a file or a URL')
    })
  }
  try {
    const value: unknown = JSON.parse(content)
    if (isRecord(value)) return value
  } catch {
    throw fail('other text', 'Convert YAML to JSON first')
  }
  throw fail('another JSON value', 'Name the document with --document')
}
