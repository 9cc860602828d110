/** Texts of a request → typed values: parameters, headers, cookies and form fields are read by what is declared. */
import { compileCheck } from './check.ts'
import { DeclarationError } from './declaration-error.ts'
import type { InputResult } from './issue.ts'
import { findNul, mayHoldNul, NUL, nulIssue, takesNul } from './nul.ts'
import type { LiteralNode, Node, ObjectNode, UnionNode } from './node.ts'
import { isLeaf, unwrap } from './walk-node.ts'
import { isPart } from './wire-side.ts'
import { readModel } from './read-model.ts'
import { scalarReader, toIssue } from './scalar.ts'
import type { AnySchema } from './schema.ts'
import { Attempt, keyOf, NO_PATH, NO_PICKS, readWith, type Convert, type Path, type Texts } from './text-attempt.ts'
import { hasConstant, optionsOf, precedence } from './text-union.ts'

/** The texts of one location or form by name, as a `Map` has them. */
export interface TextMap {
  get(name: string): Texts | undefined
  keys(): Iterable<string>
}

/** How one text holds more than one value. */
export interface TextForms {
  /** Splits a text that holds a list. */
  readonly split?: ((text: string) => readonly string[]) | undefined
  /** Reads a text that holds JSON. Throws a `SyntaxError`. */
  readonly parseJSON?: ((text: string) => unknown) | undefined
  /** `name[member]` is a member of the object `name` (OpenAPI's style `deepObject`). */
  readonly brackets?: boolean
  /** U+0000 is taken. */
  readonly nul?: boolean | undefined
}

/** The texts of a field for files where none was chosen. */
export const NO_FILES: (string | object)[] = []

/** Reads the texts of one name. */
export interface TextReader {
  readonly read: (texts: Texts) => InputResult | Promise<InputResult>
}

/** Reads an object, or a record of any names. */
export type TextObjectReader = (texts: TextMap) => InputResult | Promise<InputResult>

/** Throws a `DeclarationError` for a model that no text can hold. */
export function compileTextReader(schema: AnySchema, forms: TextForms = {}): TextReader {
  const convert = compileConvert(readModel(schema), forms)
  const check = compileCheck(schema)
  return { read: (texts) => readWith((attempt) => convert(texts, NO_PATH, attempt), check) }
}

export function compileTextObjectReader(schema: AnySchema, forms: TextForms = {}): TextObjectReader {
  const node = readModel(schema)
  const convert = compileObject(toObject(node), withNul(node, forms))
  const check = compileCheck(schema, forms.parseJSON === undefined ? 'values' : 'parts')
  return (texts) => readWith((attempt) => convert(texts, NO_PATH, attempt), check)
}

/** Reads the members of an object from `name[member]`; `undefined` for a model that is no object. */
export function compileBracketReader(
  schema: AnySchema,
): ((texts: TextMap, name: string) => InputResult | Promise<InputResult>) | undefined {
  const node = readModel(schema)
  if (!isBracketed(node)) return undefined
  const convert = compileBrackets(node, {})
  const check = compileCheck(schema)
  return (texts, name) => readWith((attempt) => convert(texts, name, NO_PATH, attempt), check)
}

const NO_TEXTS: Texts = []

type ConvertObject = (texts: TextMap, path: Path, attempt: Attempt) => object

function compileObject({ properties, additional }: ObjectNode, forms: TextForms): ConvertObject {
  const fields = properties.map(({ name, node }) => ({ name, convert: compileField(node, forms) }))
  const listed = new Set(properties.map(({ name }) => name))
  const others = additional === 'drop' ? undefined : additional === 'refuse' ? takeText : compileConvert(additional, forms)
  return (texts, path, attempt) => {
    // A client may send any name, and a schema may ask for any: neither may find what every object inherits.
    const values = Object.create(null) as Record<string, unknown>
    for (const { name, convert } of fields) {
      const value = convert(texts, name, [...path, name], attempt)
      if (value !== undefined) values[name] = value
    }
    if (others !== undefined)
      for (const name of texts.keys()) {
        if (listed.has(name)) continue
        if (forms.nul !== true && name.includes(NUL)) attempt.issues.push(nulIssue(path))
        else values[name] = others(texts.get(name) ?? NO_TEXTS, [...path, name], attempt)
      }
    return values
  }
}

