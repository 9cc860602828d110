/** Copies a zod schema for inputs: the copy reads dates from text, chooses the union option that fits best, and copies defaults for each request. */
import { clone, type $ZodType, type ParsePayload } from 'zod/v4/core'
import {
  boundedList,
  intersecting,
  replaceParse,
  type Replace,
  type Run,
  refusingKeys,
  readConstants,
  reading,
  readMap,
  replaceValue,
  withoutPrototype,
} from './zod-steps.ts'
import { freshly } from './fresh-value.ts'
import type { Node } from './node.ts'
import { isInheritedName } from './object-value.ts'
import { isAmbiguous } from './option-fit.ts'
import { toPlainNumbers } from './json-text.ts'
import { rankOptions, rankTextOptions, readTag } from './rank-options.ts'
import { isPart, everyNode, unwrap } from './walk-node.ts'
import { readModel } from './read-model.ts'
import { scalarReader } from './scalar.ts'

/**
 * The input of the copy: JSON; JSON whose scalars are all text; values that were converted from text already; or an object whose fields are either
 * JSON or converted values.
 */
export type InputForm = 'json' | 'texts' | 'values' | 'parts'

export interface InputSchema {
  readonly schema: $ZodType
  /** Whether zod may generate code from the schema's definition. It must not if a step was replaced. */
  readonly isCompilable: boolean
}

/** The copy, or the schema itself if it reads the input form unchanged. */
export function toInputSchema(schema: $ZodType, form: InputForm): InputSchema {
  const copier = new Copier(form !== 'values' && [...everyNode(readModel(schema), 'in')].some(({ kind }) => kind === 'bigint'))
  const copy = copier.copy(schema, form)
  return { schema: copy, isCompilable: !copier.hasReplacedSteps }
}

/** The members of each zod definition that contain inner schemas. */
const INNER: Readonly<Record<string, readonly string[]>> = {
  object: ['shape', 'catchall'],
  array: ['element'],
  tuple: ['items', 'rest'],
  record: ['valueType'],
  map: ['keyType', 'valueType'],
  set: ['valueType'],
  union: ['options'],
  intersection: ['left', 'right'],
  pipe: ['in', 'out'],
  lazy: ['getter'],
  ...Object.fromEntries(
    ['optional', 'nullable', 'nonoptional', 'readonly', 'default', 'prefault', 'catch', 'success'].map((type) => [type, ['innerType']]),
  ),
}

type Definition = Readonly<Record<string, unknown>> & { readonly type: string }
type PerForm<Value> = Readonly<Record<InputForm, Map<$ZodType, Value>>>

class Copier {
  hasReplacedSteps = false
  /** Whether long integers are parsed as bigints. They become numbers again unless a bigint is declared. */
  readonly #isExact: boolean
  readonly #copies: PerForm<$ZodType> = { json: new Map(), texts: new Map(), values: new Map(), parts: new Map() }
  readonly #changed: PerForm<boolean> = { json: new Map(), texts: new Map(), values: new Map(), parts: new Map() }

  constructor(isExact: boolean) {
    this.#isExact = isExact
  }

