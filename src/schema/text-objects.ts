/** Reads texts by their names into an object or a record: a location of a request, a form, the parts of a multipart body, or `name[member]` in a query. */
import { compileCheck } from './check.ts'
import { PartError, within } from './declaration-error.ts'
import type { InputResult } from './issue.ts'
import { parseJSONText, parseExactJSON } from './json-text.ts'
import type { Node, ObjectNode } from './node.ts'
import { NUL, nulIssue } from './nul.ts'
import { readModel } from './read-model.ts'
import type { AnySchema } from './schema.ts'
import { compileConvert, enter, takeText, withNul, type TextForms, NO_PATH, readWith, type Attempt, type Path, type Texts } from './text.ts'
import { unwrap, everyNode, isPart } from './walk-node.ts'

/** The texts of one location or form by name, with the methods of a `Map`. */
export interface TextMap {
  get(name: string): Texts | undefined
  keys(): Iterable<string>
}

/** Reads an object, or a record of any names. */
export type TextObjectReader = (texts: TextMap) => InputResult | Promise<InputResult>

export function compileTextObjectReader(schema: AnySchema, forms: TextForms = {}): TextObjectReader {
  const node = readModel(schema)
  const convert = compileObject(toObject(node), withNul(node, forms))
  const check = compileCheck(schema, forms.parseJSON === undefined ? 'values' : 'parts')
  return (texts) => readWith((attempt) => convert(texts, NO_PATH, attempt), check)
}

/** Reads the members of an object from `name[member]`; `undefined` for a model that is not an object. */
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
  const fields = properties.map(({ name, node }) => ({ name, convert: within(name, () => compileField(node, forms)) }))
  const listed = new Set(properties.map(({ name }) => name))
  const bracketed = new Set(properties.filter(({ node }) => forms.brackets === true && isBracketed(node)).map(({ name }) => name))
  const isMember = (name: string) => {
    const [start = ''] = name.split('[', 1)
    return bracketed.has(start) && BRACKETS.test(name.slice(start.length))
  }
  const others = additional === 'drop' ? undefined : additional === 'refuse' ? takeText : compileConvert(additional, forms)
  return (texts, path, attempt) => {
    // Without a prototype, because any name may occur, and none must find an inherited member.
    const values = Object.create(null) as Record<string, unknown>
    for (const { name, convert } of fields) {
      const value = convert(texts, name, [...path, name], attempt)
      if (value !== undefined) values[name] = value
    }
    if (others !== undefined)
      for (const name of texts.keys()) {
        if (listed.has(name) || isMember(name)) continue
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

/** Whether it is an object whose members are separate parameters in a query. */
export function isBracketed(node: Node): boolean {
  const { kind } = unwrap(node)
  return kind === 'object' || kind === 'record'
}

/** What follows the name of an object: `[member]`, or `[member][inner]` if the member is an object. */
const BRACKETS = /^(?:\[[^[\]]*\])+$/

/** Reads a nested object, which has its own brackets: `name[member][inner]` becomes `member[inner]`. */
function compileBrackets(node: Node, { nul, outer }: TextForms): ConvertField {
  const object = toObject(node)
  const convert = compileObject(object, withNul(node, enter(object, { nul, outer, brackets: true })))
  const isStrict = object.additional === 'refuse'
  const members = object.properties.map(({ name }) => `[${name}]`)
  const message = `Input should have its members in brackets${members.length === 0 ? '' : `: ${members.join(', ')}`}`
  return (texts, name, path, attempt) => {
    // A parameter `name` without brackets is refused: ignoring a filter would return too much.
    let isWrong = (texts.get(name)?.length ?? 0) > 0
    const keys = new Map<string, string>()
    for (const key of texts.keys()) {
      if (!key.startsWith(`${name}[`)) continue
      if (BRACKETS.test(key.slice(name.length))) keys.set(memberOf(key, name), key)
      // A parameter with broken brackets, such as `name[member`, is unknown: only a strict model refuses it.
      else if (isStrict) isWrong = true
    }
    if (isWrong) attempt.issues.push({ path, code: 'object_type', message })
    if (keys.size === 0) return undefined
    const get = (member: string) => {
      const key = keys.get(member)
      return key === undefined ? undefined : texts.get(key)
    }
    return convert({ get, keys: () => keys.keys() }, path, attempt)
  }
}

function memberOf(key: string, name: string): string {
  const start = name.length + 1
  const end = key.indexOf(']', start)
  return key.slice(start, end) + key.slice(end + 1)
}

/** Throws a `DeclarationError` for a model that is neither an object nor a record. */
function toObject(node: Node): ObjectNode {
  if (node.kind === 'object') return node
  if (node.kind === 'record') return { kind: 'object', properties: [], additional: node.value }
  if (node.kind === 'optional' || node.kind === 'nullable' || node.kind === 'default') return toObject(node.inner)
  if (node.kind === 'reference') return toObject(node.target())
  if (node.kind === 'codec') return toObject(node.wire)
  if (node.kind === 'island' && node.input !== undefined) return toObject(node.input)
  throw new PartError(
    'TEXT_INPUT',
    'an input',
    'expected an object or a record as the one schema of all inputs of a location, got another schema',
    'Declare a record of schemas',
  )
}

export interface PartsReader {
  readonly read: TextObjectReader
  /** The fields that contain JSON. */
  readonly jsonNames: ReadonlySet<string>
}

/** Converts the parts of a form to typed values: fields are text, structures are JSON (OpenAPI 3.1 §4.8.15.1). */
export function compilePartsReader(schema: AnySchema): PartsReader {
  const node = readModel(schema)
  const isExact = [...everyNode(node, 'in')].some(({ kind }) => kind === 'bigint')
  const parseJSON = (text: string) => {
    const { value, fault } = parseJSONText(text, isExact ? parseExactJSON : JSON.parse)
    if (fault !== undefined) throw new SyntaxError(fault)
    return value
  }
  const parts = toObject(node).properties.filter((property) => isPart(property.node))
  return { read: compileTextObjectReader(schema, { parseJSON }), jsonNames: new Set(parts.map(({ name }) => name)) }
}
