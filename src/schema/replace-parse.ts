/** A step of Riposte's own around the one that a zod schema parses with. */
import type { $ZodType, ParseContextInternal, ParsePayload } from 'zod/v4/core'

export type Run = (payload: ParsePayload, context: ParseContextInternal) => ParsePayload | Promise<ParsePayload>
export type Replace = (parse: Run) => Run

/**
 * Before the checks of the schema, which run on what the step gives. zod sets `parse` again at the first value: a container that can't be in a cycle
 * drops its look for one. The step stays around what is set.
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
