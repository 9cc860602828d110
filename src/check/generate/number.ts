/** Generates numbers within the limits of a schema. */
import fc from 'fast-check'
import type { SchemaObject } from '../document/schema.ts'

export interface Limits {
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
