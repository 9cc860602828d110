/** Texts of a request → typed values: parameters, header fields, cookies and form fields are read by what is declared. */
import { compileCheck } from './check.ts'
import { DeclarationError } from './declaration-error.ts'
import type { InputIssue, InputResult } from './issue.ts'
import type { LiteralNode, Node, ObjectNode, UnionNode } from './node.ts'
import { readModel } from './read-model.ts'
import { scalarReader, toIssue } from './scalar.ts'
import type { AnySchema } from './schema.ts'

/** The texts of one name: none, one, or several where it was repeated. A file of a form is left to the schema. */
type Texts = readonly (string | object)[]

/** Gives what the schema shall check; what can't be read is added to `issues`. */
type Convert = (texts: Texts, path: InputIssue['path'], issues: InputIssue[]) => unknown

export interface TextReader {
  readonly read: (texts: Texts) => InputResult | Promise<InputResult>
}

/** The texts of one location or form by name, as a `Map` has them. */
export interface TextMap {
  get(name: string): Texts | undefined
  keys(): Iterable<string>
}

/** Reads an object, or a record of whatever names come. */
export type TextObjectReader = (texts: TextMap) => InputResult | Promise<InputResult>

const NO_PATH: InputIssue['path'] = []

/** A text that stands for several → those. */
export type Split = (text: string) => readonly string[]

/** With `split` one text may hold a list. Throws a `DeclarationError` for a model that no text can hold. */
export function compileTextReader(schema: AnySchema, split?: Split): TextReader {
  const convert = compileConvert(readModel(schema), split)
  const check = compileCheck(schema)
  return {
    read(texts) {
      const issues: InputIssue[] = []
      const value = convert(texts, NO_PATH, issues)
      return issues.length > 0 ? { issues } : check(value, issues)
    },
  }
}

export function compileTextObjectReader(schema: AnySchema, split?: Split): TextObjectReader {
  const node = toObject(readModel(schema))
  const check = compileCheck(schema)
  const fields = node.properties.map(({ name, node: property }) => ({ name, path: [name], convert: compileConvert(property, split) }))
  const convertRest = compileRest(node, split)
  return (texts) => {
    const issues: InputIssue[] = []
    const values: Record<string, unknown> = {}
    for (const { name, path, convert } of fields) {
      const value = convert(texts.get(name) ?? NO_TEXTS, path, issues)
      if (value !== undefined) values[name] = value
    }
    convertRest?.(texts, values, issues)
    return check(values, issues)
  }
}

const NO_TEXTS: Texts = []

type ConvertRest = (texts: TextMap, values: Record<string, unknown>, issues: InputIssue[]) => void

/** Names that the model does not list; `undefined` where it drops them. */
function compileRest({ properties, additional }: ObjectNode, split?: Split): ConvertRest | undefined {
  if (additional === 'drop') return undefined
  const listed = new Set(properties.map(({ name }) => name))
  const convert = additional === 'refuse' ? convertText : compileConvert(additional, split)
  return (texts, values, issues) => {
    for (const name of texts.keys()) {
      if (listed.has(name)) continue
      const value = convert(texts.get(name) ?? NO_TEXTS, [name], issues)
      // Not an assignment: a client may send the name `__proto__`.
      Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true })
    }
  }
}

function toObject(node: Node): ObjectNode {
  if (node.kind === 'object') return node
  if (node.kind === 'record') return { kind: 'object', properties: [], additional: node.value }
  if (node.kind === 'reference') return toObject(node.target())
  if (node.kind === 'island' && node.input !== undefined) return toObject(node.input)
  throw new DeclarationError(
    'TEXT_INPUT',
    'an input',
    'one schema for all of a location must be one of an object or a record',
    'Declare a record of schemas',
  )
}

function compileConvert(node: Node, split?: Split): Convert {
  switch (node.kind) {
    case 'optional':
    case 'nullable':
    case 'default':
      return compileConvert(node.inner, split)
    case 'reference':
      return compileConvert(node.target(), split)
    case 'codec':
      return compileConvert(node.wire, split)
    case 'island':
      return node.input === undefined ? convertText : compileConvert(node.input, split)
    case 'array':
    case 'set':
      return compileList(compileConvert(node.items), node.kind, split)
    case 'literal':
      return compileLiteral(node)
    case 'union':
      return compileUnion(node, split)
    case 'object':
    case 'tuple':
    case 'record':
    case 'map':
    case 'intersection':
      throw new DeclarationError(
        'TEXT_INPUT',
        'a parameter or field',
        `text can not hold a value of kind ${node.kind}`,
        'Put it into the body',
      )
    default:
      return compileScalar(node)
  }
}

/** Once is enough: of two values for one name, neither can be trusted to be the one that was meant. */
function isRepeated(texts: Texts, path: InputIssue['path'], issues: InputIssue[]): boolean {
  if (texts.length < 2) return false
  issues.push({ path, code: 'repeated', message: 'Input should be given once' })
  return true
}

function convertText(texts: Texts, path: InputIssue['path'], issues: InputIssue[]): string | object | undefined {
  return isRepeated(texts, path, issues) ? undefined : texts[0]
}

function compileScalar(node: Node): Convert {
  const reader = scalarReader(node)
  if (reader === undefined) return convertText
  return (texts, path, issues) => {
    const text = convertText(texts, path, issues)
    if (typeof text !== 'string') return text
    const value = reader.parse(text)
    if (value === undefined) issues.push(toIssue(reader, path))
    return value
  }
}

function compileList(convert: Convert, kind: 'array' | 'set', split?: Split): Convert {
  return (texts, path, issues) => {
    if (texts.length === 0) return undefined
    const each = split === undefined ? texts : texts.flatMap<string | object>((text) => (typeof text === 'string' ? split(text) : text))
    const items = each.map((text, index) => convert([text], [...path, index], issues))
    return kind === 'set' ? new Set(items) : items
  }
}

/** Constants that are no text are written as JSON writes them. */
function compileLiteral({ values }: LiteralNode): Convert {
  const byText = new Map(values.map((value) => [String(value), value]))
  return (texts, path, issues) => {
    const text = convertText(texts, path, issues)
    return typeof text === 'string' && byText.has(text) ? byText.get(text) : text
  }
}

/** The first option that the text can be read as: of `number | string`, digits are a number. */
function compileUnion({ options }: UnionNode, split?: Split): Convert {
  const scalars = options.filter(({ kind }) => kind !== 'null' && kind !== 'undefined')
  // Any text is a string: what else it could be comes first.
  const ordered = [...scalars.filter(({ kind }) => kind !== 'string'), ...scalars.filter(({ kind }) => kind === 'string')].map((option) =>
    compileConvert(option, split),
  )
  return (texts, path, issues) => {
    const tries = ordered.map((convert) => {
      const own: InputIssue[] = []
      return { value: convert(texts, path, own), own }
    })
    const fitting = tries.find(({ own }) => own.length === 0) ?? tries.at(-1)
    issues.push(...(fitting?.own ?? []))
    return fitting?.value
  }
}
