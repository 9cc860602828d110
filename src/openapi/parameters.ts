/** Creates the parameters of an operation from the inputs of its route, its dependencies and middleware. */
import type { AnyContract } from '../contract/contract.ts'
import { dependenciesInOrder } from '../contract/dependency.ts'
import type { Shape } from '../contract/inputs.ts'
import type { MiddlewareContract } from '../contract/middleware.ts'
import { isAnyText } from '../schema/intersection.ts'
import { mayBeAbsent, sideOf, type Direction } from '../schema/presence.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node, ObjectNode, RecordNode } from '../schema/node.ts'
import { takesNul } from '../schema/nul.ts'
import { readModel } from '../schema/read-model.ts'
import { isSchema } from '../schema/schema.ts'
import { isBracketed } from '../schema/text-objects.ts'
import { unwrap, wrapped } from '../schema/walk-node.ts'
import type { Components } from './components.ts'

/** OpenAPI's names of the locations. */
const LOCATIONS = { params: 'path', query: 'query', headers: 'header', cookies: 'cookie' } as const

type InputLocation = (typeof LOCATIONS)[keyof typeof LOCATIONS]

export interface InputField {
  readonly location: InputLocation
  readonly name: string
  /** The model without `null`, because no text represents null. */
  readonly node: Node
  readonly required: boolean
  /** Whether validation can fail: the parameter may be missing, or some text does not fit the model. */
  readonly canFail: boolean
  /** The serialization of a list or an object. `simple`: items separated by commas. `form`: each member is a parameter. `deepObject`: `name[member]`. */
  readonly style?: 'simple' | 'form' | 'deepObject'
}

type Shapes = Pick<AnyContract, keyof typeof LOCATIONS>

/**
 * The route's own parameters are first. A name that several declarations have is listed once for each. A path parameter has its name in the
 * document, and is text if it is not declared.
 */
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

/** Request headers that middleware reads. Middleware refuses them with its own responses, not with 422. */
export function toLayerFields(layers: readonly MiddlewareContract[]): readonly InputField[] {
  return layers.flatMap(({ requestHeaders = {} }) => fieldsOf(requestHeaders, 'header'))
}

/** The headers of a request that the API sends, as its receiver gets them: defaults are filled in. */
export function toWebhookFields(headers: Shape | undefined): readonly InputField[] {
  return headers === undefined ? [] : fieldsOf(headers, 'header', 'output')
}

/** Whether it describes parameters with any name. */
function isOfMany({ style }: InputField): boolean {
  return style === 'form'
}

/** Names a parameter that describes many. The name appears only in the document, and must be unique in its location. */
function freeName({ location }: InputField, others: readonly InputField[]): string {
  const taken = new Set(others.filter((field) => field.location === location && !isOfMany(field)).map(({ name }) => name))
  let name: string = location
  while (taken.has(name)) name += '_'
  return name
}

const TEXT: Node = { kind: 'string', patterns: [] }

function fieldsOf(shape: Shape, location: InputLocation, direction: Direction = 'input'): readonly InputField[] {
  if (!isSchema(shape)) {
    return Object.entries(shape).map(([name, schema]) => {
      const node = readModel(schema)
      return toField(location, name, node, !mayBeAbsent(node, direction))
    })
  }
  const model = readModel(shape)
  const known = toObject(model, direction)
  const properties = known.kind === 'object' ? known.properties : []
  const named = properties.map(({ name, node }) => toField(location, name, node, !mayBeAbsent(node, direction)))
  const fields = [...named, ...othersOf(known, location)]
  // A check of the whole object can fail because of any of its properties.
  return model.kind === 'island' ? fields.map((field) => ({ ...field, canFail: true })) : fields
}

/** The parameters whose names are not listed. */
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

function toObject(node: Node, direction: Direction): ObjectNode | RecordNode {
  if (node.kind === 'object' || node.kind === 'record') return node
  if (node.kind === 'reference') return toObject(node.target(), direction)
  const inner = node.kind === 'island' ? sideOf(node, direction) : undefined
  return inner === undefined ? NO_FIELDS : toObject(inner, direction)
}

