/** Reads JSON Schema 2020-12 into nodes, for models of other libraries than zod. */
import { DeclarationError } from './declaration-error.ts'
import type { Annotations, LiteralNode, Node, ObjectNode } from './node.ts'

/** A JSON Schema from a library. */
export type JSONSchemaForm = boolean | { readonly [keyword: string]: unknown }

interface Definitions {
  readonly root: JSONSchemaForm
  readonly known: Map<string, Node>
}

/** Throws a `DeclarationError` for a `$ref` without a target. The library validates, so other keywords are only documented. */
export function fromJSONSchema(root: JSONSchemaForm): Node {
  return read(root, { root, known: new Map() })
}

function read(form: JSONSchemaForm, definitions: Definitions): Node {
  if (typeof form === 'boolean') return { kind: form ? 'any' : 'never' }
  const node = typeof form['$ref'] === 'string' ? refer(form['$ref'], definitions) : readForm(form, definitions)
  const annotations = annotationsOf(form)
  return annotations === undefined ? node : { ...node, annotations }
}

function refer(pointer: string, definitions: Definitions): Node {
  if (!definitions.known.has(pointer)) {
    definitions.known.set(pointer, { kind: 'never' })
    definitions.known.set(pointer, read(find(pointer, definitions.root), definitions))
  }
  return { kind: 'reference', target: () => definitions.known.get(pointer)! }
}

function find(pointer: string, root: JSONSchemaForm): JSONSchemaForm {
  let at: unknown = root
  for (const step of pointer.replace(/^#\/?/, '').split('/')) {
    if (step === '') continue
    at = (at as Record<string, unknown> | undefined)?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (at === undefined)
    throw new DeclarationError(
      'SCHEMA_FORM',
      pointer,
      'expected a $ref to a schema of the document, got one without a target',
      'Correct the JSON Schema',
    )
  return at as JSONSchemaForm
}

function readForm(form: Readonly<Record<string, unknown>>, definitions: Definitions): Node {
  if ('const' in form) return { kind: 'literal', values: [form['const']] as LiteralNode['values'] }
  if (Array.isArray(form['enum'])) {
    return form['enum'].length === 0 ? { kind: 'never' } : { kind: 'literal', values: form['enum'] as LiteralNode['values'] }
  }
  const each = (forms: unknown) => (Array.isArray(forms) ? (forms as JSONSchemaForm[]).map((option) => read(option, definitions)) : [])
  const choices = [form['anyOf'], form['oneOf']].map(each).filter((options) => options.length > 0)
  const parts: readonly Node[] = [
    readTypes(form, definitions),
    ...each(form['allOf']),
    ...choices.map((options) => ({ kind: 'union', options }) as const),
  ].filter(({ kind }) => kind !== 'any')
  return parts.length === 0 ? { kind: 'any' } : parts.reduce((left, right) => ({ kind: 'intersection', left, right }))
}

function readTypes(form: Readonly<Record<string, unknown>>, definitions: Definitions): Node {
  const { type } = form
  if (Array.isArray(type)) return { kind: 'union', options: type.map((one) => readType(one as string, form, definitions)) }
  return readType(typeof type === 'string' ? type : 'properties' in form ? 'object' : '', form, definitions)
}

function readType(type: string, form: Readonly<Record<string, unknown>>, definitions: Definitions): Node {
  switch (type) {
    case 'null':
    case 'boolean':
      return { kind: type }
    case 'integer':
    case 'number':
      return { kind: 'number', integer: type === 'integer', ...pick(form, NUMBER_KEYWORDS) }
    case 'string':
      return { kind: 'string', patterns: [], ...pick(form, STRING_KEYWORDS) }
    case 'array':
      return readArray(form, definitions)
    case 'object':
      return readObject(form, definitions)
    default:
      return { kind: 'any' }
  }
}

const NUMBER_KEYWORDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'format']
const STRING_KEYWORDS = ['minLength', 'maxLength', 'format']

function pick(form: Readonly<Record<string, unknown>>, keywords: readonly string[]): object {
  return Object.fromEntries(keywords.filter((keyword) => keyword in form).map((keyword) => [keyword, form[keyword]]))
}

function readArray(form: Readonly<Record<string, unknown>>, definitions: Definitions): Node {
  const { prefixItems, items } = form
  if (!Array.isArray(prefixItems)) {
    const each: Node = items === undefined ? { kind: 'any' } : read(items as JSONSchemaForm, definitions)
    return { kind: 'array', items: each, ...pick(form, ['minItems', 'maxItems']) }
  }
  const rest = items === undefined || items === false ? {} : { rest: read(items as JSONSchemaForm, definitions) }
  return { kind: 'tuple', items: prefixItems.map((item) => read(item as JSONSchemaForm, definitions)), ...rest }
}

function readObject(form: Readonly<Record<string, unknown>>, definitions: Definitions): Node {
  const required = new Set(Array.isArray(form['required']) ? form['required'] : [])
  const shape = (form['properties'] ?? {}) as Readonly<Record<string, JSONSchemaForm>>
  if (!('properties' in form) && 'patternProperties' in form) return readPatterns(form['patternProperties'] as Forms, definitions)
  const additional = form['additionalProperties'] as JSONSchemaForm | undefined
  if (!('properties' in form) && typeof additional === 'object') {
    return { kind: 'record', key: { kind: 'string', patterns: [] }, value: read(additional, definitions) }
  }
  const properties: ObjectNode['properties'] = Object.entries(shape).map(([name, property]) => {
    const node = read(property, definitions)
    return { name, node: required.has(name) ? node : { kind: 'optional', inner: node, exact: false }, required: required.has(name) }
  })
  // Some libraries write `additionalProperties: true`, because they keep undeclared properties. Riposte drops these.
  return { kind: 'object', properties, additional: typeof additional === 'object' ? read(additional, definitions) : 'drop' }
}

type Forms = Readonly<Record<string, JSONSchemaForm>>

/** TypeBox describes a record with any keys by the pattern `^.*$`. */
function readPatterns(forms: Forms, definitions: Definitions): Node {
  const keys = Object.keys(forms).map((pattern): Node => ({
    kind: 'string',
    patterns: ANY_KEY.test(pattern) ? [] : [new RegExp(pattern, 'u')],
  }))
  return { kind: 'record', key: toUnion(keys), value: toUnion(Object.values(forms).map((form) => read(form, definitions))) }
}

const ANY_KEY = /^\^\(?\.\*\)?\$$/

function toUnion(options: readonly Node[]): Node {
  return options.length === 1 ? options[0]! : { kind: 'union', options }
}

/** Keywords that nodes do not have. Not `default`, because a library may take it from a clock. */
const DOCUMENTED = (
  'pattern contentEncoding contentMediaType readOnly writeOnly not if then else uniqueItems contains minContains maxContains ' +
  'minProperties maxProperties propertyNames dependentRequired dependentSchemas unevaluatedProperties'
).split(' ')

function annotationsOf(form: Readonly<Record<string, unknown>>): Annotations | undefined {
  const keywords = {
    ...pick(form, DOCUMENTED),
    ...(form['additionalProperties'] === false && !('patternProperties' in form) ? { additionalProperties: false } : {}),
  }
  // A `$ref` points into the schema of the library, which is not in the document.
  const copied = Object.entries(keywords).filter(([, value]) => !JSON.stringify(value).includes('"$ref"'))
  const found: Annotations = {
    ...pick(form, ['title', 'description', 'examples', 'deprecated']),
    ...(copied.length === 0 ? {} : { keywords: Object.fromEntries(copied) }),
  }
  return Object.keys(found).length === 0 ? undefined : found
}
