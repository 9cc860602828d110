/** Random models with values, and a simple serialiser for each model, with which the encoders are compared. */
import { z } from 'zod'
import { fc } from '../../support/fuzz.ts'

/** A value that zod accepts, but that JSON can't represent. */
class Unwritable extends Error {}

export interface Specimen {
  readonly schema: z.ZodType
  /** The schema of the values of the program, which zod checks on its own for a codec. Default: the schema. */
  readonly domain?: z.ZodType
  readonly valid: fc.Arbitrary<unknown>
  /** Returns the JSON of the result of zod; `undefined` for an absent value. */
  readonly toText: (parsed: unknown) => string | undefined
  /** Whether a property with this model may be left out. */
  readonly mayBeAbsent?: boolean
}

const native = (value: unknown): string | undefined => JSON.stringify(value)

/** A date that RFC 3339 can represent. */
function iso(value: unknown): string {
  const text = (value as Date).toISOString()
  if (!/^\d{4}-/.test(text)) throw new Unwritable()
  return `"${text}"`
}

function isPlain(value: object): boolean {
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === null || proto === Object.prototype
}

/** The JSON of a value of `any`. Refuses an instance that would become `{}` or lose its content. */
function anything(value: unknown): string | undefined {
  const isForeign = (one: unknown): boolean => {
    if (typeof one !== 'object' || one === null || 'toJSON' in one) return false
    if (Array.isArray(one)) return one.some(isForeign)
    const parts: unknown[] = Object.values(one)
    if (!isPlain(one) && (parts.length === 0 || one instanceof Error || ArrayBuffer.isView(one))) return true
    return parts.some(isForeign)
  }
  if (isForeign(value)) throw new Unwritable()
  return native(value)
}

const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  {
    weight: 2,
    arbitrary: fc.string({
      unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\u007f', '\u2028', 'é', '日', '🚀', '\ud800', '\udc00', 'a'),
      maxLength: 30,
    }),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 60, maxLength: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'a', '1', 'int64:0', '') },
)

const integer = fc.oneof(fc.integer(), fc.integer({ min: -12, max: 120 }), fc.maxSafeInteger(), fc.constant(-0))
const float = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  integer,
  fc.integer().map((value) => value / 100),
)
const date = fc.oneof(
  fc.date({ noInvalidDate: true }),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2e12) }),
  fc
    .constantFrom(-1, 0, 951_782_400_000, -62_135_596_800_000, -62_135_596_800_001, 253_402_300_799_999, 253_402_300_800_000)
    .map((time) => new Date(time)),
)