/** Removes `null` from a model, because no text represents it. */
function withoutNull(node: Node): Node {
  if (node.kind === 'union') return { ...node, options: node.options.filter(({ kind }) => kind !== 'null') }
  if (node.kind !== 'nullable' && node.kind !== 'optional' && node.kind !== 'default') return node
  const inner = withoutNull(node.inner)
  if (node.kind === 'nullable') return { ...inner, ...(node.annotations === undefined ? {} : { annotations: node.annotations }) }
  return node.kind === 'default' && node.value() === null ? { ...node, kind: 'optional', inner, exact: false } : { ...node, inner }
}

/** A header value cannot contain U+0000 (RFC 9110 §5.5). */
function takesEveryCharacter(node: Node, location: InputLocation): boolean {
  return location === 'header' || takesNul(node)
}

/** Whether validation accepts every text. In the query, a name may be repeated only if its value is a list. */
function takesAnyText(node: Node, location: InputLocation, isListed = location !== 'query'): boolean {
  if (node.kind === 'any' || node.kind === 'string') {
    return isListed && takesEveryCharacter(node, location) && (node.kind === 'any' || isAnyText(node))
  }
  if (node.kind === 'array' || node.kind === 'set') {
    return node.minItems === undefined && node.maxItems === undefined && takesAnyText(node.items, location, true)
  }
  // A codec or another library may refuse the text.
  const inner = node.kind === 'codec' || node.kind === 'island' ? undefined : wrapped(node, 'request')
  return inner !== undefined && takesAnyText(inner, location, isListed)
}

export interface ParameterObject {
  readonly name: string
  readonly in: InputLocation
  readonly description?: string
  readonly required?: boolean
  readonly deprecated?: boolean
  readonly style?: 'simple' | 'form' | 'deepObject'
  readonly explode?: boolean
  readonly schema: JSONSchema
}

export function toParameters(
  fields: readonly InputField[],
  components: Components,
  direction: Direction = 'input',
): readonly ParameterObject[] {
  // OpenAPI can't describe headers or cookies with arbitrary names.
  const documented = fields.filter((field) => (!isOfMany(field) || field.location === 'query') && !isIgnored(field))
  return groupByName(documented).map((declared) => toParameter(declared, components, direction))
}

/** Tools ignore a header parameter with the name Accept, Content-Type or Authorization (OpenAPI 3.1 §4.8.12). */
function isIgnored({ location, name }: InputField): boolean {
  return location === 'header' && IGNORED_HEADERS.has(name.toLowerCase())
}

const IGNORED_HEADERS: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])

function groupByName(fields: readonly InputField[]): readonly (readonly InputField[])[] {
  const groups = new Map<string, InputField[]>()
  for (const field of fields) {
    // Header names are case-insensitive.
    const key = `${field.location} ${field.location === 'header' ? field.name.toLowerCase() : field.name}`
    groups.set(key, [...(groups.get(key) ?? []), field])
  }
  return [...groups.values()]
}

/** Every text of a parameter is a string, so beside an integer it says nothing, although no JSON value is both. */
function isAnyString(schema: JSONSchema): boolean {
  return schema.type === 'string' && Object.keys(schema).every((key) => key === 'type' || ANNOTATIONS.has(key))
}

const ANNOTATIONS: ReadonlySet<string> = new Set(['title', 'description', 'deprecated', 'examples', 'default'])

/** If a route and its dependencies declare a parameter differently, it must fit every declaration. */
function toParameter(declared: readonly InputField[], components: Components, direction: Direction): ParameterObject {
  const { name, location, style } = declared[0]!
  const schemas = declared.map(({ node }) => components.schema(node, direction))
  const telling = schemas.filter((schema) => !isAnyString(schema))
  const all = telling.length === 0 ? schemas : telling
  const different = [...new Map(all.map((schema) => [JSON.stringify(schema), schema])).values()]
  const { description, deprecated, ...schema } = different.length === 1 ? different[0]! : { allOf: different }
  const required = declared.some((field) => field.required) ? true : undefined
  const explode = style === 'form' || style === 'deepObject' ? true : undefined
  return present<ParameterObject>({ name, in: location, description, required, deprecated, style, explode, schema })
}