type ConvertField = (texts: TextMap, name: string, path: Path, attempt: Attempt) => unknown

function compileField(node: Node, forms: TextForms): ConvertField {
  if (forms.brackets === true && isBracketed(node)) return compileBrackets(node, forms)
  const convert = compileConvert(node, forms)
  return (texts, name, path, attempt) => convert(texts.get(name) ?? NO_TEXTS, path, attempt)
}

/** Is it an object whose members are parameters of their own in a query? */
export function isBracketed(node: Node): boolean {
  const { kind } = unwrap(node)
  return kind === 'object' || kind === 'record'
}

function compileBrackets(node: Node, { nul }: TextForms): ConvertField {
  const convert = compileObject(toObject(node), withNul(node, { nul }))
  return (texts, name, path, attempt) => {
    const names = [...texts.keys()].flatMap((key) =>
      key.startsWith(`${name}[`) && key.endsWith(']') ? [key.slice(name.length + 1, -1)] : [],
    )
    if (names.length === 0) return undefined
    return convert({ get: (member) => texts.get(`${name}[${member}]`), keys: () => names }, path, attempt)
  }
}

/** Throws a `DeclarationError` for a model that is no object and no record. */
export function toObject(node: Node): ObjectNode {
  if (node.kind === 'object') return node
  if (node.kind === 'record') return { kind: 'object', properties: [], additional: node.value }
  if (node.kind === 'optional' || node.kind === 'nullable' || node.kind === 'default') return toObject(node.inner)
  if (node.kind === 'reference') return toObject(node.target())
  if (node.kind === 'codec') return toObject(node.wire)
  if (node.kind === 'island' && node.input !== undefined) return toObject(node.input)
  throw new DeclarationError(
    'TEXT_INPUT',
    'an input',
    'one schema for all of a location must be one of an object or a record',
    'Declare a record of schemas',
  )
}

/** A model that takes U+0000 says so for everything inside. */
function withNul(node: Node, forms: TextForms): TextForms {
  return takesNul(node) || takesNul(unwrap(node)) ? { ...forms, nul: true } : forms
}

function compileConvert(node: Node, outer: TextForms): Convert {
  const forms = withNul(node, outer)
  if (forms.parseJSON !== undefined && isPart(node)) return compileJSON(node, forms.parseJSON)
  if (node.kind === 'literal') return compileLiteral(node)
  if (isLeaf(node)) return compileScalar(node, forms)
  switch (node.kind) {
    case 'optional':
    case 'nullable':
    case 'default':
      return compileConvert(node.inner, forms)
    case 'reference':
      return compileConvert(node.target(), forms)
    case 'codec':
      return compileConvert(node.wire, forms)
    case 'island':
      return node.input === undefined ? textReader(forms) : compileConvert(node.input, forms)
    case 'array':
    case 'set':
      return compileList(compileConvert(node.items, { ...forms, split: undefined }), node.kind, forms)
    case 'union':
      return compileUnion(node, forms)
    case 'object':
    case 'tuple':
    case 'record':
    case 'map':
    case 'intersection':
      throw new DeclarationError(
        'TEXT_INPUT',
        'a parameter or field',
        `text can not hold a value of kind ${node.kind}`,
        'Declare it as a JSON body, as a field of multipart(), or as an object in the query',
      )
    default:
      return node satisfies never
  }
}