const scalars: readonly Specimen[] = [
  { schema: z.string(), valid: text, toText: native },
  { schema: z.string().min(1).max(5), valid: fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), toText: native },
  { schema: z.string().min(3), valid: fc.string({ unit: 'binary', minLength: 3 }), toText: native },
  { schema: z.string().regex(/^[a-f]+$/g), valid: fc.stringMatching(/^[a-f]+$/), toText: native },
  { schema: z.string().regex(/x/y), valid: fc.string().map((rest) => `x${rest}`), toText: native },
  { schema: z.email(), valid: fc.stringMatching(/^[a-z]{1,9}@[a-z]{1,9}\.com$/), toText: native },
  { schema: z.uuid(), valid: fc.uuid({ version: 4 }), toText: native },
  {
    schema: z.url(),
    valid: fc.oneof(
      fc.webUrl(),
      fc.webUrl().map((url) => ` ${url}\n`),
    ),
    toText: native,
  },
  { schema: z.url({ normalize: true }), valid: fc.webUrl(), toText: native },
  {
    schema: z.iso.datetime(),
    valid: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2e12) }).map((value) => value.toISOString()),
    toText: native,
  },
  { schema: z.int(), valid: integer, toText: native },
  { schema: z.int32(), valid: fc.integer(), toText: native },
  { schema: z.int().min(-3).max(300), valid: fc.integer({ min: -3, max: 300 }), toText: native },
  { schema: z.number(), valid: float, toText: native },
  { schema: z.number().gt(0).lt(100), valid: fc.double({ min: 0.5, max: 99, noNaN: true }), toText: native },
  { schema: z.number().multipleOf(0.01), valid: fc.integer({ min: -9999, max: 99_999 }).map((value) => value / 100), toText: native },
  { schema: z.float32(), valid: fc.float({ noNaN: true, noDefaultInfinity: true }), toText: native },
  { schema: z.boolean(), valid: fc.boolean(), toText: native },
  { schema: z.null(), valid: fc.constant(null), toText: native },
  { schema: z.literal('only'), valid: fc.constant('only'), toText: native },
  { schema: z.literal(['a"b', 'é', 7, true, null]), valid: fc.constantFrom('a"b', 'é', 7, true, null), toText: native },
  { schema: z.literal(12n), valid: fc.constant(12n), toText: (value) => `"${value as bigint}"` },
  { schema: z.enum(['red', 'green', 'blue']), valid: fc.constantFrom('red', 'green', 'blue'), toText: native },
  { schema: z.enum(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'ü']), valid: fc.constantFrom('a', 'i', 'ü'), toText: native },
  { schema: z.date(), valid: date, toText: iso },
  {
    schema: z.date().min(new Date(0)),
    valid: fc.date({ noInvalidDate: true, min: new Date(0) }),
    toText: iso,
  },
  { schema: z.bigint(), valid: fc.bigInt(), toText: (value) => `"${value as bigint}"` },
  { schema: z.int64(), valid: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), toText: String },
  { schema: z.uint64(), valid: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), toText: String },
  { schema: z.instanceof(URL), valid: fc.webUrl().map((href) => new URL(href)), toText: (value) => native((value as URL).href) },
  {
    schema: z.instanceof(Uint8Array),
    valid: fc.uint8Array(),
    toText: (value) => `"${Buffer.from(value as Uint8Array).toString('base64')}"`,
  },
  { schema: z.any(), valid: fc.jsonValue(), toText: anything },
  { schema: z.string().transform((value) => value.length), valid: text, toText: native },
  { schema: z.string().refine((value) => !value.includes('z')), valid: fc.stringMatching(/^[a-y]*$/), toText: native },
  {
    domain: z.date(),
    schema: z.codec(z.iso.datetime(), z.date(), { decode: (wire) => new Date(wire), encode: (value) => value.toISOString() }),
    valid: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2e12) }),
    toText: iso,
  },
]

type Side = (specimen: Specimen) => z.ZodType

/** Builds the same model from other models, for both sides of codecs. */
function both(build: (side: Side) => z.ZodType): Sides {
  return { schema: build(({ schema }) => schema), domain: build(({ schema, domain }) => domain ?? schema) }
}

type Sides = Required<Pick<Specimen, 'schema' | 'domain'>>

const propertyName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('id', 'name', 'email', 'created_at', 'tags', 'x', 'y', 'a-b', 'naïve', '1', '20', '"q"') },
  { weight: 1, arbitrary: fc.constantFrom('toJSON', 'value', 'tag', 'depth', 'BROKEN', 'return', '日本\u2028') },
)

/** Objects keep names that are array indexes first. */
function inOrder(names: readonly string[]): string[] {
  return Object.keys(Object.fromEntries(names.map((name) => [name, 0])))
}

function writeMembers(members: readonly (readonly [string, string | undefined])[]): string {
  const texts = new Map(members.filter(([, one]) => one !== undefined))
  return `{${inOrder([...texts.keys()])
    .map((name) => `${JSON.stringify(name)}:${texts.get(name)!}`)
    .join(',')}}`
}

function required(one: string | undefined, { mayBeAbsent = false }: Specimen): string | undefined {
  if (one === undefined && !mayBeAbsent) throw new Unwritable()
  return one
}

