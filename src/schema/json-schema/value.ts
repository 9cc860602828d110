/** Turns a default or an example of a model into its JSON, for the OpenAPI document. */
import { encodeCarefully } from '../encode/closures/run.ts'
import type { DefaultNode, Node } from '../node.ts'

/** `undefined` for a value that its model refuses, or that JSON cannot represent exactly. */
function toWireValue(node: Node, value: unknown): unknown {
  try {
    const text = encodeCarefully(node, value)
    const json: unknown = JSON.parse(text)
    // An integer beyond 2^53 loses digits here, and in every tool that reads the document.
    return JSON.stringify(json) === text ? json : undefined
  } catch {
    return undefined
  }
}

/** An example may be a value of the program, or its JSON. `undefined` if JSON cannot represent it. */
export function toExample(node: Node, value: unknown): unknown {
  return toWireValue(node, value) ?? toWireValue({ kind: 'any' }, value)
}

/**
 * `undefined` for a default that may differ in the next request. A library does not reveal whether a function creates the default, so the default
 * is read twice: a function returns another object, another id or another count. Only a clock may return the same value twice.
 */
export function toConstant({ inner, value }: DefaultNode): unknown {
  try {
    const first = value()
    return isConstant(first, value()) ? toWireValue(inner, first) : undefined
  } catch {
    // A function may throw outside a request.
    return undefined
  }
}

/** Whether both values are the same. The library copies lists, plain objects, maps and sets, but not their members. */
function isConstant(first: unknown, second: unknown): boolean {
  // In JSON, an `undefined` item of a list or set is null, which a request may not contain.
  if ((Array.isArray(first) || first instanceof Set) && [...(first as Iterable<unknown>)].includes(undefined)) return false
  const [one, other] = [membersOf(first), membersOf(second)]
  if (one === undefined) return Object.is(first, second) && !isMoment(first)
  return one.length === other?.length && one.every((member, index) => isConstant(member, other[index]))
}

/** Names, keys and values in order. `undefined` for an object that the library does not copy. */
function membersOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return value as readonly unknown[]
  if (value instanceof Map || value instanceof Set) return [...value.entries()].flat()
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? Object.entries(value).flat() : undefined
}

/** Whether it may be a time: a string that begins with a date or a time of day, or a number from 10^9 on, which may be seconds since 1970. */
function isMoment(value: unknown): boolean {
  if (typeof value === 'string') return /^(?:[+-]?\d{4,6}-\d\d|\d\d:\d\d|[A-Z][a-z]{2},? )/.test(value)
  return (typeof value === 'number' || typeof value === 'bigint') && value >= 1e9
}
