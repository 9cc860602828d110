/** Value → JSON under a model: Riposte's pass beside its peers, as ratios to `JSON.stringify` of a value that is already clean. */
import { Compile } from 'typebox/compile'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { createMirror } from 'exact-mirror'
import fastJSONStringify from 'fast-json-stringify'
import { z } from 'zod'
import { compileEncoder } from '../src/schema/encode.ts'
import { createPayloads, type Payload } from './payloads.ts'
import { formatRatio, shuffle, spreadOf } from './statistics.ts'

type Encode = (value: unknown) => string | Uint8Array

interface Contender {
  readonly name: string
  /** `undefined` where it can't take the payload at all. */
  readonly make: (payload: Payload) => Encode | undefined
}

const BASE = 'JSON.stringify, clean'

const CONTENDERS: readonly Contender[] = [
  {
    name: BASE,
    make:
      ({ clean }) =>
      () =>
        JSON.stringify(clean),
  },
  { name: 'JSON.stringify, rows as they are', make: () => (value) => JSON.stringify(value) },
  { name: 'riposte', make: ({ model }) => compileEncoder(model).encode },
  { name: 'fast-json-stringify', make: ({ model }) => fastJSONStringify(toJSONSchema(model)) as Encode },
  { name: 'ajv + fast-json-stringify', make: makeAjv },
  {
    name: 'zod',
    make:
      ({ model }) =>
      (value) =>
        JSON.stringify(model.parse(value)),
  },
  { name: 'zod.compile', make: ({ model }) => makeZodCompile(model) },
  { name: 'typebox + exact-mirror', make: makeMirror },
]

function toJSONSchema(model: z.ZodType) {
  return z.toJSONSchema(model, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema.minimum
      delete jsonSchema.maximum
      delete jsonSchema.additionalProperties
      if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
    },
  }) as Parameters<typeof fastJSONStringify>[0]
}

function makeAjv({ model, hasDates }: Payload): Encode | undefined {
  if (hasDates) return undefined
  const ajv = new Ajv({ strict: false })
  addFormats.default(ajv)
  const schema = structuredClone(toJSONSchema(model)) as unknown as Record<string, unknown>
  delete schema['$schema']
  const check = ajv.compile(schema)
  const stringify = fastJSONStringify(toJSONSchema(model))
  return (value) => {
    if (!check(value)) throw new TypeError('refused')
    return stringify(value)
  }
}

function makeZodCompile(model: z.ZodType): Encode {
  const compiled = z.compile(model)
  return (value) => JSON.stringify(compiled.parse(value))
}

function makeMirror({ model, hasDates }: Payload): Encode | undefined {
  if (hasDates) return undefined
  const schema = toJSONSchema(model) as never
  const mirror = createMirror(schema, {})
  const validator = Compile(schema) as unknown as { Check(value: unknown): boolean }
  return (value) => {
    if (!validator.Check(value)) throw new TypeError('refused')
    return JSON.stringify(mirror(value as never))
  }
}

interface Entrant {
  readonly name: string
  readonly encode: Encode
  /** Calls that take about as long as one turn should. */
  calls: number
  readonly samples: number[]
}

const decoder = new TextDecoder()
const toText = (encoded: string | Uint8Array) => (typeof encoded === 'string' ? encoded : decoder.decode(encoded))

function isRight(encode: Encode, { row, clean }: Payload): boolean {
  try {
    return isSame(JSON.parse(toText(encode(row))), JSON.parse(JSON.stringify(clean)))
  } catch {
    return false
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}

function refuses(encode: Encode, { broken }: Payload): boolean {
  try {
    encode(broken)
    return false
  } catch {
    return true
  }
}

const TURN_NS = 12e6
const TURNS = Number(process.env['BENCH_TURNS'] ?? 31)

function time({ encode, calls }: Entrant, value: unknown): number {
  let sink = 0
  const started = process.cpuUsage()
  for (let call = 0; call < calls; call++) sink += encode(value).length
  const { user, system } = process.cpuUsage(started)
  if (sink === -1) throw new Error('never')
  return ((user + system) * 1000) / calls
}

function calibrate(entrant: Entrant, value: unknown): void {
  for (let calls = 1; ; calls *= 2) {
    entrant.calls = calls
    if (time(entrant, value) * calls >= TURN_NS / 2) break
  }
  for (let turn = 0; turn < 4; turn++) time(entrant, value)
  entrant.calls = Math.max(1, Math.round(TURN_NS / time(entrant, value)))
}

export interface EncoderRow {
  readonly payload: string
  readonly contender: string
  /** Time relative to `JSON.stringify` of clean data; `undefined`: not timed. */
  readonly ratio: number | undefined
  readonly low: number | undefined
  readonly high: number | undefined
  readonly note: string
}

function tryMake(make: Contender['make'], payload: Payload): Encode | undefined {
  try {
    return make(payload)
  } catch {
    return undefined
  }
}

function measure(payload: Payload): EncoderRow[] {
  const rows: EncoderRow[] = []
  const entrants: Entrant[] = []
  for (const { name, make } of CONTENDERS) {
    const encode = tryMake(make, payload)
    const skip = (note: string) =>
      rows.push({ payload: payload.name, contender: name, ratio: undefined, low: undefined, high: undefined, note })
    if (encode === undefined) skip('does not take this model')
    else if (!name.startsWith('JSON.stringify') && !isRight(encode, payload)) skip('wrong answer')
    else entrants.push({ name, encode, calls: 1, samples: [] })
  }
  for (const entrant of entrants) calibrate(entrant, payload.row)
  for (let turn = 0; turn < TURNS; turn++) {
    const times = new Map(shuffle(entrants).map((entrant) => [entrant, time(entrant, payload.row)]))
    const base = times.get(entrants.find(({ name }) => name === BASE)!)!
    for (const [entrant, ns] of times) entrant.samples.push(ns / base)
  }
  for (const { name, encode, samples } of entrants) {
    const { median, low, high } = spreadOf(samples)
    const note = name.startsWith('JSON.stringify') ? '' : refuses(encode, payload) ? 'refuses broken values' : 'sends broken values'
    rows.push({ payload: payload.name, contender: name, ratio: median, low, high, note })
  }
  return rows
}

const only = process.env['BENCH_ONLY']
const rows = createPayloads()
  .filter(({ name }) => only === undefined || name.includes(only))
  .flatMap((payload) => {
    const measured = measure(payload)
    if (!process.argv.includes('--json')) {
      console.log(`\n${payload.name}`)
      for (const { contender, ratio, low, high, note } of measured)
        console.log(
          `  ${contender.padEnd(34)} ${ratio === undefined ? '   –' : formatRatio(ratio).padStart(5)}  ${low === undefined ? '' : `${formatRatio(low)}–${formatRatio(high!)}`.padEnd(11)} ${note}`,
        )
    }
    return measured
  })
if (process.argv.includes('--json')) console.log(JSON.stringify(rows))
