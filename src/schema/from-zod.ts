/** Reads a zod schema into nodes, by the schema's definition and never by trying values. */
import type { $ZodRegistry, $ZodType, $ZodTypes } from 'zod/v4/core'
import { PartError, within } from './declaration-error.ts'
import type { Annotations, IslandNode, LiteralNode, Node, ObjectNode, Property } from './node.ts'
import { withChecks } from './zod-checks.ts'

type Definition = $ZodTypes['_zod']['def']
type DefinitionOf<Type extends Definition['type']> = Extract<Definition, { type: Type }>
type ReadKind<Type extends Definition['type']> = (definition: DefinitionOf<Type>, read: ReadZod, schema: $ZodType) => Node
type ReadZod = (schema: $ZodType) => Node

/** `read` reads the inner schemas. */
export function fromZod(schema: $ZodType, read: ReadZod): Node {
  const definition = (schema as $ZodTypes)._zod.def
  const readKind = KINDS[definition.type] as ReadKind<Definition['type']>
  const node = withChecks(readKind(definition, read, schema), schema, island)
  const annotations = annotationsOf(schema)
  return annotations === undefined ? node : { ...node, annotations }
}

const KINDS: { readonly [Type in Definition['type']]: ReadKind<Type> } = {
  any: () => ({ kind: 'any' }),
  unknown: () => ({ kind: 'any' }),
  never: () => ({ kind: 'never' }),
  null: () => ({ kind: 'null' }),
  undefined: () => ({ kind: 'undefined' }),
  void: () => ({ kind: 'undefined' }),
  boolean: coercible(() => ({ kind: 'boolean' })),
  number: coercible(() => ({ kind: 'number', integer: false })),
  bigint: coercible(() => ({ kind: 'bigint' })),
  string: coercible(() => ({ kind: 'string', patterns: [] })),
  date: coercible(() => ({ kind: 'date' })),
  file: () => ({ kind: 'file' }),
  literal: ({ values }) => (values.every((value) => value === undefined) ? { kind: 'undefined' } : { kind: 'literal', values }),
  enum: (_definition, _read, schema) => ({ kind: 'literal', values: [...(schema._zod.values ?? [])] as LiteralNode['values'] }),
  template_literal: (_definition, _read, schema) => ({ kind: 'string', patterns: [schema._zod.pattern!] }),
  object: readObject,
  array: ({ element }, read) => ({ kind: 'array', items: read(element) }),
  tuple: ({ items, rest }, read) => ({ kind: 'tuple', items: items.map(read), ...(rest === null ? {} : { rest: read(rest) }) }),
  record: readRecord,
  map: ({ keyType, valueType }, read) => ({ kind: 'map', key: read(keyType), value: read(valueType) }),
  set: ({ valueType }, read) => ({ kind: 'set', items: read(valueType) }),
  union: readUnion,
  intersection: readIntersection,
  optional: ({ innerType }, read, schema) => ({ kind: 'optional', inner: read(innerType), exact: isExact(schema) }),
  nullable: ({ innerType }, read) => ({ kind: 'nullable', inner: read(innerType) }),
  nonoptional: ({ innerType }, read) => withoutOptional(read(innerType)),
  readonly: ({ innerType }, read) => read(innerType),
  default: (definition, read) => ({ kind: 'default', inner: read(definition.innerType), value: () => definition.defaultValue }),
  prefault: (definition, read) => ({
    kind: 'default',
    inner: read(definition.innerType),
    value: () => definition.defaultValue,
    isInput: true,
  }),
  lazy: (_definition, read, schema) => ({ kind: 'reference', target: () => read((schema as $ZodType & Lazy)._zod.innerType) }),
  pipe: readPipe,
  custom: (_definition, _read, schema) => readCustom(schema),
  catch: ({ innerType }, read, schema) => island(schema, 'a catch replaces values', read(innerType), read(innerType)),
  transform: (_definition, _read, schema) => island(schema, 'a transform'),
  success: (_definition, _read, schema) => island(schema, 'success()', undefined, { kind: 'boolean' }),
  nan: refuse('NaN has no form in JSON', 'Use null for a missing number'),
  symbol: refuse('a symbol has no form in JSON', 'Use a string'),
  promise: refuse('a promise cannot be checked in one pass', 'Await it, and declare the schema of its value'),
  function: refuse('a function has no form in JSON', 'Leave it out'),
}

const refuseCollections = refuse('zod cannot merge two maps or two sets', 'Declare one model instead')

interface Lazy {
  readonly _zod: { readonly innerType: $ZodType }
}

/** A node that the schema library validates. The known parts of its input and output are kept. */
function island(schema: $ZodType, reason: string, input?: Node, output?: Node): IslandNode {
  return {
    kind: 'island',
    schema,
    reason,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
  }
}

/** `z.coerce` converts any value, so zod itself must do it. */
function coercible(make: () => Node) {
  return ({ coerce }: { readonly coerce?: boolean }, _read: ReadZod, schema: $ZodType): Node =>
    coerce === true ? island(schema, 'a coercion', undefined, withChecks(make(), schema, island)) : make()
}

function refuse(what: string, fix: string) {
  return (): never => {
    throw new PartError('SCHEMA_FORM', 'a model', what, fix)
  }
}

