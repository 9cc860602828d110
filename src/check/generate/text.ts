/** Generates text by format, pattern and length. */
import fc from 'fast-check'
import { isFile } from '../document/files.ts'
import type { SchemaObject } from '../document/schema.ts'

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
