/** Compares two schemas: finds the values that only the older one accepts, and those that only the newer one accepts. */
import { followSchema, isRecord, typesOf, type Schema, type SchemaObject } from '../document/schema.ts'
import { flatten, holds, mergeSchemas } from '../generate/merge.ts'

export interface SchemaChange {
  /** `narrowed`: the newer schema accepts fewer values. `widened`: it accepts more values. */
  readonly kind: 'narrowed' | 'widened' | 'field-removed' | 'field-added'
  /** `items[].name`; empty for the value itself. */
  readonly place: string
  readonly message: string
}

interface Side {
  readonly root: unknown
  readonly schema: Schema
}

const MOST_DEPTH = 24

export function compareSchemas(older: Side, newer: Side): readonly SchemaChange[] {
  const comparison = new Comparison(older.root, newer.root)
  comparison.compare(older.schema, newer.schema, '')
  return comparison.changes
}

type Limit =
  | 'minimum'
  | 'exclusiveMinimum'
  | 'minLength'
  | 'minItems'
  | 'minProperties'
  | 'maximum'
  | 'exclusiveMaximum'
  | 'maxLength'
  | 'maxItems'
  | 'maxProperties'

const LEAST: readonly Limit[] = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
const MOST: readonly Limit[] = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']

class Comparison {
  readonly changes: SchemaChange[] = []
  readonly #older: unknown
  readonly #newer: unknown
  /** Pairs that were compared before, because schemas may be recursive. */
  readonly #seen = new Map<object, Set<object>>()

  constructor(older: unknown, newer: unknown) {
    this.#older = older
    this.#newer = newer
  }

  compare(olderSchema: Schema, newerSchema: Schema, place: string, depth = 0): void {
    const target = [followSchema(this.#older, olderSchema), followSchema(this.#newer, newerSchema)] as const
    if (depth > MOST_DEPTH || this.#isKnown(...target)) return
    const older = toObject(target[0], this.#older)
    const newer = toObject(target[1], this.#newer)
    if (newer === undefined || older === undefined) {
      if (older !== newer)
        this.#add(
          newer === undefined ? 'narrowed' : 'widened',
          place,
          newer === undefined ? 'no value is accepted any more' : 'values are accepted now',
        )
      return
    }
    if ((optionsIn(older) === undefined) !== (optionsIn(newer) === undefined)) {
      this.#alternatives([optionsIn(older) ?? [olderSchema], optionsIn(newer) ?? [newerSchema]], place, depth)
      return
    }
    this.#types(older, newer, place)
    this.#values(older, newer, place)
    this.#limits(older, newer, place)
    this.#texts(older, newer, place)
    this.#fields(older, newer, place, depth)
    this.#items(older, newer, place, depth)
    this.#alternatives([optionsIn(older) ?? [], optionsIn(newer) ?? []], place, depth)
  }

  #isKnown(older: Schema, newer: Schema): boolean {
    if (typeof older !== 'object' || typeof newer !== 'object') return false
    const known = this.#seen.get(older) ?? new Set()
    this.#seen.set(older, known)
    if (known.has(newer)) return true
    known.add(newer)
    return false
  }

  #add(kind: SchemaChange['kind'], place: string, message: string): void {
    this.changes.push({ kind, place, message })
  }

  #types(older: SchemaObject, newer: SchemaObject, place: string): void {
    const before = typesOf(older)
    const now = typesOf(newer)
    if (before.length === 0 && now.length === 0) return
    const text = `the type was ${before.join(' or ') || 'any'}, and is ${now.join(' or ') || 'any'}`
    if ((before.length === 0 && now.length > 0) || before.some((type) => !takes(now, type))) this.#add('narrowed', place, text)
    if ((now.length === 0 && before.length > 0) || now.some((type) => !takes(before, type))) this.#add('widened', place, text)
  }

  #values(older: SchemaObject, newer: SchemaObject, place: string): void {
    const before = optionsOf(older)
    const now = optionsOf(newer)
    if (before === undefined && now !== undefined) this.#add('narrowed', place, `any value was accepted, now only ${now.join(', ')}`)
    if (before !== undefined && now === undefined) this.#add('widened', place, `only ${before.join(', ')} was accepted, now any value`)
    if (before === undefined || now === undefined) return
    const gone = before.filter((option) => !now.includes(option))
    const more = now.filter((option) => !before.includes(option))
    if (gone.length > 0) this.#add('narrowed', place, `${gone.join(', ')} is gone`)
    if (more.length > 0) this.#add('widened', place, `${more.join(', ')} is new`)
  }