type Fields = Readonly<Record<string, Specimen>>

type Mode = 'strip' | 'strict' | 'loose'

function objectSides(fields: Fields, mode: Mode): Sides {
  const make = mode === 'strip' ? z.object : mode === 'strict' ? z.strictObject : z.looseObject
  return both((side) => make(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, side(field)]))))
}

/** An instance is data if it has one of the names. zod accepts every instance. */
function readable({ schema, domain }: Sides, names: readonly string[]): Sides {
  const isReadable = (value: unknown) =>
    typeof value === 'object' && value !== null && (isPlain(value) || names.some((name) => name in value && !(name in Object.prototype)))
  return { schema, domain: z.unknown().refine(isReadable, { abort: true }).pipe(domain) }
}

function objectSpecimen(fields: Fields, mode: Mode, extras: fc.Arbitrary<Record<string, unknown>>): Specimen {
  const sides = readable(objectSides(fields, mode), Object.keys(fields))
  const names = Object.keys(fields)
  const optional = names.filter((name) => fields[name]!.mayBeAbsent)
  const own = fc.record(Object.fromEntries(names.map((name) => [name, fields[name]!.valid])), {
    requiredKeys: names.filter((name) => !optional.includes(name)),
    noNullPrototype: true,
  })
  const valid = mode === 'strict' ? own : fc.tuple(own, extras).map(([value, extra]) => ({ ...extra, ...value }))
  return {
    ...sides,
    valid,
    toText(parsed) {
      const value = parsed as Record<string, unknown>
      const declared = names.map(
        (name) =>
          [
            name,
            required(
              Object.hasOwn(value, name) || fields[name]!.mayBeAbsent !== true
                ? fields[name]!.toText(Object.hasOwn(value, name) ? value[name] : undefined)
                : undefined,
              fields[name]!,
            ),
          ] as const,
      )
      const others = mode === 'loose' ? Object.keys(value).filter((name) => !names.includes(name)) : []
      return writeMembers([...declared, ...others.map((name) => [name, anything(value[name])] as const)])
    },
  }
}

function orNull(one: string | undefined): string {
  return one ?? 'null'
}

/** Specimens that contain other specimens. */
function containers(inner: fc.Arbitrary<Specimen>): fc.Arbitrary<Specimen> {
  const fields = fc.dictionary(propertyName, inner, { maxKeys: 7, noNullPrototype: true })
  const extras = fc.dictionary(fc.constantFrom('secret', 'password', 'z9', '7'), fc.jsonValue({ maxDepth: 1 }), {
    maxKeys: 2,
    noNullPrototype: true,
  })
  return fc.oneof(
    { weight: 5, arbitrary: fields.map((given) => objectSpecimen(given, 'strip', extras)) },
    { weight: 1, arbitrary: fields.map((given) => objectSpecimen(given, 'strict', extras)) },
    { weight: 1, arbitrary: fields.map((given) => objectSpecimen(given, 'loose', extras)) },
    { weight: 3, arbitrary: inner.map(arrayOf) },
    { weight: 3, arbitrary: inner.map(optionalOf) },
    { weight: 2, arbitrary: inner.map(nullableOf) },
    { weight: 1, arbitrary: leaf.chain((one) => fc.tuple(fc.constant(one), one.valid).map(([given, value]) => defaultOf(given, value))) },
    { weight: 1, arbitrary: fc.tuple(inner, inner, inner).map(tupleOf) },
    { weight: 1, arbitrary: inner.map(recordOf) },
    { weight: 1, arbitrary: inner.map(mapOf) },
    { weight: 1, arbitrary: inner.map(setOf) },
    { weight: 2, arbitrary: fc.tuple(fields, fields).map(([left, right]) => taggedOf(left, right, extras)) },
    { weight: 1, arbitrary: fc.tuple(fields, fields).map(([left, right]) => intersectionOf(left, right, extras)) },
    { weight: 1, arbitrary: inner.map(treeOf) },
    { weight: 1, arbitrary: inner.map(refinedOf) },
  )
}

