/** A generated request: its inputs, and how they are written, parameters by their OpenAPI style and the body by its media type. */
import type { Location, Operation, Parameter } from '../document/operation.ts'
import { isJSON, isJSONLines, type WireRequest } from '../send/wire.ts'
import { isRecord } from '../document/schema.ts'

export type Values = Readonly<Record<string, unknown>>

interface BodyValue {
  readonly mediaType: string
  readonly value: unknown
  /** The text that is sent instead of the value, such as invalid JSON. */
  readonly raw?: string
}

export interface Inputs extends Readonly<Record<Location, Values>> {
  readonly body: BodyValue | undefined
}

export const NO_INPUTS: Inputs = { path: {}, query: {}, header: {}, cookie: {}, body: undefined }

/** Replaces the value of a parameter. `undefined` removes it. */
export function withValue(inputs: Inputs, location: Location, name: string, value: unknown): Inputs {
  const { [name]: _old, ...others } = inputs[location]
  return { ...inputs, [location]: value === undefined ? others : { ...others, [name]: value } }
}

/** A phase of the check, in the order in which they run. */
export type Phase = 'examples' | 'boundaries' | 'random' | 'invalid' | 'probes' | 'sequences'

export interface Candidate {
  readonly operation: Operation
  readonly phase: Phase
  /** Whether the document, and the model if it is known, allow the inputs. `unknown`: a server may accept or refuse them. */
  readonly verdict: 'valid' | 'invalid' | 'unknown'
  /** How the inputs differ from others: `body.name: 0 characters`. */
  readonly what: string
  readonly inputs: Inputs
  readonly wire: WireRequest
}

/** Returns `undefined` if a value cannot be written in its place, such as an empty path segment or a line break in a header. */
export function encodeRequest(operation: Operation, inputs: Inputs): WireRequest | undefined {
  const path = encodePath(operation, inputs)
  const headers = encodeHeaders(operation, inputs)
  if (path === undefined || headers === undefined) return undefined
  const body = inputs.body === undefined ? undefined : encodeBody(inputs.body, filesIn(operation, inputs.body))
  if (body === undefined && inputs.body !== undefined) return undefined
  const query = encodeQuery(operation, inputs)
  return {
    method: operation.method,
    path: `${operation.basePath}${path}${query === '' ? '' : `?${query}`}`,
    headers: [['accept', acceptOf(operation)], ...headers, ...(body === undefined ? [] : [['content-type', body.contentType] as const])],
    body: body?.bytes,
  }
}

function filesIn({ body }: Operation, { mediaType }: BodyValue): ReadonlyMap<string, string> {
  return body?.contents.find((content) => content.mediaType === mediaType)?.files ?? new Map()
}

/** Accepts every media type of a success, so that the server does not respond with 406. */
function acceptOf({ responses }: Operation): string {
  const types = responses.filter(({ key }) => key.startsWith('2')).flatMap(({ contents }) => contents.map(({ mediaType }) => mediaType))
  return [...new Set([...types, '*/*'])].join(', ')
}

