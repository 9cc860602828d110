/** Refuses inputs with U+0000 in text, which text columns of PostgreSQL, file names and C strings cannot contain. */
import { isAnyText } from './intersection.ts'
import { toIssues, type InputIssue, type InputResult } from './issue.ts'
import type { Node } from './node.ts'
import { isObject } from './object-value.ts'
import { mayFit } from './option-fit.ts'
import { memberNodes, wrapped } from './walk-node.ts'

export const NUL = '\0'

/** Whether a model allows it: `z.string().meta({ nul: true })`. On an object, a list or a record, it applies to everything inside. */
export function takesNul({ annotations }: Node): boolean {
  return annotations?.nul === true
}

type Path = InputIssue['path']

export const NUL_CODE = 'nul_character'

export function nulIssue(path: Path): InputIssue {
  return { path, code: NUL_CODE, message: 'Text must not contain the character U+0000' }
}

/** JSON allows the character only as this escape (RFC 8259 §7). Also true for an escaped backslash before `u0000`, which is another text. */
export function mayHoldNul(json: string): boolean {
  return json.includes('\\u0000')
}

/** An issue for each string and key that contains the character and that the model reads; `undefined` if there is no such string or key. */
export function findNul(model: Node, json: unknown): InputResult | undefined {
  if (!holdsNul(json)) return undefined
  const places: Path[] = []
  visit([model], json, [], places)
  return places.length === 0 ? undefined : toIssues(places, nulIssue)
}

export function holdsNul(json: unknown): boolean {
  if (typeof json === 'string') return json.includes(NUL)
  if (Array.isArray(json)) return json.some(holdsNul)
  return isObject(json) && !ArrayBuffer.isView(json) && Object.entries(json).some(([key, value]) => key.includes(NUL) || holdsNul(value))
}

/** `models`: all that the value may fit. Names that each of them drops are skipped. */
function visit(models: readonly Node[], json: unknown, path: Path, places: Path[]): void {
  if (typeof json !== 'string' && (typeof json !== 'object' || json === null)) return
  const known = models.flatMap((model) => expand(model, json))
  if (known.some(takesNul)) return
  if (typeof json === 'string') {
    if (json.includes(NUL) && known.some(({ kind }) => kind === 'string' || kind === 'any')) places.push(path)
    return
  }
  const isList = Array.isArray(json)
  for (const [name, value] of Object.entries(json)) {
    const step = isList ? Number(name) : name
    const inner = new Set(known.flatMap((model) => memberNodes(model, step)))
    if (inner.size === 0) continue
    if (!isList && name.includes(NUL) && !known.some((model) => declares(model, name))) places.push(path)
    else if (isList || known.some((model) => takesKey(model, name))) visit([...inner], value, [...path, step], places)
    else {
      // The model may refuse the key, and a response must not contain a refused key.
      const inside: Path[] = []
      visit([...inner], value, [], inside)
      if (inside.length > 0) places.push(path)
    }
  }
}

/** The model without wrappers; for a union, the options that fit. A model that allows the character is returned unchanged. */
function expand(model: Node, json: unknown): readonly Node[] {
  if (takesNul(model)) return [model]
  if (model.kind === 'union') return model.options.filter((option) => mayFit(option, json)).flatMap((option) => expand(option, json))
  if (model.kind === 'intersection') return [...expand(model.left, json), ...expand(model.right, json)]
  const inner = wrapped(model, 'request')
  return inner === undefined ? [model.kind === 'island' ? ANY : model] : expand(inner, json)
}

const ANY: Node = { kind: 'any' }

/** Whether the model is known to accept the key, without running it. */
function takesKey(model: Node, key: string): boolean {
  if (declares(model, key)) return true
  return model.kind === 'record' || model.kind === 'map' ? isAnyText(model.key) : true
}

/** Whether the model declares the key, or allows the character in keys. */
function declares(model: Node, key: string): boolean {
  if (model.kind === 'object') return model.properties.some(({ name }) => name === key)
  return (model.kind === 'record' || model.kind === 'map') && takesNul(model.key)
}
