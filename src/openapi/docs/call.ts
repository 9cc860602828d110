/** Creates an example request for an operation, with all required parameters and the body. call-code.ts formats it as code. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { OperationObject } from '../operation.ts'
import { toCredentials, type Schemes } from './authorize.ts'
import { isFile, isJSON, isLines, isText, resolve, toExample, toMediaExample, toTextExample, toTextValue, type Schemas } from './example.ts'
import type { ShownOperation } from './groups.ts'
import type { Content } from './html.ts'

export interface Call {
  readonly method: string
  /** Path and query, relative to the URL of the API. A script replaces the placeholders of credentials in it. */
  readonly url: readonly Content[]
  readonly headers: readonly (readonly [name: string, value: Content])[]
  readonly cookies: readonly (readonly [name: string, value: Content])[]
  readonly body: CallBody | undefined
  /** The kind of content of the successful response. */
  readonly expects: 'events' | 'lines' | 'json' | 'text' | 'none'
}

export type CallBody =
  | { readonly kind: 'json' | 'text'; readonly mediaType: string; readonly text: string }
  | { readonly kind: 'file'; readonly mediaType: string }
  | { readonly kind: 'form' | 'multipart'; readonly mediaType: string; readonly fields: readonly CallField[] }

interface CallField {
  readonly name: string
  /** `undefined` for a file. */
  readonly value: string | undefined
}

export function toCall({ method, path, operation }: Omit<ShownOperation, 'serverURLs'>, schemas: Schemas, schemes: Schemes = {}): Call {
  const { parameters = [], requestBody } = operation
  const valueOf = (schema: JSONSchema) => toTextValue(toExample(schema, schemas))
  const neededIn = (location: string): readonly (readonly [name: string, value: string])[] =>
    parameters
      .filter((parameter) => parameter.required === true && parameter.in === location)
      .map(({ name, schema }) => [name, valueOf(schema)])
  const credentials = toCredentials(operation, schemes)
  const filled = neededIn('path').reduce((template, [name, value]) => template.replace(`{${name}}`, () => encodeURIComponent(value)), path)
  const query: readonly Content[] = [
    ...neededIn('query').map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
    ...credentials.query.map(([name, value]) => [`${encodeURIComponent(name)}=`, value]),
  ]
  const body = requestBody && toBody(requestBody.content, schemas)
  return {
    method,
    url: [filled, ...query.map((part, index) => [index === 0 ? '?' : '&', part])],
    headers: [
      ...neededIn('header'),
      ...credentials.headers,
      ...(body === undefined || body.kind === 'multipart' ? [] : [['Content-Type', body.mediaType] as const]),
    ],
    cookies: [...neededIn('cookie'), ...credentials.cookies],
    body,
    expects: kindOfSuccess(operation),
  }
}

/** A body of the media type that the route declares first. */
function toBody(content: NonNullable<OperationObject['requestBody']>['content'], schemas: Schemas): CallBody | undefined {
  const [[mediaType, media] = ['', {}]] = Object.entries(content)
  if (mediaType === 'multipart/form-data') return { kind: 'multipart', mediaType, fields: toFormFields(media.schema, schemas) }
  if (mediaType === 'application/x-www-form-urlencoded') return { kind: 'form', mediaType, fields: toFormFields(media.schema, schemas) }
  if (isJSON(mediaType)) return { kind: 'json', mediaType, text: JSON.stringify(toMediaExample(media, schemas), null, 2) ?? '' }
  if (isText(mediaType)) return { kind: 'text', mediaType, text: toTextExample(mediaType, toMediaExample(media, schemas)) }
  return mediaType === '' ? undefined : { kind: 'file', mediaType }
}

function toFormFields(schema: JSONSchema = {}, schemas: Schemas): readonly CallField[] {
  const { properties = {}, required = [] } = resolve(schema, schemas)
  return Object.entries(properties)
    .filter(([name]) => required.includes(name))
    .map(([name, property]) => ({
      name,
      value: isFile(resolve(property, schemas), schemas) ? undefined : toTextValue(toExample(property, schemas)),
    }))
}

function kindOfSuccess({ responses }: OperationObject): Call['expects'] {
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
  const types = success !== undefined && 'content' in success ? Object.keys(success.content ?? {}) : []
  if (types.includes('text/event-stream')) return 'events'
  if (types.some(isLines)) return 'lines'
  if (types.some(isJSON)) return 'json'
  return types.length === 0 ? 'none' : 'text'
}
