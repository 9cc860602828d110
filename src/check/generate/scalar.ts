/** Generates numbers within the limits of a schema, and text by its format, pattern and length. */
import fc from 'fast-check'
import { isFile, type SchemaObject } from '../document/schema.ts'

interface Limits {
  readonly min: number
  readonly max: number
}

const FORMAT_LIMITS: Readonly<Record<string, Limits>> = {
  int32: { min: -(2 ** 31), max: 2 ** 31 - 1 },
  uint32: { min: 0, max: 2 ** 32 - 1 },
  int8: { min: -128, max: 127 },
  uint8: { min: 0, max: 255 },
  int16: { min: -32_768, max: 32_767 },
  uint16: { min: 0, max: 65_535 },
}

/** The least and the greatest integer that the schema accepts. */
export function integerLimits(schema: SchemaObject): Limits {
  const format = FORMAT_LIMITS[schema.format ?? ''] ?? { min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema
  return {
    min: Math.max(format.min, Math.ceil(minimum), Math.floor(exclusiveMinimum) + 1),
    max: Math.min(format.max, Math.floor(maximum), Math.ceil(exclusiveMaximum) - 1),
  }
}

export function integerArbitrary(schema: SchemaObject): fc.Arbitrary<number> {
  const { min, max } = integerLimits(schema)
  const { multipleOf = 1 } = schema
  if (min > max) return fc.constant(min)
  const step = Number.isInteger(multipleOf) && multipleOf > 0 ? multipleOf : 1
  const low = Math.ceil(min / step)
  const high = Math.floor(max / step)
  if (low > high) return fc.constant(min)
  const near = { min: Math.max(low, Math.min(high, 0) - 20), max: Math.min(high, Math.max(low, 0) + 200) }
  const near20 = near.min <= near.max ? near : { min: low, max: Math.min(high, low + 200) }
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.integer(near20) },
      { weight: 1, arbitrary: fc.integer({ min: low, max: high }) },
      { weight: 1, arbitrary: fc.constantFrom(low, high) },
    )
    .map((value) => value * step)
}

export function numberArbitrary(schema: SchemaObject): fc.Arbitrary<number> {
  const { multipleOf, minimum = -1e9, maximum = 1e9, exclusiveMinimum, exclusiveMaximum } = schema
  if (multipleOf !== undefined && multipleOf > 0) {
    const low = Math.ceil(Math.max(minimum, exclusiveMinimum ?? -Infinity) / multipleOf)
    const high = Math.floor(Math.min(maximum, exclusiveMaximum ?? Infinity) / multipleOf)
    const decimals = String(multipleOf).split('.')[1]?.length ?? 0
    return fc
      .integer({ min: Math.max(low, -1_000_000), max: Math.max(low, Math.min(high, 1_000_000)) })
      .map((value) => Number((value * multipleOf).toFixed(decimals)))
  }
  const min = Math.max(minimum, exclusiveMinimum ?? -Infinity)
  const max = Math.max(min, Math.min(maximum, exclusiveMaximum ?? Infinity))
  const rounded = fc.double({ min, max, noNaN: true }).map((value) => clamp(Math.round(value * 100) / 100, min, max))
  return fc.oneof(
    { weight: 3, arbitrary: rounded },
    { weight: 1, arbitrary: fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((value) => clamp(value, min, max)) },
  )
}

/** Limits the value. JSON writes minus zero as zero, so it becomes zero. */
function clamp(value: number, min: number, max: number): number {
  const within = Math.min(max, Math.max(min, value))
  return within === 0 ? 0 : within
}

const two = (value: number) => String(value).padStart(2, '0')

const date = fc.date({ noInvalidDate: true, min: new Date('1970-01-01T00:00:00Z'), max: new Date('2199-12-31T00:00:00Z') })

const time = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  .map(([hours, minutes, seconds]) => `${two(hours)}:${two(minutes)}:${two(seconds)}`)

const WORD = fc.stringMatching(/^[a-z][a-z0-9]{7,11}$/)

const email = WORD.map((name) => `${name}@example.com`)

const url = WORD.map((name) => `https://example.com/${name}`)

const base64 = fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64'))

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': date.map((value) => value.toISOString()),
  date: date.map((value) => value.toISOString().slice(0, 10)),
  time: time.map((value) => `${value}Z`),
  'iso-time': time.map((value) => `${value}Z`),
  'iso-date-time': date.map((value) => value.toISOString()),
  duration: fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(59)).map(([days, minutes]) => `P${days}DT${minutes}M`),
  email,
  'idn-email': email,
  hostname: WORD.map((name) => `${name}.example.com`),
  'idn-hostname': WORD.map((name) => `${name}.example.com`),
  ipv4: fc.ipV4(),
  ip: fc.ipV4(),
  ipv6: fc.ipV6(),
  uri: url,
  url,
  iri: url,
  'uri-reference': fc.oneof(
    url,
    WORD.map((name) => `/${name}`),
  ),
  'iri-reference': url,
  'uri-template': WORD.map((name) => `https://example.com/${name}/{id}`),
  uuid: fc.uuid({ version: 4 }),
  'json-pointer': WORD.map((name) => `/${name}`),
  'relative-json-pointer': WORD.map((name) => `1/${name}`),
  regex: WORD,
  byte: base64,
  base64,
  int64: fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }).map(String),
}

/** Whether values of the format can be generated. */
export function knowsFormat(format: string): boolean {
  return Object.hasOwn(FORMATS, format)
}

const MOST_MORE = 40

/** Without NUL and lone surrogates, which many servers refuse although JSON Schema allows them. */
const plain = fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz0123456789'))
const any = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 3, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)) },
  { weight: 1, arbitrary: fc.constantFrom('é', 'ü', 'ß', '日', '本', 'Ж', 'ا', '🚀', '\u2028', '\u00a0', '\t', '\n') },
)

/** `isPlain`: letters and digits only, for places where other characters have a special meaning. */
export function textArbitrary(schema: SchemaObject, isPlain: boolean): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength } = schema
  // A filter that nothing passes would not end, so the text is cut or extended. The validator drops text that still does not fit.
  const fit = (text: string) => fitLength(text, minLength, maxLength ?? Infinity)
  if (isFile(schema)) return WORD.map(fit)
  if (pattern !== undefined) {
    const matching = fromPattern(pattern)
    const made = format !== undefined && knowsFormat(format) ? fc.oneof(matching, FORMATS[format]!) : matching
    return made.map((text) => fit(removeNul(text)))
  }
  if (format !== undefined && knowsFormat(format)) return FORMATS[format]!.map(fit)
  const most = Math.min(maxLength ?? Infinity, minLength + MOST_MORE)
  const usual = Math.min(most, Math.max(minLength, 8))
  return fc.oneof(
    { weight: 2, arbitrary: fc.string({ unit: plain, minLength: usual, maxLength: Math.min(most, usual + 4) }) },
    { weight: 2, arbitrary: fc.string({ unit: isPlain ? plain : any, minLength, maxLength: most }) },
  )
}

function fitLength(text: string, least: number, most: number): string {
  const chars = Array.from(text)
  if (chars.length < least) return text + 'a'.repeat(least - chars.length)
  return chars.length > most ? chars.slice(0, most).join('') : text
}

function removeNul(text: string): string {
  return text.replaceAll('\0', '0')
}

function fromPattern(pattern: string): fc.Arbitrary<string> {
  for (const flags of ['u', '']) {
    try {
      return fc.stringMatching(new RegExp(pattern, flags))
    } catch {
      continue
    }
  }
  return fc.string()
}