/** Of two values for one name, neither can be trusted to be the one that was meant. */
function isRepeated(texts: Texts, path: Path, { issues }: Attempt): boolean {
  if (texts.length < 2) return false
  issues.push({ path, code: 'repeated', message: 'Input should be given once' })
  return true
}

/** The text unchanged, for what compares or reads it. */
const takeText: Convert = (texts, path, attempt) => (isRepeated(texts, path, attempt) ? undefined : texts[0])

const takeTextWithoutNul: Convert = (texts, path, attempt) => {
  const text = takeText(texts, path, attempt)
  if (typeof text !== 'string' || !text.includes(NUL)) return text
  attempt.issues.push(nulIssue(path))
  return undefined
}

function textReader({ nul }: TextForms): Convert {
  return nul === true ? takeText : takeTextWithoutNul
}

function compileScalar(node: Node, forms: TextForms): Convert {
  const reader = scalarReader(node)
  if (reader === undefined) return textReader(forms)
  return (texts, path, attempt) => {
    const text = takeText(texts, path, attempt)
    if (typeof text !== 'string') return text
    const value = reader.parse(text)
    if (value === undefined) attempt.issues.push(toIssue(reader, path))
    return value
  }
}

function compileList(convert: Convert, kind: 'array' | 'set', { split }: TextForms): Convert {
  return (texts, path, attempt) => {
    if (texts.length === 0) return texts === NO_FILES ? [] : undefined
    const each = split === undefined ? texts : texts.flatMap<string | object>((text) => (typeof text === 'string' ? split(text) : text))
    const items = each.map((text, index) => convert([text], [...path, index], attempt))
    return kind === 'set' ? new Set(items) : items
  }
}

/** Constants that are no text are written as JSON writes them. */
function compileLiteral({ values }: LiteralNode): Convert {
  const byText = new Map(values.map((value) => [String(value), value]))
  return (texts, path, attempt) => {
    const text = takeText(texts, path, attempt)
    return typeof text === 'string' && byText.has(text) ? byText.get(text) : text
  }
}

/** JSON in a part of a form. A list has one part for each item. */
function compileJSON(node: Node, parseJSON: (text: string) => unknown): Convert {
  const read: Convert = (texts, path, attempt) => {
    const text = takeText(texts, path, attempt)
    if (typeof text !== 'string') return text
    try {
      const value = parseJSON(text)
      const refused = mayHoldNul(text) ? findNul(node, value) : undefined
      if (refused?.issues === undefined) return value
      attempt.issues.push(...refused.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })))
    } catch {
      attempt.issues.push({ path, code: 'json_invalid', message: 'The field is not valid JSON' })
    }
    return undefined
  }
  const { kind } = unwrap(node)
  // Its schema makes the set: in JSON both are lists.
  return kind === 'array' || kind === 'set' ? compileList(read, 'array', {}) : read
}

/** Every way in which the text can be read, the surest first. */
function compileUnion({ options }: UnionNode, forms: TextForms): Convert {
  const known = optionsOf(options).map((node) => ({ node, convert: compileConvert(node, forms) }))
  return (texts, path, attempt) => {
    if (texts.length === 0) return undefined
    const readings = known.map(({ node, convert }) => {
      const own = new Attempt(NO_PICKS)
      const value = convert(texts, path, own)
      return { node, own, value, fits: own.issues.length === 0 && hasConstant(node, value), rank: precedence(node, texts[0], value) }
    })
    const fitting = readings.filter(({ fits }) => fits).toSorted((left, right) => left.rank - right.rank)
    if (fitting.length === 0) {
      const told = readings.findLast(({ own }) => own.issues.length > 0)
      attempt.issues.push(...(told?.own.issues ?? []))
      return told === undefined ? texts[0] : undefined
    }
    const key = keyOf(path)
    if (fitting.length > 1) attempt.choices.set(key, fitting.length)
    return fitting[Math.min(attempt.picks.get(key) ?? 0, fitting.length - 1)]!.value
  }
}
