/** The named schemas of a document: one for each model, two where its directions differ. */
import { DeclarationError } from '../schema/declaration-error.ts'
import { toAnnotations, toDefinition, toJSONSchema } from '../schema/json-schema.ts'
import type { Direction } from '../schema/json-schema/direction.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { isRecursive } from '../schema/walk-node.ts'
import { toComponentNames, type NameOf } from './component-names.ts'

export interface Reference {
  readonly $ref: string
}

/** Sections that Riposte does not fill are for a `document` hook. */
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

/** A model, and how it was used so far. */
interface Component {
  readonly schemas: Map<Direction, JSONSchema>
  /** The first node of this id: it defines the model. */
  readonly node: Node
  /** Other nodes of this id. They must be the same but for their annotations, as `User.describe('…')` is. */
  readonly others: Map<Node, Direction>
  /** Ids of the models that it refers to. */
  readonly uses: Set<string>
}

export class Components {
  readonly #names: NameOf
  readonly #byId = new Map<string, Component>()
  /** By node, the id of a model that has none of its own but is recursive. */
  readonly #recursive = new Map<Node, string | undefined>()
  #recursions = 0

  /** By default a component has its model's id for a name: enough to find out which names a document needs. */
  constructor(names: NameOf = (id) => id) {
    this.#names = names
  }

  schema(node: Node, direction: Direction): JSONSchema {
    return toJSONSchema(node, { direction, reference: (inner) => this.#refer(inner, direction) })
  }

  /** The names that the models seen so far need. */
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

  /** Throws a `DeclarationError` if two different models have one id. */
  toObject(): ComponentsObject {
    for (const [id, component] of this.#byId) this.#assertOne(id, component)
    const schemas = [...this.#byId].flatMap(([id, component]) =>
      [...component.schemas].map(([direction, schema]) => [this.#nameOf(id, direction), schema] as const),
    )
    return present<ComponentsObject>({ schemas: toSorted(schemas) })
  }

  /** `user` is the component that refers to the node. */
  #refer(node: Node, direction: Direction, user?: Component): JSONSchema | undefined {
    const id = this.#idOf(node)
    if (id === undefined) return undefined
    user?.uses.add(id)
    const component = this.#take(id, node)
    if (node !== component.node) component.others.set(node, direction)
    if (!component.schemas.has(direction)) {
      // A recursive model asks for its own schema while it is made.
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

/** The annotations of `User.describe('…')` that `User` does not have. */
function annotationsBeyond(defining: Node, node: Node): JSONSchema {
  if (node === defining) return {}
  const known = toAnnotations(defining)
  return Object.fromEntries(
    Object.entries(toAnnotations(node)).filter(([keyword, value]) => !isSame([value], [known[keyword as keyof JSONSchema]])),
  )
}

/** By name, so that the order of routes does not matter. */
function toSorted<Value>(entries: readonly (readonly [name: string, value: Value])[]): Readonly<Record<string, Value>> | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