  copy(schema: $ZodType, form: InputForm): $ZodType {
    const known = this.#copies[form].get(schema)
    if (known !== undefined) return known
    if (!this.#isChanged(schema, form)) return schema
    const made = clone(schema, this.#define(schema, form) as never) // the definition is of the schema's own kind
    this.#copies[form].set(schema, made)
    const step = this.#stepOf(schema, form)
    if (step !== undefined) {
      this.hasReplacedSteps = true
      replaceParse(made, step)
    } else if (definitionOf(schema).type === 'array') {
      // It returns the same value as zod's own step, so zod may generate code: this step only runs for values that the generated code refused.
      replaceParse(
        made,
        boundedList(() => definitionOf(made)['element'] as $ZodType),
      )
    } else if (definitionOf(schema).type === 'intersection') {
      // The same holds where no side keeps undeclared keys: two sides with few keys are merged fast.
      if (!keepsDeclaredKeys(readModel(schema))) this.hasReplacedSteps = true
      replaceParse(
        made,
        intersecting(() => [definitionOf(made)['left'] as $ZodType, definitionOf(made)['right'] as $ZodType]),
      )
    }
    return made
  }

  /** Whether something must be changed, in the schema or below it. */
  #isChanged(schema: $ZodType, form: InputForm): boolean {
    const known = this.#changed[form].get(schema)
    if (known !== undefined) return known
    const seen = new Set<$ZodType>()
    const leads = (one: $ZodType, oneForm: InputForm): boolean => {
      if (seen.has(one)) return false
      seen.add(one)
      const { type } = definitionOf(one)
      if (ALWAYS_COPIED.has(type) || this.#stepOf(one, oneForm) !== undefined) return true
      return innerOf(one, oneForm).some(([inner, innerForm]) => leads(inner, innerForm))
    }
    const isChanged = leads(schema, form)
    this.#changed[form].set(schema, isChanged)
    return isChanged
  }

  /** Its definition with copied inner schemas. A shape is read when it is first used, so that copying a recursive model ends. */
  #define(schema: $ZodType, form: InputForm): object {
    const definition = definitionOf(schema)
    const { _cachedInner: _ofOriginal, ...descriptors } = Object.getOwnPropertyDescriptors(definition) as Record<string, PropertyDescriptor>
    for (const key of INNER[definition.type] ?? []) {
      const copyInner = (one: $ZodType) => {
        const copy = this.copy(one, formInside(definition.type, key, one, form))
        return definition.type === 'map' && key === 'keyType' ? refusingKeys(copy) : copy
      }
      const copyAll = () => mapSchemas(definition[key], copyInner)
      if (key === 'getter') descriptors[key] = { value: () => copyInner((definition['getter'] as () => $ZodType)()), enumerable: true }
      else if (key === 'shape') descriptors[key] = toShape(once(copyAll), isRecursive(schema))
      else descriptors[key] = { value: copyAll(), enumerable: true }
    }
    if (definition.type === 'default' || definition.type === 'prefault')
      descriptors['defaultValue'] = { get: freshly(() => definition['defaultValue']), enumerable: true }
    if (definition.type === 'catch')
      descriptors['catchValue'] = { value: freshly(definition['catchValue'] as () => unknown), enumerable: true }
    return Object.defineProperties({}, descriptors)
  }

  #stepOf(schema: $ZodType, form: InputForm): Replace | undefined {
    const definition = definitionOf(schema)
    if (definition.type === 'object' && hasInheritedName(definition)) return withoutPrototype
    if (form === 'values' || form === 'parts') return undefined
    switch (definition.type) {
      case 'union': {
        const options = definition['options'] as readonly $ZodType[]
        const nodes = options.map(readModel as (option: $ZodType) => Node)
        if ('discriminator' in definition)
          return form === 'texts' ? replaceValue(readTag(nodes, definition['discriminator'] as string)) : undefined
        if ('inclusive' in definition && definition['inclusive'] === false) return undefined
        return form === 'texts' || isAmbiguous(nodes) ? () => chooseOption(this, schema, form, nodes) : undefined
      }
      case 'date':
      case 'bigint':
        return definition['coerce'] === true ? undefined : reading(scalarReader({ kind: definition.type })!)
      case 'map':
        return replaceValue(readMap(readModel(definition['keyType'] as $ZodType))) // zod's definition of a map has a schema there
      case 'set':
        return replaceValue((value) => (Array.isArray(value) ? new Set(value) : value))
      case 'literal':
      case 'enum':
        return readConstants(unwrap(readModel(schema)), form === 'texts')
      case 'custom': {
        const reader = scalarReader(unwrap(readModel(schema)))
        return reader === undefined ? (this.#isExact ? replaceValue(toPlainNumbers) : undefined) : reading(reader)
      }
      case 'boolean':
        return form === 'texts' && definition['coerce'] !== true ? reading(scalarReader({ kind: 'boolean' })!) : undefined
      case 'number':
        if (form === 'texts' && definition['coerce'] !== true) return reading(scalarReader(unwrap(readModel(schema)))!) // each number has a reader
        return this.#isExact ? replaceValue(toPlainNumbers) : undefined
      case 'any':
      case 'unknown':
      case 'transform':
        return this.#isExact ? replaceValue(toPlainNumbers) : undefined
      default:
        return undefined
    }
  }
}

/** A getter only for recursive models, because zod does not generate code for an object whose shape is a getter. */
function toShape(make: () => unknown, isLazy: boolean): PropertyDescriptor {
  return { ...(isLazy ? { get: make } : { value: make() }), enumerable: true, configurable: true }
}

function isRecursive(schema: $ZodType): boolean {
  const seen = new Set<$ZodType>()
  const leadsBack = (one: $ZodType): boolean =>
    innerOf(one, 'values').some(([inner]) => inner === schema || (!seen.has(inner) && (seen.add(inner), leadsBack(inner))))
  return leadsBack(schema)
}

const ALWAYS_COPIED: ReadonlySet<string> = new Set(['default', 'prefault', 'catch', 'array', 'map', 'intersection'])

/** Whether a valid value has no other keys than those that its model declares. */
function keepsDeclaredKeys(model: Node): boolean {
  const node = unwrap(model)
  if (node.kind === 'intersection') return keepsDeclaredKeys(node.left) && keepsDeclaredKeys(node.right)
  if (node.kind === 'union') return node.options.every(keepsDeclaredKeys)
  return node.kind === 'object' && typeof node.additional === 'string'
}

function definitionOf(schema: $ZodType): Definition {
  return schema._zod.def as unknown as Definition // the definitions of all kinds have no type in common
}

/** The form of an inner schema. The output of a codec or pipe is a value; a field of a form may be JSON. */
function formInside(type: string, key: string, inner: $ZodType, form: InputForm): InputForm {
  if (type === 'pipe' && key === 'out') return 'values'
  return form === 'parts' && type === 'object' ? (isPart(readModel(inner)) ? 'json' : 'values') : form
}

function innerOf(schema: $ZodType, form: InputForm): readonly (readonly [schema: $ZodType, form: InputForm])[] {
  const definition = definitionOf(schema)
  return (INNER[definition.type] ?? []).flatMap((key) => {
    const found: $ZodType[] = []
    const value = key === 'getter' ? (definition['getter'] as () => unknown)() : definition[key]
    mapSchemas(value, (one) => (found.push(one), one))
    return found.map((one) => [one, formInside(definition.type, key, one, form)] as const)
  })
}

/** One schema, a list, or an object of them. */
function mapSchemas(value: unknown, map: (schema: $ZodType) => $ZodType): unknown {
  if (Array.isArray(value)) return value.map((one: $ZodType) => map(one))
  if (typeof value !== 'object' || value === null) return value
  if ('_zod' in value) return map(value as $ZodType)
  if ('~standard' in value) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapSchemas(one, map)]))
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}