  #limits(older: SchemaObject, newer: SchemaObject, place: string): void {
    const compare = (keyword: Limit, isTighter: (before: number, now: number) => boolean, none: number) => {
      const before = older[keyword]
      const now = newer[keyword]
      if (before === now || (typeof before !== 'number' && typeof now !== 'number')) return
      const text = `${keyword} was ${String(before ?? 'not set')}, and is ${String(now ?? 'not set')}`
      this.#add(
        isTighter(typeof before === 'number' ? before : none, typeof now === 'number' ? now : none) ? 'narrowed' : 'widened',
        place,
        text,
      )
    }
    for (const keyword of LEAST) compare(keyword, (before, now) => now > before, -Infinity)
    for (const keyword of MOST) compare(keyword, (before, now) => now < before, Infinity)
    if (older.uniqueItems !== newer.uniqueItems && (older.uniqueItems === true || newer.uniqueItems === true))
      this.#add(
        newer.uniqueItems === true ? 'narrowed' : 'widened',
        place,
        newer.uniqueItems === true ? 'items must be unique now' : 'items need not be unique any more',
      )
  }

  #texts(older: SchemaObject, newer: SchemaObject, place: string): void {
    for (const keyword of ['pattern', 'format', 'multipleOf', 'contentMediaType'] as const) {
      const before = older[keyword]
      const now = newer[keyword]
      if (before === now) continue
      const text = `${keyword} was ${String(before ?? 'not set')}, and is ${String(now ?? 'not set')}`
      if (now !== undefined) this.#add('narrowed', place, text)
      if (before !== undefined) this.#add('widened', place, text)
    }
  }

  #fields(older: SchemaObject, newer: SchemaObject, place: string, depth: number): void {
    const { properties: before = {}, required: neededBefore = [] } = older
    const { properties: now = {}, required: needed = [] } = newer
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const below = place === '' ? name : `${place}.${name}`
      if (!Object.hasOwn(now, name)) this.#add('field-removed', below, 'the field is gone')
      else if (!Object.hasOwn(before, name)) this.#add('field-added', below, 'the field is new')
      else this.compare(before[name]!, now[name]!, below, depth + 1)
      if (needed.includes(name) && !neededBefore.includes(name)) this.#add('narrowed', below, 'the field is required now')
      if (!needed.includes(name) && neededBefore.includes(name) && Object.hasOwn(now, name))
        this.#add('widened', below, 'the field is not required any more')
    }
    const { additionalProperties: othersBefore = true } = older
    const { additionalProperties: others = true } = newer
    if (isRecord(othersBefore) && isRecord(others)) this.compare(othersBefore, others, `${place}{}`, depth + 1)
    else if (othersBefore !== false && others === false) this.#add('narrowed', place, 'other fields are refused now')
    else if (othersBefore === false && others !== false) this.#add('widened', place, 'other fields are accepted now')
  }

  #items(older: SchemaObject, newer: SchemaObject, place: string, depth: number): void {
    if (older.items !== undefined && newer.items !== undefined) this.compare(older.items, newer.items, `${place}[]`, depth + 1)
    else if (older.items !== undefined) this.#add('widened', `${place}[]`, 'items may be any value now')
    else if (newer.items !== undefined) this.#add('narrowed', `${place}[]`, 'items were any value before')
  }

  /** Pairs the alternatives that have the same reference or the same text, then the others in their order, and compares each pair. */
  #alternatives([before, now]: readonly [readonly Schema[], readonly Schema[]], place: string, depth: number): void {
    const open = [...now]
    const rest: Schema[] = []
    for (const option of before) {
      const index = open.findIndex((other) => nameOf(other) === nameOf(option))
      if (index === -1) rest.push(option)
      else this.compare(option, open.splice(index, 1)[0]!, place, depth + 1)
    }
    while (rest.length > 0 && open.length > 0) this.compare(rest.shift()!, open.shift()!, place, depth + 1)
    if (rest.length > 0) this.#add('narrowed', place, `${rest.length} alternative${rest.length === 1 ? ' is' : 's are'} gone`)
    if (open.length > 0) this.#add('widened', place, `${open.length} alternative${open.length === 1 ? ' is' : 's are'} new`)
  }
}

function optionsIn({ oneOf, anyOf }: SchemaObject): readonly Schema[] | undefined {
  return oneOf ?? anyOf
}

function takes(types: readonly string[], type: string): boolean {
  return types.length === 0 || holds(types, type)
}

/** Returns `undefined` for the schema `false`, which accepts no value. */
function toObject(schema: Schema, root: unknown): SchemaObject | undefined {
  const flat = flatten(schema, { root })
  return typeof flat === 'object' ? withNullAsType(flat, root) : flat ? {} : undefined
}

/** `anyOf: [{ type: 'string' }, { type: 'null' }]` → `type: ['string', 'null']`, which means the same. */
function withNullAsType(schema: SchemaObject, root: unknown): SchemaObject {
  const options = optionsIn(schema)?.map((option) => flatten(option, { root }))
  const [only, ...more] = options?.filter((option) => !isNull(option)) ?? []
  if (options?.length !== 2 || more.length > 0 || typeof only !== 'object') return schema
  if (typesOf(only).length === 0 || optionsIn(only) !== undefined) return schema
  const { anyOf: _any, oneOf: _one, ...own } = schema
  return { ...mergeSchemas(own, only), type: [...typesOf(only), 'null'], ...(only.enum !== undefined && { enum: [...only.enum, null] }) }
}

function isNull(schema: Schema): boolean {
  return typeof schema === 'object' && (schema.type === 'null' || schema.const === null)
}

function optionsOf({ enum: options, const: constant }: SchemaObject): readonly string[] | undefined {
  if (constant !== undefined) return [JSON.stringify(constant)]
  return options?.map((option) => JSON.stringify(option))
}

function nameOf(schema: Schema): string {
  return typeof schema === 'object' && schema.$ref !== undefined ? schema.$ref : JSON.stringify(schema)
}