function arrayOf(one: Specimen): Specimen {
  const { valid, toText } = one
  return {
    ...both((side) => z.array(side(one))),
    valid: fc.array(valid, { maxLength: 5 }),
    toText: (parsed) => `[${(parsed as unknown[]).map((item) => orNull(toText(item))).join(',')}]`,
  }
}

function optionalOf(one: Specimen): Specimen {
  const { valid, toText } = one
  return {
    ...both((side) => side(one).optional()),
    valid: fc.option(valid, { nil: undefined }),
    toText: (parsed) => (parsed === undefined ? undefined : toText(parsed)),
    mayBeAbsent: true,
  }
}

function nullableOf(one: Specimen): Specimen {
  const { valid, toText, mayBeAbsent = false } = one
  return {
    ...both((side) => side(one).nullable()),
    valid: fc.option(valid, { nil: null }),
    toText: (parsed) => (parsed === null ? 'null' : toText(parsed)),
    mayBeAbsent,
  }
}

/** A default is written as any other value. */
function defaultOf(one: Specimen, value: unknown): Specimen {
  if (one.mayBeAbsent || value === undefined || one.schema instanceof z.ZodPipe) return one
  return { ...both((side) => side(one).default(value as never)), valid: fc.option(one.valid, { nil: undefined }), toText: one.toText }
}

function tupleOf([first, second, rest]: readonly [Specimen, Specimen, Specimen]): Specimen {
  if (first.mayBeAbsent || second.mayBeAbsent || rest.mayBeAbsent) return first
  // With a rest, zod requires no minimum number of items, so an item of `any` may be missing. Here it must be present, as the document says.
  if (first.schema.safeParse(undefined).success) return first
  return {
    ...both((side) => z.tuple([side(first), side(second).optional()], side(rest))),
    valid: fc.oneof(fc.tuple(first.valid), fc.tuple(first.valid, second.valid), fc.tuple(first.valid, second.valid, rest.valid)),
    toText: (parsed) =>
      `[${(parsed as unknown[]).map((item, index) => orNull(item === undefined ? undefined : [first, second, rest][Math.min(index, 2)]!.toText(item))).join(',')}]`,
  }
}

function recordOf(one: Specimen): Specimen {
  const { valid, toText } = one
  return {
    ...both((side) => z.record(z.string(), side(one))),
    valid: fc.dictionary(text, valid, { maxKeys: 4, noNullPrototype: true }),
    toText: (parsed) => writeMembers(Object.entries(parsed as object).map(([name, value]) => [name, toText(value)])),
  }
}

