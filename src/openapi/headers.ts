/** Creates the Header Objects of a response, from its declared headers and cookies and the headers that its representation sends. */
import { isChosenByAccept, type DeclaredResponse } from '../contract/declared.ts'
import type { ResponseFields } from '../contract/responses.ts'
import { toCookies, type AnyCookie } from '../reply/field.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import { mayBeAbsent } from '../schema/presence.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Components } from './components.ts'

export interface HeaderObject {
  readonly description?: string
  readonly required?: boolean
  readonly deprecated?: boolean
  readonly schema: JSONSchema
}

export type Headers = Readonly<Record<string, HeaderObject>>

export const VARY: HeaderObject = {
  description: 'Request headers that select the content',
  required: true,
  schema: { type: 'string' },
}

const VERSION: HeaderObject = {
  description: 'The version of the resource, for If-Match and If-None-Match',
  required: true,
  schema: { type: 'string' },
}

export function toHeaders(response: DeclaredResponse, components: Components): Headers {
  const { headers, cookies, representations, version } = response
  return {
    ...(version === undefined ? {} : { ETag: VERSION }),
    ...Object.assign(
      {},
      ...representations.map((representation) => ofRepresentation(representation, representations.length === 1, components)),
    ),
    ...(isChosenByAccept(response) ? { Vary: VARY } : {}),
    ...mapValues(headers, (schema) => toHeader(schema, components)),
    ...toSetCookie(cookies),
  }
}

/** If a response has several representations, the headers of one are not sent with the others, so they are not required. */
export function ofRepresentation({ headers = {} }: AnyRepresentation, isAlone: boolean, components: Components): Headers {
  return mapValues(headers, ({ description, schema, required }) => {
    const header = toHeader(schema, components)
    return present<HeaderObject>({ description, required: required === true && isAlone ? true : undefined, schema: header.schema })
  })
}

function toHeader(model: AnySchema, components: Components): HeaderObject {
  const node = readModel(model)
  const { description, deprecated, ...schema } = components.schema(node, 'output')
  return present<HeaderObject>({ description, required: mayBeAbsent(node, 'output') ? undefined : true, deprecated, schema })
}

function toSetCookie(declared: DeclaredResponse['cookies']): Headers {
  const cookies = Object.values(declared)
  if (cookies.length === 0) return {}
  const required = cookies.every(({ model }) => mayBeAbsent(readModel(model), 'output')) ? undefined : true
  return {
    'Set-Cookie': present<HeaderObject>({
      description: `Sets ${cookies.map(describeCookie).join('; ')}`,
      required,
      schema: { type: 'string' },
    }),
  }
}

/** Example: `session_id` (HttpOnly, Secure, SameSite=Lax, Max-Age=3600): description */
function describeCookie({ name, model, attributes }: AnyCookie): string {
  const { description } = readModel(model).annotations ?? {}
  const { httpOnly, secure, sameSite, maxAge, domain, path, partitioned } = attributes
  const known = [
    httpOnly === true && 'HttpOnly',
    secure === true && 'Secure',
    sameSite !== undefined && `SameSite=${sameSite[0]!.toUpperCase()}${sameSite.slice(1)}`,
    maxAge !== undefined && `Max-Age=${maxAge}`,
    domain !== undefined && `Domain=${domain}`,
    path !== undefined && `Path=${path}`,
    partitioned === true && 'Partitioned',
  ].filter((text) => text !== false)
  const named = known.length === 0 ? `\`${name}\`` : `\`${name}\` (${known.join(', ')})`
  return description === undefined ? named : `${named}: ${description}`
}

/** Headers that dependencies and middleware may add to a response. None of them is required. */
export function toAddedHeaders(declarations: readonly ResponseFields[], { components }: { readonly components: Components }): Headers {
  const all = declarations.map(({ responseHeaders = {}, responseCookies = {} }) => ({
    ...mapValues(responseHeaders, (schema) => toHeader(schema, components)),
    ...toSetCookie(toCookies(responseCookies, 'responseCookies')),
  }))
  return mapValues(mergeHeaders(all), (header) => present<HeaderObject>({ ...header, required: undefined }))
}

/** A header that the response declares takes precedence over an added one. Cookies of both are listed. */
export function addHeaders(own: Headers, added: Headers): Headers {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()))
  const others = Object.entries(added).filter(([name]) => !names.has(name.toLowerCase()))
  const { 'Set-Cookie': first } = own
  const { 'Set-Cookie': second } = added
  const cookies =
    first !== undefined && second !== undefined ? { 'Set-Cookie': { ...first, description: joinCookies([first, second]) } } : {}
  return { ...own, ...Object.fromEntries(others), ...cookies }
}

function joinCookies(found: readonly HeaderObject[]): string {
  const texts = new Set(found.map(({ description = '' }) => description.replace(/^Sets /, '')))
  return `Sets ${[...texts].join('; ')}`
}

/** A header with a fixed value is a constant. One whose value is computed for each error is any string. */
export function toErrorHeaders(values: AnyErrorClass['headers']): Headers {
  return mapValues(values, (value) => ({ required: true, schema: present<JSONSchema>({ type: 'string', const: value }) }))
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Readonly<Record<string, Mapped>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}

/** Merges the headers of all responses with one status. A header is required if all of them require it. OpenAPI ignores `Content-Type` here. */
export function mergeHeaders(all: readonly Headers[]): Headers {
  const fields = all.flatMap((headers) => Object.entries(headers))
  const names = new Map(
    fields
      .toReversed()
      .map(([name]) => [name.toLowerCase(), name] as const)
      .filter(([lower]) => lower !== 'content-type')
      .toReversed(),
  )
  return Object.fromEntries(
    [...names].map(([lower, name]) => {
      const found = fields.filter(([other]) => other.toLowerCase() === lower).map(([, header]) => header)
      const merged = mergeHeader(found, found.length === all.length)
      return [name, lower === 'set-cookie' && found.length > 1 ? { ...merged, description: joinCookies(found) } : merged]
    }),
  )
}

function mergeHeader(found: readonly HeaderObject[], isEverywhere: boolean): HeaderObject {
  const { description, deprecated, schema } = found[0]!
  const schemas = [...new Map(found.map((header) => [JSON.stringify(header.schema), header.schema])).values()]
  const only = isEverywhere ? schema : withoutConstant(schema)
  return present<HeaderObject>({
    description,
    required: isEverywhere && found.every(({ required }) => required) ? true : undefined,
    deprecated,
    schema: schemas.length === 1 ? only : { anyOf: schemas },
  })
}

/** Another response with the same status, which does not declare the header, may send a different value. */
function withoutConstant({ const: _constant, ...schema }: JSONSchema): JSONSchema {
  return schema
}
