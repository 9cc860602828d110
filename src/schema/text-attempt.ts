/** One attempt at reading texts: what could not be read, and which reading of an ambiguous text is tried next when the schema refuses one. */
import type { Check } from './check.ts'
import type { InputIssue, InputResult } from './issue.ts'

/** The texts of one name: none, one, or several where it was repeated. A file of a form is left to the schema. */
export type Texts = readonly (string | object)[]

export type Path = InputIssue['path']

/** One attempt at reading: `picks` says which reading of an ambiguous text is tried. */
export class Attempt {
  readonly issues: InputIssue[] = []
  readonly picks: ReadonlyMap<string, number>
  /** The ambiguous texts: how many readings each has. */
  readonly choices = new Map<string, number>()

  constructor(picks: ReadonlyMap<string, number>) {
    this.picks = picks
  }
}

/** Gives what the schema is to check. Adds an issue for what can't be read. */
export type Convert = (texts: Texts, path: Path, attempt: Attempt) => unknown

export const NO_PATH: Path = []
export const NO_PICKS: ReadonlyMap<string, number> = new Map()

/** Where a check refuses one reading of a text, the next is tried. */
export function readWith(convert: (attempt: Attempt) => unknown, check: Check, picks = NO_PICKS): InputResult | Promise<InputResult> {
  const attempt = new Attempt(picks)
  const value = convert(attempt)
  const judge = (result: InputResult): InputResult | Promise<InputResult> => {
    if (result.issues === undefined) return attempt.issues.length === 0 ? result : { issues: attempt.issues }
    const next = nextPicks(attempt, result.issues)
    return next === undefined ? withUnreadable(attempt.issues, result) : readWith(convert, check, next)
  }
  // Of one name that can't be read, the schema has nothing to say.
  if (attempt.issues.some(({ path }) => path.length === 0)) return { issues: attempt.issues }
  const result = check(value)
  return result instanceof Promise ? result.then(judge) : judge(result)
}

function nextPicks({ choices, picks }: Attempt, issues: readonly InputIssue[]): ReadonlyMap<string, number> | undefined {
  if (choices.size === 0) return undefined
  const next = new Map(picks)
  for (const key of new Set(issues.flatMap(({ path }) => prefixesOf(path)))) {
    const pick = picks.get(key) ?? 0
    if (pick + 1 < (choices.get(key) ?? 0)) next.set(key, pick + 1)
  }
  return [...next].some(([key, pick]) => picks.get(key) !== pick) ? next : undefined
}

/** The schema says nothing more of a place that could not be read. */
function withUnreadable(unreadable: readonly InputIssue[], result: InputResult): InputResult {
  if (unreadable.length === 0) return result
  const places = new Set(unreadable.map(({ path }) => keyOf(path)))
  // What has an unreadable part is not handed to the schema, which would call it missing.
  const wholes = new Set(unreadable.flatMap(({ path }) => prefixesOf(path).slice(1)))
  const found = (result.issues ?? []).filter(({ path }) => !wholes.has(keyOf(path)) && !prefixesOf(path).some((key) => places.has(key)))
  return { ...result, issues: [...unreadable, ...found], value: undefined }
}

export const keyOf = (path: Path) => JSON.stringify(path)

function prefixesOf(path: Path): readonly string[] {
  return Array.from({ length: path.length + 1 }, (_, length) => keyOf(path.slice(0, length)))
}
