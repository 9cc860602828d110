/** What a check may be told, and what holds where it is not. */
import type { Phase } from './generate/candidate.ts'
import type { BaselineEntry } from './baseline.ts'
import { CheckError } from './check-error.ts'
import { isRuleName, RULE_NAMES, type RuleName } from './rules/catalogue.ts'

/** Options of `checkContract()`. */
export interface CheckOptions {
  /** The OpenAPI document, or where it is: a URL or a file, as JSON or (with the package `yaml`) YAML. Default: `/openapi.json` of the server, or the app's own. */
  readonly document?: string | URL | object
  /** Sent with each request: the credentials of a user, for example. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The headers of a second user, who must not reach what the first one creates. Default: none. */
  readonly as?: Readonly<Record<string, string>>
  /** Sends POST, PUT, PATCH and DELETE to a server, too. An app in this process always gets them. Default: false. */
  readonly unsafe?: boolean
  /** Hosts outside of the loopback interface that may be asked. Default: none. */
  readonly allowHosts?: readonly string[]
  /** The same seed gives the same requests. Default: a random one, which the report shows. */
  readonly seed?: number
  /** Random requests for each operation. Default: 40. */
  readonly requests?: number
  /** Requests at the same time. Default: 4. */
  readonly concurrency?: number
  /** The most time for all of it, in milliseconds. Default: 60,000. */
  readonly maxTimeMs?: number
  /** The most time for one answer, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  /** Items that are read of a stream before it is left. Default: 20. */
  readonly streamItems?: number
  /** The most time that is spent on one stream, in milliseconds. Default: 2,000. */
  readonly streamMs?: number
  /** An answer that takes longer breaks the rule `time`. Default: off. */
  readonly slowMs?: number
  /** What is sent. Default: all. */
  readonly phases?: readonly Phase[]
  /** Rules that are not held. Default: none. */
  readonly skip?: readonly RuleName[]
  /** Operations that are checked, as `GET /users/{user_id}` with `*` for any text. Default: all. */
  readonly operations?: readonly string[]
  /** Operations that are left out. Default: none. */
  readonly exclude?: readonly string[]
  /** Causes that are known, with the reason and the day until which they are accepted. Default: none. */
  readonly baseline?: readonly BaselineEntry[]
  /** Called after each answer. */
  readonly onProgress?: (progress: Progress) => void
}

/** How far a check has come. */
export interface Progress {
  readonly operation: string
  /** Operations that are done, and all of them. */
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

/** Throws a `CheckError` for a rule, a phase or a number that does not exist. */
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

/** `GET /users*` */
function toPattern(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 'i')
}
