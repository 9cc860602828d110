/** The steps that replace zod's own when an input is read: other forms of a value, refused keys of a map, and a limit for the issues of a list. */
import { type $ZodType, type ParseContextInternal, type ParsePayload, util, type $ZodRawIssue } from 'zod/v4/core'
import { ISSUE_LIMIT } from './issue.ts'
import type { LiteralNode, Node } from './node.ts'
import { isObject } from './object-value.ts'
import type { ScalarReader } from './scalar.ts'
import { hasTextKeys } from './walk-node.ts'

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

/** Changes the value before zod parses it. */
export function replaceValue(read: (value: unknown) => unknown): Replace {
  return (parse) => (payload, context) => {
    payload.value = read(payload.value)
    return parse(payload, context)
  }
}

/** The code of an issue that a step adds, in its `params`. */
export const INPUT_CODE: unique symbol = Symbol('input code')

/** Parses text by a scalar's formats before zod parses the value. */
export function reading({ parse: parseText, code, message, accepts }: ScalarReader): Replace {
  return (parse) => (payload, context) => {
    const { value } = payload
    if (typeof value !== 'string') {
      if (accepts !== undefined) payload.value = accepts(value)
      return parse(payload, context)
    }
    payload.value = parseText(value)
    if (payload.value !== undefined) return parse(payload, context)
    payload.issues.push({ code: 'custom', input: value, message, params: { [INPUT_CODE]: code }, continue: false } as never) // the type allows only the issues of zod's own checks
    return payload
  }
}

/** Reads a map from JSON: an object if its keys are strings, else an array of pairs. */
export function readMap(key: Node): (value: unknown) => unknown {
  const isJSONObject = hasTextKeys({ key })
  return (value) => {
    if (isJSONObject && isObject(value)) return new Map(Object.entries(value))
    const isPairs = Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2)
    return isPairs ? new Map(value as [unknown, unknown][]) : value
  }
}

/** A bigint constant is sent as its digits. */
export function readConstants(node: Node, areTexts: boolean): Replace | undefined {
  const written = ((node as LiteralNode).values ?? []).filter((value) => typeof value === 'bigint' || areTexts)
  if (written.length === 0) return undefined
  const byText = new Map(written.map((value) => [String(value), value]))
  return replaceValue((value) => {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
    return text !== undefined && byText.has(text) ? byText.get(text) : value
  })
}

/** Copies an object to one without a prototype, so that `constructor` or `toString` is not read as a member. */
export const withoutPrototype: Replace = replaceValue((value) =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype ? Object.assign(Object.create(null) as object, value) : value,
)

/**
 * Wraps the schema of a key of a map: its issues become a single issue, like the one that zod has for a key of a record. Zod itself reports them as if
 * they were issues of the value.
 */
export function refusingKeys(key: $ZodType): $ZodType {
  const { _zod: zod } = key
  const run: Run = (payload, context) => {
    const { value: input } = payload
    const judge = (result: ParsePayload): ParsePayload => {
      if (result.issues.length > 0) result.issues = [{ code: 'invalid_key', origin: 'record', issues: [], input, inst: key }]
      return result
    }
    const result = zod.run(payload, context)
    return result instanceof Promise ? result.then(judge) : judge(result)
  }
  return Object.create(key, { _zod: { value: Object.create(zod, { run: { value: run } }) } }) as $ZodType // all else is the schema's own
}

/** Marks a placeholder issue with the number of issues that were not kept: a caller that drops the list, as a union does, drops the number too. */
const OMITTED: unique symbol = Symbol('omitted issues')

interface Omission {
  [OMITTED]: number
}

/** The issues that were kept, and the number of the others. */
export function countOmitted(issues: readonly $ZodRawIssue[]): { readonly kept: readonly $ZodRawIssue[]; readonly omitted: number } {
  const omitted = issues.reduce((sum, issue) => sum + omittedBy(issue), 0)
  return { kept: omitted === 0 ? issues : issues.filter((issue) => omittedBy(issue) === 0), omitted }
}

function omittedBy(issue: $ZodRawIssue): number {
  return (issue as unknown as Partial<Omission>)[OMITTED] ?? 0 // a symbol of ours on zod's issue
}

/** A list of issues that stops growing at the limit. */
class Bounded {
  readonly #issues: $ZodRawIssue[]
  #omission: Omission | undefined

  constructor(issues: $ZodRawIssue[]) {
    this.#issues = issues
  }

  add(found: readonly $ZodRawIssue[]): void {
    for (const issue of found) {
      const omitted = omittedBy(issue)
      if (omitted === 0 && this.#issues.length < ISSUE_LIMIT) this.#issues.push(issue)
      else this.#omit(omitted || 1)
    }
  }

  #omit(count: number): void {
    if (this.#omission === undefined) {
      const issue = { code: 'custom', input: null, path: [], message: '', continue: true, [OMITTED]: 0 }
      this.#issues.push(issue as never) // zod's list holds what its checks push
      this.#omission = issue
    }
    this.#omission[OMITTED] += count
  }
}

