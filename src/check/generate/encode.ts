/** Writes inputs as a request: parameters by their OpenAPI style, the body by its media type. */
import type { Operation, Parameter } from '../document/operation.ts'
import { isRecord } from '../document/schema.ts'
import type { WireRequest } from '../send/wire.ts'
import { encodeBody } from './encode-body.ts'
import type { BodyValue, Inputs } from './inputs.ts'

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