function readObject({ shape, catchall }: DefinitionOf<'object'>, read: ReadZod): ObjectNode {
  const properties: Property[] = Object.entries(shape).map(([name, schema]) => ({
    name,
    node: within(name, () => read(schema)),
    // A property may have a schema of another library, which has no `_zod`.
    required: (schema as Partial<$ZodType>)._zod?.optin === undefined,
  }))
  if (catchall === undefined) return { kind: 'object', properties, additional: 'drop' }
  const additional = read(catchall)
  return { kind: 'object', properties, additional: additional.kind === 'never' ? 'refuse' : additional }
}

/** A record whose keys are a few constants is an object with these properties. */
function readRecord({ keyType, valueType, ...definition }: DefinitionOf<'record'>, read: ReadZod): Node {
  const key = read(keyType)
  const value = read(valueType)
  if (key.kind !== 'literal') return { kind: 'record', key, value }
  const partial = 'partial' in definition && definition.partial
  const properties = key.values.map((name) => ({
    name: String(name),
    node: partial ? ({ kind: 'optional', inner: value, exact: false } as const) : value,
    required: !partial && valueType._zod.optin === undefined,
  }))
  return { kind: 'object', properties, additional: 'refuse' }
}

/** zod makes a new map or set for each side, and throws because it can't merge the two. */
function readIntersection(definition: DefinitionOf<'intersection'>, read: ReadZod): Node {
  const [left, right] = [read(definition.left), read(definition.right)]
  if (left.kind === right.kind && (left.kind === 'map' || left.kind === 'set')) refuseCollections()
  return { kind: 'intersection', left, right }
}

function readUnion(definition: DefinitionOf<'union'>, read: ReadZod, schema: $ZodType): Node {
  const options = definition.options.map(read)
  const { discriminator } = definition as { readonly discriminator?: string }
  const union: Node = { kind: 'union', options, ...(discriminator === undefined ? {} : { discriminator }) }
  // With a discriminator, a value fits at most one option.
  return definition.inclusive === false && discriminator === undefined ? island(schema, 'exactly one of several', union, union) : union
}

function isExact(schema: $ZodType): boolean {
  return (schema._zod as { readonly traits: ReadonlySet<string> }).traits.has('$ZodExactOptional')
}

function withoutOptional(node: Node): Node {
  return node.kind === 'optional' ? withoutOptional(node.inner) : node
}

/** A codec can encode, which responses need. A plain pipe or transform only works forward. */
function readPipe(definition: DefinitionOf<'pipe'>, read: ReadZod, schema: $ZodType): Node {
  const { in: from, out: to, reverseTransform } = definition as DefinitionOf<'pipe'> & { readonly reverseTransform?: ReverseTransform }
  if (reverseTransform !== undefined) {
    const encode = (value: unknown) => {
      const payload = { value, issues: [] }
      const wire = reverseTransform(value, payload)
      return payload.issues.length === 0 ? wire : undefined
    }
    return { kind: 'codec', wire: read(from), domain: read(to), schema, encode }
  }
  return island(
    schema,
    isTransform(from) ? 'a preprocessing step' : isTransform(to) ? 'a transform' : 'a pipe',
    isTransform(from) ? undefined : read(from),
    isTransform(to) ? undefined : read(to),
  )
}

function isTransform(side: $ZodType): boolean {
  return (side as $ZodTypes)._zod.def.type === 'transform'
}

type ReverseTransform = (value: unknown, payload: { value: unknown; issues: unknown[] }) => unknown

function readCustom(schema: $ZodType): Node {
  const Class = classOf(schema)
  if (Class === URL) return { kind: 'url' }
  if (typeof Class === 'function' && (Class === Uint8Array || Class.prototype instanceof Uint8Array)) return { kind: 'bytes' }
  if (Class === File || Class === Blob) return { kind: 'file' }
  return island(schema, 'a custom check')
}

/** The class of `z.instanceof(…)`. A schema with further checks is a copy, and only its parent has the class. */
function classOf({ _zod: { bag, parent } }: $ZodType): unknown {
  return bag['Class'] ?? (parent === undefined ? undefined : classOf(parent))
}

interface ZodGlobals {
  readonly __zod_globalRegistry: $ZodRegistry<Record<string, unknown>>
}

/** What `meta()` and `describe()` set. All copies of zod in a process share one registry. */
function metadataOf(schema: $ZodType): Readonly<Record<string, unknown>> | undefined {
  const { __zod_globalRegistry: registry } = globalThis as unknown as ZodGlobals // zod sets it, but does not export its type
  return registry.get(schema)
}

function annotationsOf(schema: $ZodType): Annotations | undefined {
  const own = metadataOf(schema)
  const { parent } = schema._zod
  // `User.describe('…')` has the id of `User`: only its description differs.
  const id = own?.['id'] ?? (parent !== undefined && parent._zod.def === schema._zod.def ? metadataOf(parent)?.['id'] : undefined)
  if (own === undefined && id === undefined) return undefined
  const {
    id: _id,
    title,
    description,
    deprecated,
    examples,
    nul,
    ...keywords
  } = (own ?? {}) as Annotations & Readonly<Record<string, unknown>>
  return {
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(examples === undefined ? {} : { examples }),
    ...(nul === true ? { nul } : {}),
    ...(Object.keys(keywords).length === 0 ? {} : { keywords }),
  }
}
