/** Converts texts of a request to their declared types: parameters, headers, cookies and form fields. */
import { compileCheck, type Check } from './check.ts'
import { PartError } from './declaration-error.ts'
import { type InputResult, type InputIssue, refusalsOf } from './issue.ts'
import { findNul, mayHoldNul, NUL, NUL_CODE, nulIssue, takesNul } from './nul.ts'
import type { LiteralNode, Node, UnionNode } from './node.ts'
import { mayFit, takesAnything } from './option-fit.ts'
import { isLeaf, unwrap, isPart } from './walk-node.ts'
import { readModel } from './read-model.ts'
import { scalarReader, toIssue } from './scalar.ts'
import type { AnySchema } from './schema.ts'
import { hasConstant, optionsOf, precedence } from './rank-options.ts'

/** How one text can contain several values, and what it may contain. */
export interface TextForms {
  /** Splits a text that contains a list. */
  readonly split?: ((text: string) => readonly string[]) | undefined
  /** Parses a text that contains JSON. Throws a `SyntaxError`. */
  readonly parseJSON?: ((text: string) => unknown) | undefined
  /** `name[member]` is a member of the object `name` (OpenAPI's style `deepObject`). */
  readonly brackets?: boolean
  /** Whether U+0000 is allowed. */
  readonly nul?: boolean | undefined
  /** The models that contain this one. */
  readonly outer?: ReadonlySet<Node> | undefined
}

/** The value of a file field if the user has chosen no file. */
export const NO_FILES: (string | object)[] = []

/** Reads the texts of one name. */
export interface TextReader {
  readonly read: (texts: Texts) => InputResult | Promise<InputResult>
}

/** Throws a `DeclarationError` for a model that text cannot represent. */
export function compileTextReader(schema: AnySchema, forms: TextForms = {}): TextReader {
  const convert = compileConvert(readModel(schema), forms)
  const check = compileCheck(schema)
  return { read: (texts) => readWith((attempt) => convert(texts, NO_PATH, attempt), check) }
}

/** The options for everything inside a model that allows U+0000. */
export function withNul(node: Node, forms: TextForms): TextForms {
  return takesNul(node) || takesNul(unwrap(node)) ? { ...forms, nul: true } : forms
}

/** The options for everything inside a model. Throws a `DeclarationError` if the model contains itself. */
export function enter(node: Node, forms: TextForms): TextForms {
  if (forms.outer?.has(node) === true) refuse('a value that contains itself')
  return { ...forms, outer: new Set(forms.outer).add(node) }
}

function refuse(what: string): never {
  throw new PartError(
    'TEXT_INPUT',
    'a parameter or field',
    `text cannot hold ${what}`,
    'Declare it as a JSON body, as a field of multipart(), or as an object in the query',
  )
}

export function compileConvert(node: Node, outer: TextForms): Convert {
  const forms = withNul(node, outer)
  if (forms.parseJSON !== undefined && isPart(node)) return compileJSON(node, forms)
  if (node.kind === 'literal') return compileLiteral(node)
  if (isLeaf(node)) return compileScalar(node, forms)
  switch (node.kind) {
    case 'optional':
    case 'nullable':
    case 'default':
      return compileConvert(node.inner, forms)
    case 'reference':
      return compileConvert(node.target(), enter(node.target(), forms))
    case 'codec':
      return compileConvert(node.wire, forms)
    case 'island':
      if (node.input === undefined) return textReader(forms)
      return takesAnything(node) ? compileCaught(node.input, forms) : compileConvert(node.input, forms)
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
      return refuse(`a value of kind ${node.kind}`)
    default:
      return node satisfies never
  }
}

/** Adds an issue if a name has several values, because it is unclear which one the client meant. */
function isRepeated(texts: Texts, path: Path, { issues }: Attempt): boolean {
  if (texts.length < 2) return false
  issues.push({ path, code: 'repeated', message: 'Input should be given once' })
  return true
}

/** Returns the text unchanged. */
export const takeText: Convert = (texts, path, attempt) => (isRepeated(texts, path, attempt) ? undefined : texts[0])

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
    if (texts.length === 0 && texts !== NO_FILES) return undefined
    const each = split === undefined ? texts : texts.flatMap<string | object>((text) => (typeof text === 'string' ? split(text) : text))
    const items = each.map((text, index) => convert([text], [...path, index], attempt))
    return kind === 'set' ? new Set(items) : items
  }
}

/** `catch()` replaces a text that cannot be read: its model refuses the list of texts. */
function compileCaught(input: Node, forms: TextForms): Convert {
  const convert = compileConvert(input, forms)
  return (texts, path, attempt) => {
    const before = attempt.issues.length
    const value = convert(texts, path, attempt)
    if (attempt.issues.slice(before).every(({ code }) => code === NUL_CODE)) return value
    attempt.issues.length = before
    return texts
  }
}

/** Reads constants. Those that are not strings are compared with their form in JSON. */
function compileLiteral({ values }: LiteralNode): Convert {
  const byText = new Map(values.map((value) => [String(value), value]))
  return (texts, path, attempt) => {
    const text = takeText(texts, path, attempt)
    return typeof text === 'string' && byText.has(text) ? byText.get(text) : text
  }
}