function hasInheritedName(definition: Definition): boolean {
  return Object.keys(definition['shape'] as object).some(isInheritedName)
}

/** Tries the options that may fit, best first. If only one may fit, its issues are reported as if it were the only option. */
function chooseOption(copier: Copier, schema: $ZodType, form: InputForm, nodes: readonly Node[]): Run {
  const options = definitionOf(schema)['options'] as readonly $ZodType[]
  const copies = once(() => options.map((option) => copier.copy(option, form)))
  return (payload, context) => {
    const { value } = payload
    const order = form === 'texts' ? rankTextOptions(nodes, value, context) : rankOptions(nodes, () => value, context)
    const failed: ParsePayload[] = []
    const attempt = (at: number): ParsePayload | Promise<ParsePayload> => {
      if (at === order.length) return refuse(failed)
      const result = copies()[order[at]!]!._zod.run({ value: payload.value, issues: [] }, context)
      return result instanceof Promise ? result.then((settled) => judge(settled, at)) : judge(result, at)
    }
    const judge = (result: ParsePayload, at: number) => {
      if (result.issues.length === 0) {
        payload.value = result.value
        return payload
      }
      failed.push(result)
      return attempt(at + 1)
    }
    const refuse = ([first, ...others]: readonly ParsePayload[]): ParsePayload => {
      if (first !== undefined && others.length === 0) payload.issues.push(...first.issues)
      else payload.issues.push({ code: 'invalid_union', input: payload.value, inst: schema, errors: [] } as never) // the type allows only the issues of zod's own checks
      return payload
    }
    return attempt(0)
  }
}
