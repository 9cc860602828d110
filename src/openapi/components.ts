/** The named parts of a document: a schema for each model, two where its directions differ, and the responses that many operations share. */
import { DeclarationError } from '../schema/declaration-error.ts'
import { toAnnotations, toDefinition, toJSONSchema } from '../schema/json-schema.ts'
import type { Direction } from '../schema/json-schema/direction.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { isRecursive } from '../schema/walk-node.ts'

export interface Reference {
  readonly $ref: string
}

export interface ComponentsObject {
  readonly schemas?: Readonly<Record<string, JSONSchema>>
  readonly responses?: Readonly<Record<string, object>>
}

/** A model as far as it was used. */
interface Component {
  readonly schemas: Map<Direction, JSONSchema>
  /** The first node that stood for it: it defines it. */
  readonly node: Node
  /** Others, which must be the same but for what they say of themselves: `User.describe('…')`. */
  readonly others: Map<Node, Direction>
  /** Ids of the models that it refers to. */
  readonly uses: Set<string>
}

/** Names of the models that look different on their way in, for that way: known when all of a document has been seen. */
export type InputNames = ReadonlyMap<string, string>

export class Components {
  readonly #inputNames: InputNames
  readonly #byId = new Map<string, Component>()
  /** By node, the id of a model that has none of its own but is recursive. */
  readonly #recursive = new Map<Node, string | undefined>()
  #recursions = 0
  readonly #responses = new Map<string, object>()

  constructor(inputNames: InputNames = new Map()) {
    this.#inputNames = inputNames
  }

  schema(node: Node, direction: Direction): JSONSchema {
    return toJSONSchema(node, { direction, reference: (inner) => this.#refer(inner, direction) })
  }

  /** Refers to what all operations share under this name; another response of the same name stands where it is used. */
  response<Response extends object>(name: string, response: Response): Response | Reference {
    const known = this.#responses.get(name)
    if (known === undefined) this.#responses.set(name, response)
    else if (!isSame(known, response)) return response
    return { $ref: `#/components/responses/${name}` }
  }

  /** Which models need a second name. */
  inputNames(): InputNames {
    const differing = new Set([...this.#byId].filter(([, { schemas }]) => isDifferent(schemas)).map(([id]) => id))
    let before
    do {
      before = differing.size
      for (const [id, { schemas, uses }] of this.#byId) {
        if (schemas.size === 2 && [...uses].some((used) => differing.has(used))) differing.add(id)
      }
    } while (differing.size > before)
    return new Map([...differing].map((id) => [id, this.#byId.has(`${id}Input`) ? `${id}-Input` : `${id}Input`]))
  }

  /** Throws a `DeclarationError` where two different models have one id. */
  toObject(): ComponentsObject {
    for (const [id, component] of this.#byId) this.#assertOne(id, component)
    const schemas = [...this.#byId].flatMap(([id, component]) =>
      [...component.schemas].map(([direction, schema]) => [this.#nameOf(id, direction), schema] as const),
    )
    return present<ComponentsObject>({ schemas: toSorted(schemas), responses: toSorted([...this.#responses]) })
  }

  /** `user` is the component that it stands in. */
  #refer(node: Node, direction: Direction, user?: Component): JSONSchema | undefined {
    const id = this.#idOf(node)
    if (id === undefined) return undefined
    user?.uses.add(id)
    const component = this.#take(id, node)
    if (node !== component.node) component.others.set(node, direction)
    if (!component.schemas.has(direction)) {
      // Stands there while it is made, for what it holds of itself.
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
    return direction === 'input' ? (this.#inputNames.get(id) ?? id) : id
  }

  #idOf(node: Node): string | undefined {
    const { id, title = 'Recursive' } = node.annotations ?? {}
    if (id !== undefined) return toName(id)
    if (!this.#recursive.has(node)) this.#recursive.set(node, isRecursive(node) ? `${toName(title)}${++this.#recursions}` : undefined)
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

/** `^[a-zA-Z0-9.\-_]+$` is all that a component's name may be (OpenAPI 3.1 §4.8.7.1). */
function toName(text: string): string {
  return text.replace(/[^\w.-]+/g, '_')
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isDifferent(schemas: Component['schemas']): boolean {
  const [first, second] = schemas.values()
  return second !== undefined && !isSame(first!, second)
}

/** What `User.describe('…')` says that `User` does not. */
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
