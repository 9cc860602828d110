/** U+0000 in text, which an input is refused for: text columns of PostgreSQL, file names and C libraries can't hold it. */
import { toIssues, type InputIssue, type InputResult } from './issue.ts'
import type { Node } from './node.ts'
import { isMembers, mayFit } from './option-fit.ts'
import { memberNodes, wrapped } from './walk-node.ts'

export const NUL = '\0'

/** `z.string().meta({ nul: true })`. The model of an object, a list or a record says so for everything inside. */
export function takesNul({ annotations }: Node): boolean {
  return annotations?.nul === true
}

type Path = InputIssue['path']

export function nulIssue(path: Path): InputIssue {
  return { path, code: 'nul_character', message: 'Text must not contain the character U+0000' }
}

/** JSON allows the character only as this escape (RFC 8259 §7). An escaped backslash in front of `u0000` is a false alarm. */
export function mayHoldNul(json: string): boolean {
  return json.includes('\\u0000')
}

/** The strings and keys of a JSON value that hold the character where the model reads them; `undefined` if none does. */
export function findNul(model: Node, json: unknown): InputResult | undefined {
  if (!holdsNul(json)) return undefined
  const places: Path[] = []
  visit([model], json, [], places)
  return places.length === 0 ? undefined : toIssues(places, nulIssue)
}

export function holdsNul(json: unknown): boolean {
  if (typeof json === 'string') return json.includes(NUL)
  if (Array.isArray(json)) return json.some(holdsNul)
  return isMembers(json) && !ArrayBuffer.isView(json) && Object.entries(json).some(([key, value]) => key.includes(NUL) || holdsNul(value))
}

/** `models` are all that the value may be of. Names that each of them drops are not looked at. */
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
      // The model may refuse the key, and a refused key is not named.
      const inside: Path[] = []
      visit([...inner], value, [], inside)
      if (inside.length > 0) places.push(path)
    }
  }
}

/** Without wrappers, and of a union the options that fit. A model that takes the character is not taken apart. */
function expand(model: Node, json: unknown): readonly Node[] {
  if (takesNul(model)) return [model]
  if (model.kind === 'union') return model.options.filter((option) => mayFit(option, json)).flatMap((option) => expand(option, json))
  if (model.kind === 'intersection') return [...expand(model.left, json), ...expand(model.right, json)]
  const inner = wrapped(model, 'request')
  return inner === undefined ? [model.kind === 'island' ? ANY : model] : expand(inner, json)
}

const ANY: Node = { kind: 'any' }

/** Is it known, without running the model, that it takes the key? */
function takesKey(model: Node, key: string): boolean {
  if (declares(model, key)) return true
  return model.kind === 'record' || model.kind === 'map' ? isAnyString(model.key) : true
}

function isAnyString(node: Node): boolean {
  if (node.kind !== 'string') return false
  const { minLength = 0, maxLength, format, patterns, check } = node
  return minLength === 0 && maxLength === undefined && format === undefined && patterns.length === 0 && check === undefined
}

/** Is the key the model's own, or one that the model takes with the character? */
function declares(model: Node, key: string): boolean {
  if (model.kind === 'object') return model.properties.some(({ name }) => name === key)
  return (model.kind === 'record' || model.kind === 'map') && takesNul(model.key)
}
