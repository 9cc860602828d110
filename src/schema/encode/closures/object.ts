/** Objects: only declared properties are read, each one once. */
import { assign, isDefined, isInheritedName, isObject, isReadable, isThenable, readDefined } from '../../object-value.ts'
import type { Field, ObjectPlan, Plan } from '../plan/plan.ts'
import { BROKEN, type Step, type Trail } from '../values/trail.ts'

/** Makes the step of a plan inside. */
export type Compile = (plan: Plan) => Step

/** `tag` is the value of the property that a union has read already. */
export type ObjectStep = (value: unknown, trail: Trail, tag?: unknown) => unknown

interface FieldStep extends Field {
  readonly step: Step
  readonly read: (value: Record<string, unknown>, name: string) => unknown
}

export function objectStep(plan: ObjectPlan, compile: Compile, tag?: string): ObjectStep {
  const { expected } = plan
  const fields = plan.fields.map((field): FieldStep => {
    return { ...field, step: compile(field.plan), read: isInheritedName(field.name) ? readDefined : (value, key) => value[key] }
  })
  const finish = additionalStep(plan, compile)
  const names = fields.map(({ name }) => name)
  const mayBeEmpty = !plan.requiresProperty

  return (value, trail, tagValue) => {
    if (!isObject(value)) return trail.fail(expected, value)
    let isEmpty = mayBeEmpty
    const result: Record<string, unknown> = {}
    for (const field of fields) {
      const { name } = field
      const raw = name === tag ? tagValue : field.read(value, name)
      isEmpty &&= raw === undefined
      if (raw === undefined && field.isExact && isDefined(value, name)) return at(trail, name, field.plan.expected)
      const made = field.step(raw, trail)
      // A promise is reported as such, not by the property that it does not have.
      if (made === BROKEN) return isThenable(value) ? trail.fail(expected, value) : trail.at(name)
      if (made !== undefined) assign(result, name, made)
      else if (field.isPromised) return at(trail, name, field.plan.expected)
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
function additionalStep({ fields, additional }: ObjectPlan, compile: Compile): Finish | undefined {
  if (additional === 'drop') return undefined
  const declared = new Set(fields.map(({ name }) => name))
  if (additional === 'refuse') {
    return (value, result, trail) => {
      for (const name of Object.keys(value)) {
        if (declared.has(name)) continue
        trail.failWith('no undeclared property', 'one')
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
