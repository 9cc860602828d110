/** Groups findings by cause, so that a thousand failing requests are one entry, and splits causes by a baseline of known ones. */
import { isServerWide, type RuleName, type Finding } from './rules/rule.ts'
import { seedFor } from './generate/arbitrary.ts'
import type { WireResponse, WireRequest } from './send/wire.ts'
import { CheckError } from './check-error.ts'
import { isRecord } from './document/schema.ts'

/** One failure: a rule, an operation and a place. */
export interface Cause {
  /** `body-3f2a91c0`, the same in every run. */
  readonly id: string
  readonly rule: RuleName
  /** `GET /users/{user_id}`. The first of `operations` if several have the failure, empty for the document. */
  readonly operation: string
  /** All operations that have the failure. */
  readonly operations: readonly string[]
  readonly place: string
  readonly message: string
  /** The number of requests that failed. */
  readonly count: number
  /** The smallest requests that reproduce the failure, in order. */
  readonly steps: readonly WireRequest[]
  /** The response to the last of them, with up to 4,096 bytes of its content. */
  readonly response: WireResponse | undefined
}

interface Open {
  finding: Finding
  readonly operations: Set<string>
  count: number
}

/** The operation does not count if the rule is server-wide. The message never counts, so that other words for a failure are no new cause. */
export function keyOf({ rule, operation, place }: Finding): string {
  return `${rule}\n${isServerWide(rule) ? '' : operation}\n${place}`
}

const MOST_BYTES = 4_096

/** A run may have thousands of findings. The short body is a copy, because a view would keep the whole content in memory. */
export function withShortResponse(finding: Finding): Finding {
  const { response } = finding
  return response === undefined
    ? finding
    : { ...finding, response: { ...response, body: new Uint8Array(response.body.subarray(0, MOST_BYTES)) } }
}

export class Causes {
  readonly #byKey = new Map<string, Open>()

  get size(): number {
    return this.#byKey.size
  }

  /** Returns true for the first finding of a cause. */
  add(finding: Finding): boolean {
    const key = keyOf(finding)
    const known = this.#byKey.get(key)
    if (known === undefined) {
      this.#byKey.set(key, { finding: withShortResponse(finding), operations: new Set([finding.operation]), count: 1 })
      return true
    }
    known.count += 1
    known.operations.add(finding.operation)
    return false
  }

  /** Replaces the finding of a cause with one that has a smaller request. */
  replace(finding: Finding): void {
    const known = this.#byKey.get(keyOf(finding))
    if (known !== undefined) known.finding = withShortResponse(finding)
  }

  list(): readonly Cause[] {
    return [...this.#byKey.values()].map(({ finding, operations, count }) => ({
      id: `${finding.rule}-${(seedFor(0, keyOf(finding)) >>> 0).toString(16).padStart(8, '0')}`,
      rule: finding.rule,
      operation: finding.operation,
      operations: [...operations],
      place: finding.place,
      message: finding.message,
      count,
      steps: finding.steps,
      response: finding.response,
    }))
  }
}

/** A known cause that is not reported again until it expires. */
export interface BaselineEntry {
  /** The id in the report: `body-3f2a91c0`. */
  readonly cause: string
  readonly reason: string
  /** `2027-03-31`: the last day on which the cause is accepted. Default: it does not expire. */
  readonly expires?: string
}

interface BaselineSplit {
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

/** Writes a baseline that keeps the entries of `known` and accepts all these causes. The reason of a new entry is a placeholder to replace. */
export function formatBaseline(causes: readonly Cause[], expires: string, known: readonly BaselineEntry[] = []): string {
  const added = causes.map(({ id, operation, rule, message }) => ({
    cause: id,
    reason: `To be explained: ${`${rule} ${operation}`.trim()}: ${message}`,
    expires,
  }))
  return `${JSON.stringify({ causes: [...known, ...added] }, undefined, 2)}\n`
}
