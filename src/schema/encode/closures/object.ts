/** Steps of objects, and of unions of objects with a tag. Only declared properties are read, each one once. */
import { assign, isDefined, isInheritedName, isObject, isReadable, isThenable, readDefined } from '../../object-value.ts'
import type { Field, ObjectPlan, Plan, TaggedOption, TaggedPlan } from '../plan/plan.ts'
import { BROKEN, guarded, type Form, type Step, type Trail } from '../values/trail.ts'

/** Compiles the parts of a plan. */
export interface Compiler {
  readonly form: Form
  /** In the same form. */
  readonly compile: Compile
  readonly compileAs: (plan: Plan, form: Form) => Step
}

type Compile = (plan: Plan) => Step

/** `tag` is the value of the tag, which a union has read already. */
type ObjectStep = (value: unknown, trail: Trail, tag?: unknown) => unknown

interface FieldStep extends Field {
  readonly step: Step
  readonly read: (value: Record<string, unknown>, name: string) => unknown
}

export function objectStep(plan: ObjectPlan, { compile }: Compiler, tag?: string): ObjectStep {
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
      // For a promise, the message says that it is a promise, and not that a property is missing.
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

/** Checks or copies the own enumerable properties that are not declared. */
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

export function taggedStep({ tag, options, expected }: TaggedPlan, compiler: Compiler): Step {
  const steps = new Map<unknown, ObjectStep>()
  for (const option of options) {
    const step = optionStep(option, tag, compiler)
    for (const value of option.values) steps.set(value, step)
  }
  const read = isInheritedName(tag) ? readDefined : (value: Record<string, unknown>, name: string) => value[name]
  return (value, trail) => {
    if (!isObject(value)) return trail.fail(expected, value)
    const tagValue = (read as (value: object, name: string) => unknown)(value, tag)
    const step = steps.get(tagValue)
    if (step !== undefined) return step(value, trail, tagValue)
    trail.fail(`one of ${steps.size} constants`, tagValue)
    return trail.at(tag)
  }
}

function optionStep({ object, isCall }: TaggedOption, tag: string, compiler: Compiler): ObjectStep {
  if (!isCall) return objectStep(object(), compiler, tag)
  let step: ObjectStep | undefined
  return guarded((value, trail, tagValue?: unknown) => (step ??= objectStep(object(), compiler, tag))(value, trail, tagValue))
}
