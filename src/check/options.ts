/** The options of a check, with their defaults. */
import type { Phase } from './generate/request.ts'
import type { BaselineEntry } from './causes.ts'
import { CheckError } from './check-error.ts'
import { isRuleName, RULE_NAMES, type RuleName } from './rules/rule.ts'

/** Options of `checkContract()`. */
export interface CheckOptions {
  /** The OpenAPI document, or its URL or file, as JSON or (with the package `yaml`) YAML. Default: `/openapi.json` of the server, or the app's own. */
  readonly document?: string | URL | object
  /** Headers that are sent with each request, such as the credentials of a user. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The headers of a second user, who must not have access to resources that the first user creates. Default: none. */
  readonly as?: Readonly<Record<string, string>>
  /** Whether POST, PUT, PATCH and DELETE are also sent to a server. They are always sent to an app in this process. Default: false. */
  readonly unsafe?: boolean
  /** Hosts outside of the loopback interface that may be checked. Default: none. */
  readonly allowHosts?: readonly string[]
  /** The phases that run. Default: all. */
  readonly phases?: readonly Phase[]
  /** Rules that are turned off. Default: none. */
  readonly skip?: readonly RuleName[]
  /** Operations that are checked, such as `GET /users/{user_id}`. `*` matches any text. Default: all. */
  readonly operations?: readonly string[]
  /** Operations that are not checked. Default: none. */
  readonly exclude?: readonly string[]
  /** Known causes, each with a reason and the day until which it is accepted. Default: none. */
  readonly baseline?: readonly BaselineEntry[]
  /** The same seed generates the same requests. Default: a random seed, which the report shows. */
  readonly seed?: number
  /** The number of random requests for each operation. Default: 40. */
  readonly requests?: number
  /** The number of requests that are sent at the same time. Default: 4. */
  readonly concurrency?: number
  /** The time limit of the whole check, in milliseconds. Default: 60,000. */
  readonly maxTimeMs?: number
  /** The time limit of one response, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  /** The number of items of a stream that are read before its connection is closed. Default: 20. */
  readonly streamItems?: number
  /** The time for which one stream is read, in milliseconds. Default: 2,000. */
  readonly streamMs?: number
  /** A response that takes longer, in milliseconds, breaks the rule `time`. Default: off. */
  readonly slowMs?: number
  /** Called after each response. */
  readonly onProgress?: (progress: Progress) => void
}

/** The progress of a check. */
export interface Progress {
  readonly operation: string
  /** The number of operations that are done. */
  readonly done: number
  readonly total: number
  readonly requests: number
  readonly causes: number
}

export interface Settings extends Required<
  Omit<CheckOptions, 'document' | 'as' | 'slowMs' | 'phases' | 'skip' | 'operations' | 'exclude' | 'onProgress'>
> {
  readonly as: Readonly<Record<string, string>> | undefined
  readonly slowMs: number | undefined
  readonly phases: ReadonlySet<Phase>
  readonly isOn: (rule: RuleName) => boolean
  readonly isChecked: (operation: string) => boolean
  readonly onProgress: (progress: Progress) => void
}

const PHASES: readonly Phase[] = ['examples', 'boundaries', 'random', 'invalid', 'probes', 'sequences']

/** Throws a `CheckError` for an unknown rule or phase, or a number out of range. */
export function toSettings(options: CheckOptions): Settings {
  const { skip = [], phases = PHASES, operations = ['*'], exclude = [] } = options
  for (const name of skip) if (!isRuleName(name)) throw wrong('skip', `a rule, one of ${RULE_NAMES.join(', ')}`, name)
  for (const phase of phases) if (!PHASES.includes(phase)) throw wrong('phases', `one of ${PHASES.join(', ')}`, phase)
  for (const name of ['requests', 'concurrency', 'maxTimeMs', 'timeoutMs', 'streamItems', 'streamMs', 'slowMs'] as const) {
    const value = options[name]
    if (value !== undefined && !(value >= (name === 'requests' ? 0 : 1)))
      throw wrong(name, name === 'requests' ? 'a number >= 0' : 'a number >= 1', String(value))
  }
  const included = operations.map(toPattern)
  const excluded = exclude.map(toPattern)
  return {
    headers: options.headers ?? {},
    as: options.as,
    unsafe: options.unsafe ?? false,
    allowHosts: options.allowHosts ?? [],
    seed: options.seed ?? Math.floor(Math.random() * 2 ** 31),
    requests: options.requests ?? 40,
    concurrency: options.concurrency ?? 4,
    maxTimeMs: options.maxTimeMs ?? 60_000,
    timeoutMs: options.timeoutMs ?? 10_000,
    streamItems: options.streamItems ?? 20,
    streamMs: options.streamMs ?? 2_000,
    slowMs: options.slowMs,
    phases: new Set(phases),
    baseline: options.baseline ?? [],
    isOn: (rule) => !skip.includes(rule),
    isChecked: (operation) => included.some((pattern) => pattern.test(operation)) && !excluded.some((pattern) => pattern.test(operation)),
    onProgress: options.onProgress ?? (() => undefined),
  }
}

function wrong(name: string, wanted: string, got: string): CheckError {
  return new CheckError('CHECK_OPTION', name, `expected ${wanted}, got ${got}`, 'See docs/check.md')
}

/** `GET /users*` → a pattern that matches the keys of operations. */
function toPattern(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 'i')
}
