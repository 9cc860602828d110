/** A request in the form that is sent, its response, and how much of the response is read. */

/** A request of the check, in the form that is sent. */
export interface WireRequest {
  readonly method: string
  /** The path with the query. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array | undefined
  /** The user whose headers are sent with it. Default: the first user. */
  readonly user?: User
  /** Headers and cookies of the user that are not sent with it. Default: none. */
  readonly leftOut?: LeftOut
}

export type User = 'first' | 'second'

/** Credentials that a request is sent without. */
export interface LeftOut {
  /** In lower case. */
  readonly headers: readonly string[]
  readonly cookies: readonly string[]
}

/** For each user, the names of the headers that the check adds. */
export type Credentials = Readonly<Record<User, readonly string[]>>

/** How a response ended. `cut`: the server ended it too early. `left`: the check stopped reading. `none`: there was no response. */
export type Ending = 'complete' | 'cut' | 'left' | 'none'

/** The response to a request of the check. */
export interface WireResponse {
  /** 0 if there was no response. */
  readonly status: number
  /** In the order of the response, with names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly ending: Ending
  /** Why the response is missing or incomplete. */
  readonly reason: string | undefined
  readonly milliseconds: number
}

export interface SendOptions {
  /** The time limit of the whole response. */
  readonly timeoutMs: number
  /** A stream is read until this number of items, or for `streamMs`. */
  readonly streamItems: number
  readonly streamMs: number
  /** The most bytes of content that are read. Default: 4 MiB. */
  readonly mostBytes?: number
}

export type Send = (request: WireRequest, options?: Partial<SendOptions>) => Promise<WireResponse>

export function headerOf({ headers }: Pick<WireResponse, 'headers'>, name: string): string | undefined {
  const found = headers.filter(([each]) => each === name).map(([, value]) => value)
  return found.length === 0 ? undefined : found.join(', ')
}

export function valuesOf({ headers }: Pick<WireResponse, 'headers'>, name: string): readonly string[] {
  return headers.filter(([each]) => each === name).map(([, value]) => value)
}

/** In lower case, without parameters. */
export function mediaTypeOf(response: Pick<WireResponse, 'headers'>): string | undefined {
  const value = headerOf(response, 'content-type')
  return value?.split(';')[0]!.trim().toLowerCase()
}

export function isSuccess({ status }: Pick<WireResponse, 'status'>): boolean {
  return status >= 200 && status < 300
}

const decoder = new TextDecoder()

export function textOf({ body }: Pick<WireResponse, 'body'>): string {
  return decoder.decode(body)
}

export function isJSON(mediaType: string | undefined): boolean {
  return mediaType !== undefined && (mediaType === 'application/json' || mediaType.endsWith('+json') || mediaType === 'text/json')
}

export const EVENT_STREAM = 'text/event-stream'

const LINES = new Set([
  'application/jsonl',
  'application/x-ndjson',
  'application/json-lines',
  'application/x-jsonlines',
  'application/ndjson',
  'application/json-seq',
])

export function isJSONLines(mediaType: string | undefined): boolean {
  return mediaType !== undefined && LINES.has(mediaType)
}

export function isStream(mediaType: string | undefined): boolean {
  return mediaType === EVENT_STREAM || isJSONLines(mediaType)
}

/** Returns `undefined` if the text is not JSON. */
export function parseJSON(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** The most bytes of a response that are read. Longer content is not checked against its schema. */
export const MOST_BYTES = 4 * 1024 * 1024

interface StreamLimit {
  readonly isStream: boolean
  /** Counts the next bytes. Returns true if enough was read. */
  readonly take: (chunk: Uint8Array) => boolean
}

const LINE_FEED = 10
const RETURN = 13

export function limitStream(contentType: string | undefined, { streamItems, mostBytes = MOST_BYTES }: SendOptions): StreamLimit {
  const mediaType = contentType?.split(';')[0]!.trim().toLowerCase()
  let bytes = 0
  let seen = 0
  let isLineEmpty = true
  let hasField = false
  const isEvents = mediaType === EVENT_STREAM
  const isLines = isJSONLines(mediaType)
  const take = (chunk: Uint8Array): boolean => {
    bytes += chunk.byteLength
    for (const byte of isEvents || isLines ? chunk : []) {
      if (byte === RETURN) continue
      if (byte !== LINE_FEED) {
        // A comment of an event stream begins with a colon. It is not an item.
        if (isLineEmpty && byte !== 58) hasField = true
        isLineEmpty = false
      } else {
        if (isEvents ? isLineEmpty && hasField : !isLineEmpty) {
          seen += 1
          hasField = false
        }
        isLineEmpty = true
      }
    }
    return bytes >= mostBytes || ((isEvents || isLines) && seen >= streamItems)
  }
  return { isStream: isEvents || isLines, take }
}