/** Parses JSON in the parts of a form. A list has one part for each item. */
function compileJSON(node: Node, forms: TextForms): Convert {
  const inner = unwrap(node)
  if (inner.kind !== 'array' && inner.kind !== 'set') return compilePart(node, forms)
  // A set is a list in JSON. Its schema creates the set.
  return compileList(compilePart(inner.items, withNul(inner.items, forms)), 'array', {})
}

/** If an option of a union is text, a part that is not JSON of the union is that text. */
function compilePart(node: Node, { parseJSON = JSON.parse, nul }: TextForms): Convert {
  const isUnion = unwrap(node).kind === 'union'
  const parse = (text: string): unknown => {
    const mayBeText = isUnion && mayFit(node, text)
    try {
      const value = parseJSON(text)
      return mayBeText && !mayFit(node, value) ? text : value
    } catch (error) {
      if (mayBeText) return text
      throw error
    }
  }
  return (texts, path, attempt) => {
    const text = takeText(texts, path, attempt)
    if (typeof text !== 'string') return text
    try {
      const value = parse(text)
      const refused = nul !== true && (value === text || mayHoldNul(text)) ? findNul(node, value) : undefined
      if (refused?.issues === undefined) return value
      attempt.issues.push(...refused.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })))
    } catch {
      attempt.issues.push({ path, code: 'json_invalid', message: 'The field is not valid JSON' })
    }
    return undefined
  }
}

/** Tries every possible reading of the text, the most certain one first. */
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

/** The texts of one name: several if it was repeated. A file of a form is validated by the schema. */
export type Texts = readonly (string | object)[]

export type Path = InputIssue['path']

/** One attempt to read all texts. `picks`: the reading to try for each ambiguous text. */
export class Attempt {
  readonly issues: InputIssue[] = []
  readonly picks: ReadonlyMap<string, number>
  /** The number of readings of each ambiguous text. */
  readonly choices = new Map<string, number>()

  constructor(picks: ReadonlyMap<string, number>) {
    this.picks = picks
  }
}

/** Returns the value for the schema to validate. Adds an issue for a text that cannot be read. */
export type Convert = (texts: Texts, path: Path, attempt: Attempt) => unknown

export const NO_PATH: Path = []
const NO_PICKS: ReadonlyMap<string, number> = new Map()

/** Reads and validates. If the check refuses one reading of a text, the next one is tried. */
export function readWith(convert: (attempt: Attempt) => unknown, check: Check, picks = NO_PICKS): InputResult | Promise<InputResult> {
  const attempt = new Attempt(picks)
  const value = convert(attempt)
  const judge = (result: InputResult): InputResult | Promise<InputResult> => {
    if (result.issues === undefined) return attempt.issues.length === 0 ? result : { issues: attempt.issues }
    const next = nextPicks(attempt, result.issues)
    return next === undefined ? withUnreadable(attempt.issues, result) : readWith(convert, check, next)
  }
  // If the whole value cannot be read, the schema is not run.
  const ofWhole = attempt.issues.filter(({ path }) => path.length === 0)
  if (ofWhole.length > 0) return { issues: ofWhole }
  const result = check(value)
  return result instanceof Promise ? result.then(judge) : judge(result)
}

function nextPicks({ choices, picks }: Attempt, issues: readonly InputIssue[]): ReadonlyMap<string, number> | undefined {
  if (choices.size === 0) return undefined
  const next = new Map(picks)
  for (const key of new Set(issues.flatMap(({ path }) => prefixesOf(path)))) {
    const pick = picks.get(key) ?? 0
    if (pick + 1 < (choices.get(key) ?? 0)) next.set(key, pick + 1)
  }
  return [...next].some(([key, pick]) => picks.get(key) !== pick) ? next : undefined
}

/** Merges the issues of texts that could not be read with the schema's issues at other paths. */
function withUnreadable(unreadable: readonly InputIssue[], result: InputResult): InputResult {
  if (unreadable.length === 0) return result
  const places = new Set(unreadable.map(({ path }) => keyOf(path)))
  // The schema reports a value with an unreadable part as missing: that issue is dropped.
  const wholes = new Set(unreadable.flatMap(({ path }) => prefixesOf(path).slice(1)))
  // A path into the JSON of a part may be as long as the part: only its first steps are compared.
  const deepest = Math.max(...unreadable.map(({ path }) => path.length))
  const issues = result.issues ?? []
  const found = issues.filter(({ path }) => {
    const start = path.slice(0, deepest)
    return !(path.length === start.length && wholes.has(keyOf(start))) && !prefixesOf(start).some((key) => places.has(key))
  })
  const isRefused = refusalsOf(issues, deepest)
  const named = unreadable.filter(({ path }) => !isRefused(path))
  return { ...result, issues: [...named, ...found], value: undefined }
}

const keyOf = (path: Path) => JSON.stringify(path)

function prefixesOf(path: Path): readonly string[] {
  return Array.from({ length: path.length + 1 }, (_, length) => keyOf(path.slice(0, length)))
}
