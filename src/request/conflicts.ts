/** Refuses a parameter that a route and its dependencies declare with models that no text can fit. */
import type { AnyContract } from '../contract/contract.ts'
import type { AnyDependency, Dependencies } from '../contract/dependency.ts'
import type { Shape } from '../contract/inputs.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Node, NumberNode, StringNode } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { scalarReader } from '../schema/scalar.ts'
import { isSchema } from '../schema/schema.ts'

type Shapes = Pick<AnyContract, 'params' | 'query' | 'headers' | 'cookies'>

type Owners = Map<object, { readonly owner: string; readonly shapes: Shapes }>

interface Declared {
  readonly owner: string
  readonly node: Node
}

/** Throws a `DeclarationError` that names both owners. Models whose common texts are not known are allowed. */
export function assertCommonTexts(contract: AnyContract, where: string): void {
  const owners: Owners = new Map([[contract, { owner: 'the route', shapes: contract }]])
  addDependencies(contract.dependencies, 'dependencies', owners)
  if (owners.size === 1) return
  const byName = new Map<string, Declared[]>()
  for (const { owner, shapes } of owners.values()) {
    for (const key of ['params', 'query', 'headers', 'cookies'] as const) {
      for (const [name, node] of fieldsOf(shapes[key])) {
        const place = `${key}.${key === 'headers' ? name.toLowerCase() : name}`
        const others = byName.get(place) ?? []
        byName.set(place, [...others, { owner, node }])
        const rival = others.find((other) => isDisjoint(node, other.node) || isDisjoint(other.node, node))
        if (rival !== undefined)
          throw new DeclarationError(
            'DUPLICATE_INPUT',
            `${where} ${place}`,
            `expected models that one text can fit, got none for those of ${rival.owner} and ${owner}`,
            'Declare the same model in both, or rename one',
          )
      }
    }
  }
}

function addDependencies(dependencies: Dependencies = {}, place: string, owners: Owners): void {
  for (const [name, dependency] of Object.entries<AnyDependency>(dependencies)) {
    if (owners.has(dependency)) continue
    const owner = `${place}.${name}`
    owners.set(dependency, { owner, shapes: dependency.options as Shapes }) // an `AnyDependency` does not say which shapes it has
    addDependencies(dependency.options.dependencies, `${owner}.dependencies`, owners)
  }
}

function fieldsOf(shape: Shape | undefined): readonly (readonly [string, Node])[] {
  if (shape === undefined) return []
  if (!isSchema(shape)) return Object.entries(shape).map(([name, schema]) => [name, readModel(schema)])
  const model = withoutWrappers(readModel(shape))
  return model.kind === 'object' ? model.properties.map(({ name, node }) => [name, node]) : []
}

/** Codecs and islands stay: what they do with a text is not known. */
function withoutWrappers(node: Node): Node {
  if (node.kind === 'reference') return withoutWrappers(node.target())
  return node.kind === 'optional' || node.kind === 'nullable' || node.kind === 'default' ? withoutWrappers(node.inner) : node
}

/** Whether it is certain that `other` refuses every text that fits `node`. */
function isDisjoint(node: Node, other: Node): boolean {
  const { kind } = withoutWrappers(node)
  if (kind === 'number' || kind === 'bigint') return withoutWrappers(other).kind === 'date'
  return textsOf(node)?.every((text) => refuses(other, text)) === true
}

/** All texts that fit; `undefined` if they are too many to list. */
function textsOf(node: Node): readonly string[] | undefined {
  const inner = withoutWrappers(node)
  if (inner.kind === 'literal') return inner.values.map(String)
  if (inner.kind !== 'union') return undefined
  const options = inner.options.map(textsOf)
  return options.every((texts) => texts !== undefined) ? options.flat() : undefined
}

/** Whether it is certain that the text does not fit. */
function refuses(node: Node, text: string): boolean {
  const inner = withoutWrappers(node)
  if (inner.kind === 'union') return inner.options.every((option) => refuses(option, text))
  if (inner.kind === 'literal') return !inner.values.some((value) => String(value) === text)
  if (inner.kind === 'string') return !fitsString(inner, text)
  const reader = scalarReader(inner)
  if (reader === undefined) return false
  const value = reader.parse(text)
  return value === undefined || (inner.kind === 'number' && !fitsRange(inner, value as number))
}

function fitsString({ minLength = 0, maxLength = Infinity, patterns }: StringNode, text: string): boolean {
  const { length } = Array.from(text)
  return length >= minLength && length <= maxLength && patterns.every((pattern) => text.search(pattern) !== -1)
}

function fitsRange({ minimum = -Infinity, maximum = Infinity }: NumberNode, value: number): boolean {
  return value >= minimum && value <= maximum
}