function mapOf(one: Specimen): Specimen {
  const { valid, toText } = one
  return {
    ...both((side) => z.map(z.string(), side(one))),
    valid: fc.array(fc.tuple(text, valid), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    toText: (parsed) => writeMembers([...(parsed as Map<string, unknown>)].map(([name, value]) => [name, toText(value)])),
  }
}

function setOf(one: Specimen): Specimen {
  const { valid, toText } = one
  return {
    ...both((side) => z.set(side(one))),
    valid: fc.array(valid, { maxLength: 4 }).map((items) => new Set(items)),
    toText(parsed) {
      const items = [...(parsed as Set<unknown>)].map((item) => orNull(toText(item)))
      return `[${items.filter((item, index) => /^[[{]/.test(item) || items.indexOf(item) === index).join(',')}]`
    },
  }
}

function tag(value: string): Specimen {
  return { schema: z.literal(value), valid: fc.constant(value), toText: native }
}

function taggedOf(left: Fields, right: Fields, extras: fc.Arbitrary<Record<string, unknown>>): Specimen {
  const options = {
    left: objectSpecimen({ ...left, kind: tag('left') }, 'strip', extras),
    right: objectSpecimen({ ...right, kind: tag('right') }, 'strip', extras),
  }
  const bare = [objectSides({ ...left, kind: tag('left') }, 'strip'), objectSides({ ...right, kind: tag('right') }, 'strip')] as const
  return {
    schema: z.discriminatedUnion('kind', [bare[0].schema as z.ZodObject, bare[1].schema as z.ZodObject]),
    domain: z.discriminatedUnion('kind', [bare[0].domain as z.ZodObject, bare[1].domain as z.ZodObject]),
    valid: fc.oneof(options.left.valid, options.right.valid),
    toText: (parsed) => options[(parsed as { kind: 'left' | 'right' }).kind].toText(parsed),
  }
}

function intersectionOf(left: Fields, right: Fields, extras: fc.Arbitrary<Record<string, unknown>>): Specimen {
  const apart = Object.fromEntries(Object.entries(right).filter(([name]) => !Object.hasOwn(left, name)))
  const merged = objectSpecimen({ ...left, ...apart }, 'strip', extras)
  const [one, other] = [objectSides(left, 'strip'), objectSides(apart, 'strip')]
  const sides = { schema: z.intersection(one.schema, other.schema), domain: z.intersection(one.domain, other.domain) }
  return { ...readable(sides, Object.keys({ ...left, ...apart })), valid: merged.valid, toText: merged.toText }
}

function treeOf(one: Specimen): Specimen {
  const { valid, toText } = one
  const Tree = z.object({
    leaf: one.schema,
    get kids() {
      return z.array(Tree).optional()
    },
  })
  const Inside = z.object({
    leaf: one.domain ?? one.schema,
    kids: z.array(z.lazy((): z.ZodType => sides.domain)).optional(),
  })
  const sides = readable({ schema: Tree, domain: Inside }, ['leaf', 'kids'])
  const trees: fc.Arbitrary<unknown> = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.record(
      { leaf: valid, kids: fc.oneof({ depthSize: 'small' }, fc.constant(undefined), fc.array(tie('tree'), { maxLength: 2 })) },
      { noNullPrototype: true },
    ),
  })).tree
  const write = (parsed: unknown): string => {
    const { leaf, kids } = parsed as { leaf: unknown; kids?: unknown[] }
    return writeMembers([
      ['leaf', required(toText(leaf), one)],
      ['kids', kids === undefined ? undefined : `[${kids.map(write).join(',')}]`],
    ])
  }
  return { ...sides, valid: trees, toText: write }
}

function refinedOf(one: Specimen): Specimen {
  return { ...one, ...both((side) => side(one).refine(() => true)) }
}

const leaf = fc.constantFrom(...scalars)

export const specimen: fc.Arbitrary<Specimen> = containers(
  fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: containers(fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: containers(leaf) })) },
  ),
)

/** Values that no model declares. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, null, NaN, Infinity, -Infinity, 2 ** 53, 1.5, '', 'x', true, [], {}, 1n, 2n ** 80n),
  fc.constantFrom(Symbol('s'), () => 1, new Date(NaN), new Date(0), new Map(), new Set(), new Uint8Array(2), new Error('x')),
  fc.anything({ maxDepth: 1 }),
)

/** Replaces one part of a value, at any depth. */
export function spoil(value: unknown, steps: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined || typeof value !== 'object' || value === null) return replacement
  if (Array.isArray(value))
    return value.length === 0 ? [replacement] : value.with(step % value.length, spoil(value[step % value.length], rest, replacement))
  if (Object.getPrototypeOf(value) !== Object.prototype) return replacement
  const names = Object.keys(value)
  if (names.length === 0) return replacement
  const name = names[step % names.length]!
  const { [name]: part, ...others } = value as Record<string, unknown>
  return step % 5 === 4 ? others : { ...value, [name]: spoil(part, rest, replacement) }
}