/** Reads a list item by item, as zod does, but keeps a limited number of issues: a body of 1 MiB can have half a million wrong items. */
export function boundedList(element: () => $ZodType): Replace {
  return (parse) => (payload, context) => {
    const input = payload.value
    if (!Array.isArray(input)) return parse(payload, context)
    const value: unknown[] = Array(input.length)
    payload.value = value
    const bounded = new Bounded(payload.issues)
    const take = (result: ParsePayload, index: number) => {
      if (result.issues.length > 0) bounded.add(util.prefixIssues(index, result.issues))
      value[index] = result.value
    }
    const { _zod: zod } = element()
    const pending: Promise<void>[] = []
    for (let index = 0; index < input.length; index++) {
      const result = zod.run({ value: input[index], issues: [] }, context)
      if (result instanceof Promise) pending.push(result.then((settled) => take(settled, index)))
      else take(result, index)
    }
    return pending.length === 0 ? payload : Promise.all(pending).then(() => payload)
  }
}

/**
 * Reads both sides of an intersection and merges them, as zod does. Zod compares each key of one side with all keys of the other: a body of 1 MiB would
 * take seconds.
 */
export function intersecting(sides: () => readonly [left: $ZodType, right: $ZodType]): Replace {
  return () => (payload, context) => {
    const [left, right] = sides().map(({ _zod: zod }) => zod.run({ value: payload.value, issues: [] }, context))
    return left instanceof Promise || right instanceof Promise
      ? Promise.all([left!, right!]).then(([one, other]) => combine(payload, one, other))
      : combine(payload, left!, right!)
  }
}

function combine(payload: ParsePayload, left: ParsePayload, right: ParsePayload): ParsePayload {
  const [one, other] = [new RefusedKeys(left.issues), new RefusedKeys(right.issues)]
  const bounded = new Bounded(payload.issues)
  bounded.add(one.otherIssues)
  bounded.add(other.otherIssues)
  // A key is refused only if both sides refuse it.
  const keys = [...one.keys.keys()].filter((key) => other.keys.has(key))
  const unrecognized = one.unrecognized ?? other.unrecognized
  const together = new Set(unrecognized?.keys)
  const listed = keys.filter((key) => together.has(key))
  if (listed.length > 0) bounded.add([{ ...unrecognized!, keys: listed }])
  bounded.add(keys.flatMap((key) => (together.has(key) ? [] : (one.keys.get(key) ?? other.keys.get(key) ?? []))))
  const merged = mergeValues(left.value, right.value)
  if (merged !== UNMERGEABLE) payload.value = merged
  else if (!util.aborted(payload)) throw new TypeError(UNEQUAL)
  return payload
}

const UNEQUAL =
  'SCHEMA_FORM: an intersection: expected one value from both sides, got two. Transform a value on one side only, or declare one model instead.'

type UnrecognizedKeys = Extract<$ZodRawIssue, { code: 'unrecognized_keys' }>

/** The keys that one side refuses. A strict object has one issue for all, a record has one for each. */
class RefusedKeys {
  readonly keys = new Map<string, $ZodRawIssue | undefined>()
  readonly otherIssues: $ZodRawIssue[] = []
  unrecognized: UnrecognizedKeys | undefined = undefined

  constructor(issues: readonly $ZodRawIssue[]) {
    for (const issue of issues) {
      if (issue.code === 'unrecognized_keys' && (issue.path ?? []).length === 0) {
        this.unrecognized ??= issue
        for (const key of issue.keys) this.keys.set(key, this.keys.get(key))
      } else if (issue.code === 'invalid_key' && issue['origin'] === 'record' && issue.path?.length === 1) {
        this.keys.set(String(issue.path[0]), issue)
      } else this.otherIssues.push(issue)
    }
  }
}

const UNMERGEABLE: unique symbol = Symbol('unmergeable')

function mergeValues(left: unknown, right: unknown): unknown {
  if (left === right || (left instanceof Date && right instanceof Date && Number(left) === Number(right))) return left
  if (Array.isArray(left) && Array.isArray(right) && left.length === right.length) {
    const merged = left.map((item, index) => mergeValues(item, right[index]))
    return merged.includes(UNMERGEABLE) ? UNMERGEABLE : merged
  }
  if (!util.isPlainObject(left) || !util.isPlainObject(right)) return UNMERGEABLE
  const merged: Record<string, unknown> = { ...left, ...right }
  if (Object.hasOwn(merged, '__proto__')) delete merged['__proto__']
  for (const key of Object.keys(left)) {
    if (key === '__proto__' || !Object.hasOwn(right, key)) continue
    const value = mergeValues(left[key], right[key])
    if (value === UNMERGEABLE) return UNMERGEABLE
    merged[key] = value
  }
  return merged
}
