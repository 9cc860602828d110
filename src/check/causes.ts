/** Groups findings by cause: rule, operation and place. A thousand failing requests with the same cause are one entry. */
import { isServerWide, type RuleName } from './rules/catalogue.ts'
import type { Finding } from './rules/finding.ts'
import { seedFor } from './generate/sample.ts'
import type { Answer, WireRequest } from './send/wire.ts'

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
  readonly answer: Answer | undefined
}

interface Open {
  finding: Finding
  readonly operations: Set<string>
  count: number
}

export function keyOf({ rule, operation, place, message }: Finding): string {
  return isServerWide(rule) ? `${rule}\n\n${message.replaceAll(/\d+/g, '#')}` : `${rule}\n${operation}\n${place}`
}

const MOST_BYTES = 4_096

/** A run may have thousands of findings. The short body is a copy, because a view would keep the whole content in memory. */
export function withShortAnswer(finding: Finding): Finding {
  const { answer } = finding
  return answer === undefined ? finding : { ...finding, answer: { ...answer, body: new Uint8Array(answer.body.subarray(0, MOST_BYTES)) } }
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
      this.#byKey.set(key, { finding: withShortAnswer(finding), operations: new Set([finding.operation]), count: 1 })
      return true
    }
    known.count += 1
    known.operations.add(finding.operation)
    return false
  }

  /** Replaces the finding of a cause with one that has a smaller request. */
  replace(finding: Finding): void {
    const known = this.#byKey.get(keyOf(finding))
    if (known !== undefined) known.finding = withShortAnswer(finding)
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
      answer: finding.answer,
    }))
  }
}
