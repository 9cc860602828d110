/** The baseline: known causes, each with the reason why it is accepted and the day until which it is. */
import { CheckError } from './check-error.ts'
import type { Cause } from './causes.ts'
import { isRecord } from './document/schema.ts'

/** A known cause that is not reported again until it expires. */
export interface BaselineEntry {
  /** The id in the report: `body-3f2a91c0`. */
  readonly cause: string
  readonly reason: string
  /** `2027-03-31`: the last day on which the cause is accepted. Default: it does not expire. */
  readonly expires?: string
}

export interface BaselineSplit {
  readonly fresh: readonly Cause[]
  readonly known: readonly Cause[]
  /** Entries that have expired and whose cause was found. */
  readonly expired: readonly BaselineEntry[]
  /** Entries whose cause was not found. They can be removed. */
  readonly unused: readonly BaselineEntry[]
}

/** `today`: `2026-11-29`. */
export function splitByBaseline(causes: readonly Cause[], baseline: readonly BaselineEntry[], today: string): BaselineSplit {
  const isExpired = ({ expires }: BaselineEntry) => expires !== undefined && expires < today
  const accepted = new Set(baseline.filter((entry) => !isExpired(entry)).map(({ cause }) => cause))
  const seen = new Set(causes.map(({ id }) => id))
  return {
    fresh: causes.filter(({ id }) => !accepted.has(id)),
    known: causes.filter(({ id }) => accepted.has(id)),
    expired: baseline.filter((entry) => isExpired(entry) && seen.has(entry.cause)),
    unused: baseline.filter(({ cause }) => !seen.has(cause)),
  }
}

/** Reads known causes from the text of a file. Throws a `CheckError` (`CHECK_BASELINE`) if the text is not a baseline. */
export function parseBaseline(text: string, where: string): readonly BaselineEntry[] {
  const fail = (what: string) =>
    new CheckError('CHECK_BASELINE', where, `expected ${what}`, 'Write { "causes": [{ "cause", "reason", "expires" }] }')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fail('JSON')
  }
  if (!isRecord(value) || !Array.isArray(value['causes'])) throw fail('an object with "causes"')
  return value['causes'].map((entry: unknown, index) => {
    if (!isRecord(entry) || typeof entry['cause'] !== 'string') throw fail(`"cause" in causes[${index}]`)
    const { cause, reason, expires } = entry
    if (typeof reason !== 'string' || reason.trim() === '') throw fail(`a "reason" in causes[${index}]`)
    if (expires !== undefined && (typeof expires !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(expires)))
      throw fail(`a day such as 2027-03-31 as "expires" in causes[${index}]`)
    return { cause, reason, ...(typeof expires === 'string' && { expires }) }
  })
}

/** Writes a baseline that accepts all these causes. Each reason is a placeholder to replace. */
export function formatBaseline(causes: readonly Cause[], expires: string): string {
  const entries = causes.map(({ id, operation, rule, message }) => ({
    cause: id,
    reason: `To be explained: ${`${rule} ${operation}`.trim()}: ${message}`,
    expires,
  }))
  return `${JSON.stringify({ causes: entries }, undefined, 2)}\n`
}
