/** The whole check: opens the target, runs the phases, and returns the result. */
import { splitByBaseline, type BaselineEntry, type Cause } from './causes.ts'
import { findWarnings, type CoverageRow, type Warning } from './coverage.ts'
import { readDocument } from './document/read.ts'
import { judgeByModels } from './model/app-models.ts'
import { toSettings, type CheckOptions } from './options.ts'
import { runCheck } from './run.ts'
import type { Credentials } from './send/wire.ts'
import { Session } from './session.ts'
import { openTarget, type CheckTarget } from './target.ts'

/** The result of a check. */
export interface CheckResult {
  /** `http://127.0.0.1:8000`, or `the app`. */
  readonly target: string
  readonly title: string
  /** Whether `causes` is empty. */
  readonly isPassed: boolean
  readonly seed: number
  /** The number of operations that the options select. */
  readonly operations: number
  /** The number of requests that were sent. */
  readonly requests: number
  readonly milliseconds: number
  /** The names of the headers that are sent for each user. No report contains their values. */
  readonly credentials: Credentials
  /** The failures that the baseline does not accept. */
  readonly causes: readonly Cause[]
  /** The failures that the baseline accepts. */
  readonly known: readonly Cause[]
  /** Entries of the baseline that have expired. Their causes are failures again. */
  readonly expired: readonly BaselineEntry[]
  /** Entries of the baseline whose cause was not found. */
  readonly unused: readonly BaselineEntry[]
  readonly warnings: readonly Warning[]
  readonly coverage: readonly CoverageRow[]
}

/**
 * Generates requests from the OpenAPI document of a server or of an app in this process, sends them, and checks each response against the document.
 * Rejects with a `CheckError` if the check cannot run: `CHECK_DOCUMENT`, `CHECK_HOST`, `CHECK_OPTION`, `CHECK_TARGET`.
 */
export async function checkContract(target: CheckTarget, options: CheckOptions = {}): Promise<CheckResult> {
  const started = performance.now()
  const settings = toSettings(options)
  const open = await openTarget(target, options, settings)
  try {
    const description = readDocument(open.document, open.where)
    const operations = description.operations.filter(({ key }) => settings.isChecked(key))
    const models = open.routes === undefined ? undefined : judgeByModels(open.routes)
    const session = new Session({ description, operations, send: open.send, settings, models, isUnsafe: open.isUnsafe })
    await runCheck(session)
    const { fresh, known, expired, unused } = splitByBaseline(
      session.causes.list(),
      settings.baseline,
      new Date().toISOString().slice(0, 10),
    )
    return {
      target: open.name,
      title: description.title,
      isPassed: fresh.length === 0,
      seed: settings.seed,
      operations: operations.length,
      requests: session.requests,
      milliseconds: performance.now() - started,
      credentials: { first: Object.keys(settings.headers), second: Object.keys(settings.as ?? {}) },
      causes: fresh,
      known,
      expired,
      unused,
      warnings: findWarnings(session),
      coverage: session.coverage.list(),
    }
  } finally {
    open.close()
  }
}
