/** Wraps the parse step of a zod schema. */
import type { $ZodType, ParseContextInternal, ParsePayload } from 'zod/v4/core'

export type Run = (payload: ParsePayload, context: ParseContextInternal) => ParsePayload | Promise<ParsePayload>
export type Replace = (parse: Run) => Run

/**
 * Replaces the parse step. The checks of the schema run on its result. Zod sets `parse` again at the first value, when a container that cannot be in a
 * cycle drops its cycle test; the step stays around the new function.
 */
export function replaceParse(schema: $ZodType, step: Replace): void {
  const zod = schema._zod as { parse: Run; run: Run }
  const hasChecks = zod.run !== zod.parse
  let parse = step(zod.parse)
  Object.defineProperty(zod, 'parse', {
    get: () => parse,
    set(own: Run) {
      parse = step(own)
    },
    configurable: true,
    enumerable: true,
  })
  if (!hasChecks) zod.run = parse
}
