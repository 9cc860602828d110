/** Generates JSON for a schema of a document. Some of it is invalid, so callers must filter it. */
import { fc } from '../support/fuzz.ts'
import type { OpenAPIDocument } from '../../src/openapi/document.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema | boolean
  readonly prefixItems?: readonly Schema[]
  readonly minItems?: number
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly contentEncoding?: string
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'date-time': fc.oneof(
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2e12) }).map((date) => date.toISOString()),
    fc.constantFrom('2024-02-29T23:59:59Z', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00+02:00'),
  ),
  date: fc.constantFrom('2024-02-29', '1970-01-01'),
  time: fc.constantFrom('03:04:05Z', '03:04:05+01:00', '03:04:05'),
  email: fc.stringMatching(/^[a-z]{1,5}@[a-z]{1,5}\.com$/),
  uuid: fc.uuid({ version: 4 }),
  uri: fc.webUrl(),
  int64: fc.integer(),
  base64: fc.base64String(),
}

const anything = fc.jsonValue({ maxDepth: 2 })

/** Undeclared names, which are added to some objects. */
const extras = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'z', 'constructor'), anything, { maxKeys: 2, noNullPrototype: true })

export function jsonOf(document: OpenAPIDocument, schema: unknown): fc.Arbitrary<unknown> {
  return sample(document, schema as Schema, 6)
}

function sample(document: OpenAPIDocument, schema: Schema | boolean, levels: number): fc.Arbitrary<unknown> {
  if (typeof schema === 'boolean' || levels === 0) return anything
  const inside = (inner: Schema | boolean) => sample(document, inner, levels - 1)
  if (schema.$ref !== undefined) return inside(resolve(document, schema.$ref))
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return fc.oneof(...options.map(inside))
  if (schema.allOf !== undefined) return fc.tuple(...schema.allOf.map(inside)).map(merge)
  if (Array.isArray(schema.type)) return fc.oneof(...(schema.type as readonly string[]).map((type) => inside({ ...schema, type })))
  switch (schema.type) {
    case 'string':
      return sampleText(schema)
    case 'integer':
      return fc.oneof(
        fc.integer({ min: Math.max(schema.minimum ?? -(2 ** 31), -(2 ** 31)), max: Math.min(schema.maximum ?? 2 ** 31, 2 ** 31) }),
      )
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }))
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return sampleList(schema, inside)
    case 'object':
      return sampleObject(schema, inside)
    default:
      return anything
  }
}

function resolve(document: OpenAPIDocument, reference: string): Schema {
  const steps = reference.slice(2).split('/')
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[decodeURIComponent(step)], document) as Schema
}

function merge(parts: readonly unknown[]): unknown {
  const areObjects = parts.every((part) => typeof part === 'object' && part !== null && !Array.isArray(part))
  return areObjects ? Object.assign({}, ...(parts as object[])) : parts[0]
}

function sampleText({ format = '', pattern, minLength = 0, contentEncoding }: Schema): fc.Arbitrary<unknown> {
  const formatted = FORMATS[contentEncoding ?? format]
  if (formatted !== undefined) return formatted
  if (pattern !== undefined && !pattern.includes('(?')) return fc.stringMatching(new RegExp(pattern, 'u'))
  // Strings that look like values of other types are the difficult ones for unions.
  const odd = fc.constantFrom('', '1', '007', 'true', 'null', '2024-01-01T00:00:00Z', 'http://x/', 'AQ==', 'a', 'red')
  return minLength > 0 ? fc.string({ minLength, maxLength: minLength + 5 }) : fc.oneof(fc.string({ maxLength: 8 }), odd)
}

function sampleList(schema: Schema, inside: (inner: Schema | boolean) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { prefixItems = [], items = true, minItems = 0 } = schema
  const rest =
    items === false ? fc.constant([]) : fc.array(inside(items), { minLength: Math.max(0, minItems - prefixItems.length), maxLength: 3 })
  return fc
    .tuple(fc.tuple(...prefixItems.map(inside)), rest, fc.nat({ max: prefixItems.length }))
    .map(([first, others, left]) => (others.length > 0 || left === 0 ? [...first, ...others] : first.slice(0, Math.max(left, minItems))))
}

function sampleObject(schema: Schema, inside: (inner: Schema | boolean) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties = true } = schema
  const own = fc.record(Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, inside(inner)])), {
    requiredKeys: [...required],
    noNullPrototype: true,
  })
  const others =
    typeof additionalProperties === 'object'
      ? fc.dictionary(fc.constantFrom('a', 'b', 'key', '1', '-2'), inside(additionalProperties), { maxKeys: 3, noNullPrototype: true })
      : additionalProperties
        ? fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extras })
        : fc.constant({})
  return fc.tuple(own, others).map(([members, more]) => ({ ...more, ...members }))
}