function encodePath({ path, parameters }: Operation, inputs: Inputs): string | undefined {
  let isWritable = true
  const written = path.replaceAll(/\{[+./;?&#]?([^}*]+)\*?\}/g, (_, name: string) => {
    const parameter = parameters.find((each) => each.in === 'path' && each.name === name)
    const text = joined(inputs.path[name], parameter)
    if (text === undefined || text === '' || text === '.' || text === '..') isWritable = false
    const prefix = parameter?.style === 'label' ? '.' : parameter?.style === 'matrix' ? `;${name}=` : ''
    return prefix + encodeURIComponent(text ?? '').replaceAll('%2C', ',')
  })
  return isWritable ? written : undefined
}

function encodeQuery({ parameters }: Operation, inputs: Inputs): string {
  const pairs: [name: string, value: string][] = []
  const known = parameters.filter((each) => each.in === 'query')
  for (const parameter of known) {
    const value = inputs.query[parameter.name]
    if (value !== undefined && value !== null) pairs.push(...queryPairs(parameter, value))
  }
  for (const [name, value] of Object.entries(inputs.query)) {
    if (!known.some((parameter) => parameter.name === name)) pairs.push([name, toText(value)])
  }
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
}

function queryPairs({ name, style, explode, mediaType }: Parameter, value: unknown): [string, string][] {
  if (mediaType !== undefined) return [[name, JSON.stringify(value)]]
  if (Array.isArray(value)) {
    if (value.length === 0) return []
    if (explode) return value.map((item) => [name, toText(item)])
    const separator = style === 'spaceDelimited' ? ' ' : style === 'pipeDelimited' ? '|' : ','
    return [[name, value.map(toText).join(separator)]]
  }
  if (!isRecord(value)) return [[name, toText(value)]]
  const entries = Object.entries(value).filter(([, each]) => each !== undefined && each !== null)
  if (style === 'deepObject') return entries.flatMap(([key, each]) => deepPairs(`${name}[${key}]`, each))
  if (explode) return entries.map(([key, each]) => [key, toText(each)])
  return [[name, entries.flatMap(([key, each]) => [key, toText(each)]).join(',')]]
}

/** A list inside an object repeats its name, as a list parameter does. OpenAPI does not define this. */
function deepPairs(name: string, value: unknown): [string, string][] {
  if (Array.isArray(value)) return value.map((item) => [name, toText(item)])
  if (isRecord(value)) return Object.entries(value).flatMap(([key, each]) => deepPairs(`${name}[${key}]`, each))
  return [[name, toText(value)]]
}

function encodeHeaders({ parameters }: Operation, inputs: Inputs): (readonly [string, string])[] | undefined {
  const headers: (readonly [string, string])[] = []
  for (const [name, value] of Object.entries(inputs.header)) {
    const text = joined(
      value,
      parameters.find((each) => each.in === 'header' && each.name === name),
    )
    if (text === undefined) continue
    if (!/^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(text)) return undefined
    headers.push([name.toLowerCase(), text])
  }
  const cookies = Object.entries(inputs.cookie).flatMap(([name, value]) => {
    const text = joined(value, undefined)
    return text === undefined ? [] : [`${name}=${encodeURIComponent(text)}`]
  })
  return cookies.length === 0 ? headers : [...headers, ['cookie', cookies.join('; ')]]
}

/** Writes a value in style `simple`. Returns `undefined` for null, an absent value and an empty list. */
function joined(value: unknown, parameter: Parameter | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (parameter?.mediaType !== undefined) return JSON.stringify(value)
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(toText).join(',')
  if (!isRecord(value)) return toText(value)
  const separator = parameter?.explode === true ? '=' : ','
  return Object.entries(value)
    .map(([name, each]) => `${name}${separator}${toText(each)}`)
    .join(',')
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface EncodedBody {
  readonly contentType: string
  readonly bytes: Uint8Array
}

const FORM = 'application/x-www-form-urlencoded'
const BOUNDARY = 'riposte-check-boundary'

const encoder = new TextEncoder()

/** Whether the check can write content of this media type. */
export function isWritable(mediaType: string): boolean {
  return isJSON(mediaType) || isJSONLines(mediaType) || mediaType === FORM || mediaType === 'multipart/form-data' || isBytes(mediaType)
}

function isBytes(mediaType: string): boolean {
  return (
    /^(?:text|image|audio|video|font)\//.test(mediaType) ||
    mediaType === 'application/octet-stream' ||
    mediaType === '*/*' ||
    mediaType === 'application/pdf' ||
    mediaType === 'application/zip'
  )
}

/** Returns `undefined` if the value cannot be written in the media type. */
function encodeBody({ mediaType, value, raw }: BodyValue, files: ReadonlyMap<string, string>): EncodedBody | undefined {
  const made = (text: string, contentType = mediaType): EncodedBody => ({ contentType, bytes: encoder.encode(text) })
  if (raw !== undefined) return made(raw)
  if (isJSON(mediaType)) return made(JSON.stringify(value ?? null))
  if (isJSONLines(mediaType)) return made(`${JSON.stringify(value ?? null)}\n`)
  if (mediaType === FORM) return isRecord(value) ? made(new URLSearchParams(formPairs(value)).toString()) : undefined
  if (mediaType === 'multipart/form-data')
    return isRecord(value) ? made(multipart(value, files), `${mediaType}; boundary=${BOUNDARY}`) : undefined
  if (!isBytes(mediaType)) return undefined
  const contentType = mediaType === '*/*' ? 'application/octet-stream' : mediaType
  return made(typeof value === 'string' ? value : JSON.stringify(value), contentType)
}

function formPairs(value: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(value).flatMap(([name, each]): [string, string][] => {
    if (each === null || each === undefined) return []
    if (Array.isArray(each)) return each.map((item) => [name, toText(item)])
    if (isRecord(each)) return Object.entries(each).map(([key, child]) => [`${name}[${key}]`, toText(child)])
    return [[name, toText(each)]]
  })
}

function multipart(value: Readonly<Record<string, unknown>>, files: ReadonlyMap<string, string>): string {
  const parts = Object.entries(value).flatMap(([name, each]) => {
    if (each === null || each === undefined) return []
    const items = Array.isArray(each) ? (each as unknown[]) : [each]
    return items.map((item) => part(name, item, files.get(name)))
  })
  return `${parts.join('')}--${BOUNDARY}--\r\n`
}

function part(name: string, item: unknown, fileType: string | undefined): string {
  const disposition = `content-disposition: form-data; name="${name.replaceAll('"', '%22')}"${fileType === undefined ? '' : '; filename="check"'}`
  const contentType = fileType ?? (isRecord(item) ? 'application/json' : undefined)
  const type = contentType === undefined ? '' : `\r\ncontent-type: ${contentType}`
  return `--${BOUNDARY}\r\n${disposition}${type}\r\n\r\n${toText(item)}\r\n`
}
