/** Objects: only declared properties are read, each one once. */
import type { Node, ObjectNode } from '../../node.ts'
import { describe } from '../plan/describe.ts'
import { isPromised, requiresProperty } from '../plan/presence.ts'
import { assign, isDefined, isInheritedName, isObject, isReadable, isThenable, readDefined } from '../../object-value.ts'
import { BROKEN, type Step, type Trail } from '../values/trail.ts'

/** `tag` is the value of the property that a union has read already. */
export type ObjectStep = (value: unknown, trail: Trail, tag?: unknown) => unknown

interface Field {
  readonly name: string
  readonly step: Step
  readonly read: (value: Record<string, unknown>, name: string) => unknown
  /** The property must be on the wire, although its step may return `undefined`. */
  readonly isPromised: boolean
  /** May be absent, but not `undefined`. */
  readonly exact: boolean
  readonly expected: string
}

export function objectStep(node: ObjectNode, compile: (node: Node) => Step, tag?: string): ObjectStep {
  const expected = describe(node)
  const fields = node.properties.map((property): Field => {
    const { name } = property
    return {
      name,
      step: compile(property.node),
      read: isInheritedName(name) ? readDefined : (value, key) => value[key],
      isPromised: isPromised(property),
      exact: property.node.kind === 'optional' && property.node.exact,
      expected: describe(property.node),
    }
  })
  const finish = additionalStep(node, compile)
  const names = node.properties.map(({ name }) => name)
  const mayBeEmpty = !requiresProperty(node.properties)

  return (value, trail, tagValue) => {
    if (!isObject(value)) return trail.fail(expected, value)
    let isEmpty = mayBeEmpty
    const result: Record<string, unknown> = {}
    for (const field of fields) {
      const { name } = field
      const raw = name === tag ? tagValue : field.read(value, name)
      isEmpty &&= raw === undefined
      if (raw === undefined && field.exact && isDefined(value, name)) return at(trail, name, field.expected)
      const made = field.step(raw, trail)
      // A promise is reported as such, not by the property that it does not have.
      if (made === BROKEN) return isThenable(value) ? trail.fail(expected, value) : trail.at(name)
      if (made !== undefined) assign(result, name, made)
      else if (field.isPromised) return at(trail, name, field.expected)
    }
    if (isEmpty && !isReadable(value, names)) return trail.fail(expected, value)
    return finish === undefined ? result : finish(value, result, trail)
  }
}

function at(trail: Trail, name: string, expected: string): typeof BROKEN {
  trail.fail(expected, undefined)
  return trail.at(name)
}

type Finish = (value: Record<string, unknown>, result: Record<string, unknown>, trail: Trail) => unknown

/** Own enumerable keys that are not declared. */
function additionalStep({ properties, additional }: ObjectNode, compile: (node: Node) => Step): Finish | undefined {
  if (additional === 'drop') return undefined
  const declared = new Set(properties.map(({ name }) => name))
  if (additional === 'refuse') {
    return (value, result, trail) => {
      for (const name of Object.keys(value)) {
        if (declared.has(name)) continue
        trail.failWith('no such property', 'one')
        return trail.at(name)
      }
      return result
    }
  }
  const step = compile(additional)
  return (value, result, trail) => {
    for (const name of Object.keys(value)) {
      if (declared.has(name)) continue
      const made = step(value[name], trail)
      if (made === BROKEN) return trail.at(name)
      if (made !== undefined) assign(result, name, made)
    }
    return result
  }
}
