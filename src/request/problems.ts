/** Collects the problems of a request: each one once, up to a limit, and the number of the others. */
import { requestError, type InputProblem, type RequestError } from '../errors/framework-errors.ts'
import { ISSUE_LIMIT, type InputResult } from '../schema/issue.ts'

type Refused = Extract<InputResult, { readonly issues: unknown }>

/** The limit from `maxIssues` of an app. Throws a `RangeError` for a number outside of its range. */
export function toIssueLimit(maxIssues = 100): number {
  if (Number.isInteger(maxIssues) && maxIssues >= 1 && maxIssues <= ISSUE_LIMIT) return maxIssues
  throw new RangeError(`MAX_ISSUES: createApp(): maxIssues must be an integer from 1 to ${ISSUE_LIMIT}.`)
}

export class Problems {
  readonly #listed: InputProblem[] = []
  readonly #known = new Set<string>()
  readonly #limit: number
  #omitted = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds problems. A parameter may be declared by the route and by dependencies: its problem is listed once. */
  add({ issues, omitted = 0 }: Refused, location: readonly string[]): void {
    this.#omitted += omitted
    for (const { path, code, message } of issues) {
      if (this.#listed.length >= this.#limit) this.#omitted++
      else this.#addOnce({ location: [...location, ...path], code, message })
    }
  }

  #addOnce(problem: InputProblem): void {
    const key = JSON.stringify([problem.code, ...problem.location])
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.#listed.push(problem)
  }

  toError(): RequestError {
    return requestError(422, 'The request does not fit its declared inputs', { problems: this.#all() })
  }

  /** The list; if some were omitted, its last item says how many. */
  #all(): readonly InputProblem[] {
    if (this.#omitted === 0) return this.#listed
    const shown = this.#listed.slice(0, this.#limit - 1)
    const rest = this.#listed.length - shown.length + this.#omitted
    return [...shown, { location: [], code: 'too_many_issues', message: `${rest} more issues are not listed` }]
  }
}
