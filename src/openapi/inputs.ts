/** The parameters of an operation: the fields of its route and of every dependency, by location. */
import type { AnyContract } from '../contract/contract.ts'
import { dependenciesInOrder } from '../contract/dependency.ts'
import type { MiddlewareContract } from '../contract/middleware.ts'
import type { Shape } from '../contract/inputs.ts'
import { isAnyText } from '../schema/intersection.ts'
import type { Node, ObjectNode, RecordNode } from '../schema/node.ts'
import { mayBeAbsent } from '../schema/json-schema/direction.ts'
import { takesNul } from '../schema/nul.ts'
import { readModel } from '../schema/read-model.ts'
import { isSchema } from '../schema/schema.ts'
import { isBracketed } from '../schema/text-objects.ts'
import { unwrap, wrapped } from '../schema/walk-node.ts'

/** OpenAPI's names of the locations. */
const LOCATIONS = { params: 'path', query: 'query', headers: 'header', cookies: 'cookie' } as const

export type InputLocation = (typeof LOCATIONS)[keyof typeof LOCATIONS]

export interface InputField {
  readonly location: InputLocation
  readonly name: string
  /** As text can hold it: never null. */
  readonly node: Node
  readonly required: boolean
  /** Whether there is text, or no text, that it refuses. */
  readonly canFail: boolean
  /** How several texts are written: a list between commas, each name of an object as a parameter, or `name[member]`. */
  readonly style?: 'simple' | 'form' | 'deepObject'
}

type Shapes = Pick<AnyContract, keyof typeof LOCATIONS>

/** The route's own first. A name comes once for each declaration of it; one in the path that has none is text, and goes by its name in the document. */
export function toInputFields(contract: AnyContract, pathNames: ReadonlyMap<string, string>): readonly InputField[] {
  const declarations: readonly Shapes[] = [contract, ...dependenciesInOrder(contract.dependencies).map(({ options }) => options)]
  const declared = Object.entries(LOCATIONS).flatMap(([key, location]) =>
    declarations.flatMap((shapes) => {
      const shape = shapes[key as keyof typeof LOCATIONS]
      return shape === undefined ? [] : fieldsOf(shape, location)
    }),
  )
  const named = declared.map((field) => (isOfMany(field) ? { ...field, name: freeName(field, declared) } : field))
  const inPath = [...pathNames].flatMap(([name, documented]) => {
    const own = declared.filter((field) => field.location === 'path' && field.name === name)
    return own.length === 0 ? [toField('path', documented, TEXT, true)] : own.map((field) => ({ ...field, name: documented }))
  })
  return [...inPath, ...named.filter(({ location }) => location !== 'path')]
}

/** Request headers that middleware reads. It refuses them in its own responses, not with 422. */
export function toLayerFields(layers: readonly MiddlewareContract[]): readonly InputField[] {
  return layers.flatMap(({ requestHeaders = {} }) => fieldsOf(requestHeaders, 'header'))
}

/** Whether it stands for parameters of any name. */
export function isOfMany({ style }: InputField): boolean {
  return style === 'form'
}

/** The name of a parameter that stands for many is seen in the document alone, and must be no other's there. */
function freeName({ location }: InputField, others: readonly InputField[]): string {
  const taken = new Set(others.filter((field) => field.location === location && !isOfMany(field)).map(({ name }) => name))
  let name: string = location
  while (taken.has(name)) name += '_'
  return name
}

const TEXT: Node = { kind: 'string', patterns: [] }

function fieldsOf(shape: Shape, location: InputLocation): readonly InputField[] {
  if (!isSchema(shape)) {
    return Object.entries(shape).map(([name, schema]) => {
      const node = readModel(schema)
      return toField(location, name, node, !mayBeAbsent(node, 'input'))
    })
  }
  const model = readModel(shape)
  const known = toObject(model)
  const properties = known.kind === 'object' ? known.properties : []
  const fields = [...properties.map(({ name, node, required }) => toField(location, name, node, required)), ...othersOf(known, location)]
  // What is checked of the whole can fail with any of its parts.
  return model.kind === 'island' ? fields.map((field) => ({ ...field, canFail: true })) : fields
}

/** Names beside those that are listed. */
function othersOf(node: ObjectNode | RecordNode, location: InputLocation): readonly InputField[] {
  if (node.kind === 'record') return [toMany(location, node, takesAnyText(node.key, location, true) && takesAnyText(node.value, location))]
  const { additional } = node
  if (typeof additional === 'string') return []
  return [toMany(location, { kind: 'object', properties: [], additional }, takesAnyText(additional, location))]
}

function toMany(location: InputLocation, node: Node, takesAny: boolean): InputField {
  return { location, name: location, node, required: false, canFail: !takesAny, style: 'form' }
}

function toField(location: InputLocation, name: string, node: Node, required: boolean): InputField {
  const isInPath = location === 'path'
  return {
    location,
    name,
    node: withoutNull(node),
    required: required || isInPath,
    canFail: (required && !isInPath) || !takesAnyText(node, location),
    ...styleOf(location, node),
  }
}

function styleOf(location: InputLocation, node: Node): Pick<InputField, 'style'> {
  if (location === 'query' && isBracketed(node)) return { style: 'deepObject' }
  return (location === 'path' || location === 'header') && isList(node) ? { style: 'simple' } : {}
}

function isList(node: Node): boolean {
  const inner = unwrap(node)
  return inner.kind === 'array' || inner.kind === 'set' || (inner.kind === 'union' && inner.options.some(isList))
}

const NO_FIELDS: ObjectNode = { kind: 'object', properties: [], additional: 'drop' }

function toObject(node: Node): ObjectNode | RecordNode {
  if (node.kind === 'object' || node.kind === 'record') return node
  if (node.kind === 'reference') return toObject(node.target())
  return node.kind === 'island' && node.input !== undefined ? toObject(node.input) : NO_FIELDS
}

/** No text is null: what may be null may be left out, or is any other option. */
function withoutNull(node: Node): Node {
  if (node.kind === 'union') return { ...node, options: node.options.filter(({ kind }) => kind !== 'null') }
  if (node.kind !== 'nullable' && node.kind !== 'optional' && node.kind !== 'default') return node
  const inner = withoutNull(node.inner)
  if (node.kind === 'nullable') return { ...inner, ...(node.annotations === undefined ? {} : { annotations: node.annotations }) }
  return node.kind === 'default' && node.value() === null ? { ...node, kind: 'optional', inner, exact: false } : { ...node, inner }
}

/** No header field can hold U+0000 (RFC 9110 §5.5). */
function takesEveryCharacter(node: Node, location: InputLocation): boolean {
  return location === 'header' || takesNul(node)
}

/** A name may stand twice in the query only where it is a list. */
function takesAnyText(node: Node, location: InputLocation, isListed = location !== 'query'): boolean {
  if (node.kind === 'any' || node.kind === 'string') {
    return isListed && takesEveryCharacter(node, location) && (node.kind === 'any' || isAnyText(node))
  }
  if (node.kind === 'array' || node.kind === 'set') {
    return node.minItems === undefined && node.maxItems === undefined && takesAnyText(node.items, location, true)
  }
  // A codec may refuse the text, and so may another library.
  const inner = node.kind === 'codec' || node.kind === 'island' ? undefined : wrapped(node, 'request')
  return inner !== undefined && takesAnyText(inner, location, isListed)
}
