/** Creates examples: a value for a schema, and content for a media type. Tells apart the kinds of content that the page can show and send. */
import type { JSONSchema } from '../../schema/json-schema/keywords.ts'
import type { MediaTypeObject } from '../content.ts'

export type Schemas = Readonly<Record<string, JSONSchema>>

/** `inside`: the models that contain the value. The example of a recursive model ends when its own name is in this list. */
export function toExample(schema: JSONSchema, schemas: Schemas, inside: readonly string[] = []): unknown {
  if (schema.examples?.[0] !== undefined) return schema.examples[0]
  if ('default' in schema) return schema.default
  if ('const' in schema) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const inner = (one: JSONSchema) => toExample(one, schemas, inside)
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref)
    return inside.includes(name) ? undefined : toExample(schemas[name] ?? {}, schemas, [...inside, name])
  }
  const options = schema.oneOf ?? schema.anyOf
  if (options !== undefined) return options.map(inner).find((value) => value !== undefined && value !== null) ?? null
  if (schema.type === undefined && schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map(inner))
  return ofType(schema, inner)
}

/** `#/components/schemas/User` → `User` */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

/** The first named example of the document, or one created from the schema. */
export function toMediaExample({ examples = {}, schema = {} }: MediaTypeObject, schemas: Schemas): unknown {
  const [named] = Object.values(examples)
  return named !== undefined && 'value' in named ? named.value : toExample(schema, schemas)
}

/** Simplifies a schema for a form: follows references, takes the first option of a union that is not null, and merges the parts of an intersection. */
export function resolve(schema: JSONSchema, schemas: Schemas, depth = 0): JSONSchema {
  if (depth > MOST_STEPS) return {}
  const inner = (part: JSONSchema) => resolve(part, schemas, depth + 1)
  if (schema.$ref !== undefined) return inner(schemas[nameOf(schema.$ref)] ?? {})
  const option = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null')
  if (option !== undefined) return inner(option)
  if (schema.type !== undefined || schema.allOf === undefined) return schema
  const parts = schema.allOf.map(inner)
  return {
    ...Object.assign({}, ...parts),
    ...(parts.some(({ properties }) => properties !== undefined) && {
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required = [] }) => required),
    }),
  } as JSONSchema
}

/** The schema of a content. The media types of its files, which `encoding` lists where there are several, are in their `contentMediaType`. */
export function schemaOf({ schema = {}, encoding = {} }: MediaTypeObject, schemas: Schemas): JSONSchema {
  const files = Object.entries(encoding)
  if (files.length === 0) return schema
  const whole = resolve(schema, schemas)
  const properties = { ...whole.properties }
  for (const [name, { contentType: contentMediaType }] of files) {
    const property = resolve(properties[name] ?? {}, schemas)
    const { items } = property
    properties[name] =
      typeof items === 'object'
        ? { ...property, items: { ...resolve(items, schemas), contentMediaType } }
        : { ...property, contentMediaType }
  }
  return { ...whole, properties }
}

/** In a document of another tool, references may refer to each other. */
const MOST_STEPS = 20

/** Whether the value is a file or a list of files. */
export function isFile({ type, contentMediaType, contentSchema, format, items }: JSONSchema, schemas: Schemas): boolean {
  if (type === 'array' && typeof items === 'object') return isFile(resolve(items, schemas), schemas)
  return (contentMediaType !== undefined && contentSchema === undefined) || format === 'binary'
}

/** The media types that a file may have; `undefined` if it may have any. */
export function mediaTypeOfFile({ contentMediaType }: JSONSchema): string | undefined {
  return contentMediaType === 'application/octet-stream' ? undefined : contentMediaType
}

type Inner = (schema: JSONSchema) => unknown

function ofType(schema: JSONSchema, inner: Inner): unknown {
  switch ([schema.type].flat()[0]) {
    case 'string':
      return toText(schema)
    case 'integer':
    case 'number':
      return toNumber(schema)
    case 'boolean':
      return true
    case 'array':
      return toList(schema, inner)
    case 'object':
      return toObject(schema, inner)
    default:
      return null
  }
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T09:30:00Z',
  date: '2026-01-31',
  time: '09:30:00',
  duration: 'PT15M',
  email: 'ann@example.com',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  uri: 'https://example.com/',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
}

function toText({ format, contentEncoding, pattern, minLength = 0, maxLength = Infinity }: JSONSchema): string {
  if (format !== undefined && BY_FORMAT[format] !== undefined) return BY_FORMAT[format]
  if (contentEncoding === 'base64') return 'aGVsbG8='
  if (pattern === '^-?\\d+$' || pattern === '^\\d+$') return '9007199254740993'
  return 'string'.repeat(Math.max(1, Math.ceil(minLength / 6))).slice(0, maxLength)
}

function toNumber({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JSONSchema): number {
  const lowest = minimum ?? exclusiveMinimum ?? -Infinity
  const highest = maximum ?? exclusiveMaximum ?? Infinity
  const step = multipleOf ?? 1
  const above = Math.ceil(Math.max(lowest, Math.min(1, highest)) / step) * step
  const value = above === exclusiveMinimum ? above + step : above
  return value < highest || value === maximum ? value : (lowest + highest) / 2
}

function toList({ prefixItems = [], items, minItems = 0 }: JSONSchema, inner: Inner): unknown[] {
  const first = prefixItems.map(inner)
  const item = typeof items === 'object' ? inner(items) : undefined
  const more = item === undefined ? 0 : Math.max(1, minItems) - first.length
  return [...first, ...Array.from({ length: Math.max(0, more) }, () => item)]
}

/** Optional members without a known value are omitted. */
function toObject({ properties = {}, required = [], additionalProperties }: JSONSchema, inner: Inner): Record<string, unknown> {
  const members = Object.entries(properties).map(([name, property]) => [name, inner(property)] as const)
  const known = members.filter(([name, value]) => value !== undefined && (value !== null || required.includes(name)))
  if (known.length > 0 || typeof additionalProperties !== 'object') return Object.fromEntries(known)
  return { key: inner(additionalProperties) }
}

/** Formats a value as text for a URL, a header or a form. A list becomes the text of its first item. */
export function toTextValue(value: unknown): string {
  if (Array.isArray(value)) return toTextValue(value[0])
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Formats a body as text. JSON Lines have one item per line. */
export function toTextExample(mediaType: string, example: unknown): string {
  if (!isLines(mediaType)) return toTextValue(example)
  return [example]
    .flat()
    .map((item) => JSON.stringify(item))
    .join('\n')
}

export function isJSON(mediaType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/.test(mediaType)
}

/** One JSON value per line. */
export function isLines(mediaType: string): boolean {
  return /^application\/(?:jsonl|x-ndjson|ndjson|json-seq)$/.test(mediaType)
}

export function isForm(mediaType: string): boolean {
  return mediaType === 'multipart/form-data' || mediaType === 'application/x-www-form-urlencoded'
}

export function isText(mediaType: string): boolean {
  return (
    isJSON(mediaType) ||
    isLines(mediaType) ||
    /^text\/|^application\/(?:[\w.-]+\+)?(?:xml|yaml|graphql|javascript|sql|toml)$/.test(mediaType)
  )
}
