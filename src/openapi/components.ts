/** Creates the named schemas of a document. A model has one schema, or two if its input and output differ. */
import { DeclarationError } from '../schema/declaration-error.ts'
import { toAnnotations, toDefinition, toJSONSchema } from '../schema/json-schema.ts'
import type { Direction } from '../schema/presence.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { isRecursive } from '../schema/walk-node.ts'

export interface Reference {
  readonly $ref: string
}

/** Riposte fills only some sections. A `document` hook may add to all of them. */
export interface ComponentsObject {
  readonly schemas?: Readonly<Record<string, JSONSchema>>
  readonly responses?: Readonly<Record<string, object>>
  readonly parameters?: Readonly<Record<string, object>>
  readonly examples?: Readonly<Record<string, object>>
  readonly requestBodies?: Readonly<Record<string, object>>
  readonly headers?: Readonly<Record<string, object>>
  readonly securitySchemes?: Readonly<Record<string, object>>
  readonly links?: Readonly<Record<string, object>>
  readonly callbacks?: Readonly<Record<string, object>>
  readonly pathItems?: Readonly<Record<string, object>>
}

/** A model and its uses. */
interface Component {
  readonly schemas: Map<Direction, JSONSchema>
  /** The first node with this id. It defines the model. */
  readonly node: Node
  /** Other nodes with this id. Only their annotations may differ, as in `User.describe('…')`. */
  readonly others: Map<Node, Direction>
  /** The ids of the models that it refers to. */
  readonly uses: Set<string>
}

/** The name of a component by the id of its model; `undefined` for an id that the document does not have. */
type NameOf = (id: string, direction: Direction) => string | undefined

export class Components {
  readonly #names: NameOf
  readonly #byId = new Map<string, Component>()
  /** Generated ids of recursive models that have no id; `undefined` for models that are not recursive. */
  readonly #recursive = new Map<Node, string | undefined>()
  #recursions = 0

  /** By default the name of a component is the id of its model, which is enough to collect the ids that a document needs. */
  constructor(names: NameOf = (id) => id) {
    this.#names = names
  }

  schema(node: Node, direction: Direction): JSONSchema {
    return toJSONSchema(node, { direction, reference: (inner) => this.#refer(inner, direction) })
  }

  /**
   * The names for the models that `schema()` has received. A model that is used in both directions and refers to one with two schemas has two
   * schemas as well.
   */
  names(): NameOf {
    const differing = new Set([...this.#byId].filter(([, { schemas }]) => isDifferent(schemas)).map(([id]) => id))
    let before
    do {
      before = differing.size
      for (const [id, { schemas, uses }] of this.#byId) {
        if (schemas.size === 2 && [...uses].some((used) => differing.has(used))) differing.add(id)
      }
    } while (differing.size > before)
    return toComponentNames([...this.#byId.keys()], differing)
  }

  /** Throws a `DeclarationError` if two different models have the same id. */
  toObject(): ComponentsObject {
    for (const [id, component] of this.#byId) this.#assertOne(id, component)
    const schemas = [...this.#byId].flatMap(([id, component]) =>
      [...component.schemas].map(([direction, schema]) => [this.#nameOf(id, direction), schema] as const),
    )
    return present<ComponentsObject>({ schemas: toSorted(schemas) })
  }

  /** `user`: the component that refers to the node. */
  #refer(node: Node, direction: Direction, user?: Component): JSONSchema | undefined {
    const id = this.#idOf(node)
    if (id === undefined) return undefined
    user?.uses.add(id)
    const component = this.#take(id, node)
    if (node !== component.node) component.others.set(node, direction)
    if (!component.schemas.has(direction)) {
      // A recursive model requests its own schema while it is being created.
      component.schemas.set(direction, {})
      component.schemas.set(direction, this.#define(component, direction))
    }
    return { $ref: `#/components/schemas/${this.#nameOf(id, direction)}`, ...annotationsBeyond(component.node, node) }
  }

  #take(id: string, node: Node): Component {
    let component = this.#byId.get(id)
    if (component === undefined) this.#byId.set(id, (component = { node, others: new Map(), schemas: new Map(), uses: new Set() }))
    return component
  }

  #define(component: Component, direction: Direction, node = component.node): JSONSchema {
    return toDefinition(node, { direction, reference: (inner) => this.#refer(inner, direction, component) })
  }

  #nameOf(id: string, direction: Direction): string {
    return this.#names(id, direction)!
  }

  #idOf(node: Node): string | undefined {
    const { id, title = 'Recursive' } = node.annotations ?? {}
    if (id !== undefined) return id
    if (!this.#recursive.has(node)) this.#recursive.set(node, isRecursive(node) ? `${title}${++this.#recursions}` : undefined)
    return this.#recursive.get(node)
  }

  #assertOne(id: string, component: Component): void {
    for (const [other, direction] of component.others) {
      const [first, second] = [component.node, other].map((node) => this.#define(component, direction, { ...node, annotations: {} }))
      if (isSame(first!, second!)) continue
      throw new DeclarationError('DUPLICATE_MODEL', `model ${id}`, 'two different models have this id', 'Give one of them another id')
    }
  }
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isDifferent(schemas: Component['schemas']): boolean {
  const [first, second] = schemas.values()
  return second !== undefined && !isSame(first!, second)
}

/** The annotations of a use, such as `User.describe('…')`, that the definition does not have. */
function annotationsBeyond(defining: Node, node: Node): JSONSchema {
  if (node === defining) return {}
  const known = toAnnotations(defining)
  return Object.fromEntries(
    Object.entries(toAnnotations(node)).filter(([keyword, value]) => !isSame([value], [known[keyword as keyof JSONSchema]])),
  )
}

/** Sorts by name, so that the result does not depend on the order of routes. */
function toSorted<Value>(entries: readonly (readonly [name: string, value: Value])[]): Readonly<Record<string, Value>> | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Turns the ids of models into names of components. Different ids always get different names. `differing`: the ids of models whose schemas for
 * input and output differ. Each gets a second name for its input schema.
 */
function toComponentNames(ids: readonly string[], differing: ReadonlySet<string>): NameOf {
  const names = toNames(ids)
  const taken = new Set(names.values())
  const inputs = new Map(
    [...differing].map((id) => {
      const name = names.get(id)!
      return [id, taken.has(`${name}Input`) ? `${name}-Input` : `${name}Input`] as const
    }),
  )
  return (id, direction) => (direction === 'input' ? inputs.get(id) : undefined) ?? names.get(id)
}

/** Returns the names by id. If two ids would get the same name, both are escaped, so that no name depends on the order of routes. */
function toNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const count = new Map<string, number>()
  for (const id of ids) count.set(toName(id), (count.get(toName(id)) ?? 0) + 1)
  return new Map(
    ids.map((id) => {
      const name = toName(id)
      const isClear = name === id || (count.get(name) === 1 && /[A-Za-z\d]/.test(name))
      return [id, isClear ? name : escapeId(id)]
    }),
  )
}

/** `Page<User>` → `Page_User_`. The name of a component must match `^[a-zA-Z0-9.\-_]+$` (OpenAPI 3.1 §4.8.7.1). */
function toName(id: string): string {
  return id.replace(/[^\w.-]+/g, '_')
}

/** Replaces each character that a name must not contain by its code point: `a b` → `a_20_b`. */
function escapeId(id: string): string {
  return id.replace(/[^\w.-]/gu, (character) => `_${character.codePointAt(0)!.toString(16).toUpperCase()}_`)
}
