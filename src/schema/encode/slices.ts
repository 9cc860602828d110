/** Encodes long lists in slices, so that one response does not block the others. */
import { ModelError, type Path } from '../model-error.ts'
import type { ArrayNode, Node, ObjectNode, Property } from '../node.ts'
import { toBytes } from './output.ts'
import { inOrder, isRecursive, lower } from './plan/lower.ts'
import { isDefined, isObject, readProperty } from '../object-value.ts'
import { countTest } from './values/constraints.ts'

/** About the size that can be encoded within a few milliseconds. */
const LARGE_BYTES = 1_048_576
const FIRST_SLICE_BYTES = 65_536
/** A shorter response does not replace the first estimate of the length of an item. */
const NOTEWORTHY_BYTES = 262_144
/** In milliseconds. After a slice that took less than the first, the next one has twice as many items; after one that took more than the second, half as many. */
const SHORT_MS = 1
const LONG_MS = 3

interface SubEncoder {
  readonly encode: (value: unknown) => string | Uint8Array
  readonly encodeText: (value: unknown) => string
}

export interface SliceEncoder {
  /** Reads only the lengths of lists, and runs no getter. */
  readonly isLarge: (value: unknown) => boolean
  readonly encodeSlices: (value: unknown, signal: AbortSignal) => Promise<readonly Uint8Array[]>
  /** Records the length of a response. */
  readonly learn: (value: unknown, bytes: number) => void
}

/** `compile` creates the encoders of the parts, for the first large value. Returns `undefined` for a model that is not a list and has no list as a property. */
export function createSlices(root: Node, compile: (node: Node) => SubEncoder): SliceEncoder | undefined {
  const node = resolve(root)
  const lists = node.kind === 'array' ? [node] : node.kind === 'object' ? listsOf(node).map(({ list }) => list) : []
  if (lists.length === 0 || (node.kind === 'object' && node.additional !== 'drop')) return undefined
  const names = node.kind === 'object' ? listsOf(node).map(({ name }) => name) : []
  let guess: number | undefined
  let bytesPerItem = 0
  let encodeParts: EncodeParts | undefined

  return {
    isLarge: (value) => countItems(value, names) * perItem() > LARGE_BYTES,
    learn,
    async encodeSlices(value, signal) {
      encodeParts ??= node.kind === 'array' ? compileList(node, compile) : compileObject(node as ObjectNode, compile)
      const pieces: Uint8Array[] = []
      await encodeParts(value, { pieces, signal, count: Math.max(1, Math.floor(FIRST_SLICE_BYTES / perItem())) })
      learn(
        value,
        pieces.reduce((sum, piece) => sum + piece.length, 0),
      )
      return pieces
    },
  }

  /** Compiles the items only for the first response, because an app may have hundreds of models that are rarely used. */
  function perItem(): number {
    if (guess === undefined) bytesPerItem = guess = Math.max(...lists.map(({ items }) => lower(items).bytes))
    return bytesPerItem
  }

  /** The estimate rises at once, because one blocking response is too many. It falls within a few responses, so that one long item does not slow down all later lists. */
  function learn(value: unknown, bytes: number): void {
    const isGuess = perItem() === guess
    if (bytes < NOTEWORTHY_BYTES && isGuess) return
    const measured = Math.max(guess!, bytes / Math.max(countItems(value, names), 1))
    bytesPerItem = measured >= bytesPerItem ? measured : bytesPerItem / 4 > measured ? bytesPerItem / 4 : measured
  }
}

function resolve(node: Node): Node {
  return node.kind === 'reference' && !isRecursive(node) ? resolve(node.target()) : node
}

function listsOf({ properties }: ObjectNode): { readonly name: string; readonly list: ArrayNode }[] {
  return properties.flatMap(({ name, node }) => {
    const list = resolve(node)
    return list.kind === 'array' ? [{ name, list }] : []
  })
}

/** Runs no getter: a getter may be slow, and only the encoder runs it, once. */
function countItems(value: unknown, names: readonly string[]): number {
  if (Array.isArray(value)) return value.length
  if (typeof value !== 'object' || value === null) return 0
  return names.reduce((count, name) => {
    const list: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
    return Array.isArray(list) ? count + list.length : count
  }, 0)
}

interface Slicing {
  readonly pieces: Uint8Array[]
  readonly signal: AbortSignal
  /** The number of items of the next slice. */
  count: number
}

type EncodeParts = (value: unknown, slicing: Slicing, path?: Path) => Promise<void>

function compileList(node: ArrayNode, compile: (node: Node) => SubEncoder): EncodeParts {
  const hasCount = countTest(node)
  const { encode } = compile({ kind: 'array', items: node.items })
  return async (value, slicing, path = []) => {
    const { pieces, signal } = slicing
    const isList = Array.isArray(value) && hasCount(value.length)
    if (!isList || value.length === 0) {
      pieces.push(toBytes(at(path, 0, () => compile(node).encodeText(value))))
      return
    }
    const { length } = value
    for (let from = 0; from < length;) {
      signal.throwIfAborted()
      const items = Array.from({ length: Math.min(slicing.count, length - from) }, (_, index): unknown => value[from + index])
      const start = performance.now()
      const output = at(path, from, () => encode(items))
      slicing.count = nextCount(slicing.count, performance.now() - start)
      const bytes = typeof output === 'string' ? toBytes(output) : output
      // Each slice is encoded as a list. A comma replaces the brackets between two slices.
      if (from > 0) bytes[0] = 0x2c
      from += items.length
      pieces.push(from < length ? bytes.subarray(0, -1) : bytes)
      await nextTurn()
    }
  }
}

function nextCount(count: number, tookMs: number): number {
  if (tookMs < SHORT_MS) return count * 2
  return tookMs > LONG_MS ? Math.max(1, count >> 1) : count
}

/** Lets timers, sockets and other requests run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}

/** Changes the path of a breach from its place in a slice to its place in the whole value. */
function at<Output>(path: Path, from: number, encode: () => Output): Output {
  try {
    return encode()
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    const [step, ...rest] = error.path
    const inside = typeof step === 'number' ? [from + step, ...rest] : error.path
    throw new ModelError([...path, ...inside], error.expected, error.received)
  }
}

/** A list, or the properties between two lists. */
type Part = { readonly name: string; readonly encode: EncodeParts } | { readonly names: readonly string[]; readonly encoder: SubEncoder }

function compileObject(node: ObjectNode, compile: (node: Node) => SubEncoder): EncodeParts {
  const parts = splitAtLists(inOrder(node.properties), compile)
  return async (value, slicing) => {
    if (!isObject(value)) {
      slicing.pieces.push(toBytes(compile(node).encodeText(value)))
      return
    }
    // All properties are read before the first wait, because the program may change them later.
    const read = new Map(node.properties.map(({ name }) => [name, readProperty(value, name)]))
    let before = '{'
    for (const part of parts) {
      if ('names' in part) {
        const fields = part.encoder
          .encodeText(Object.fromEntries(part.names.flatMap((name) => present(name, value, read.get(name)))))
          .slice(1, -1)
        if (fields === '') continue
        slicing.pieces.push(toBytes(before + fields))
      } else {
        slicing.pieces.push(toBytes(`${before}${JSON.stringify(part.name)}:`))
        await part.encode(read.get(part.name), slicing, [part.name])
      }
      before = ','
    }
    slicing.pieces.push(toBytes(before === '{' ? '{}' : '}'))
  }
}

/** Empty for a missing property: some models accept a missing property, but not one that is `undefined`. */
function present(name: string, value: object, read: unknown): [string, unknown][] {
  return read !== undefined || isDefined(value, name) ? [[name, read]] : []
}

function splitAtLists(properties: readonly Property[], compile: (node: Node) => SubEncoder): Part[] {
  const parts: Part[] = []
  let fields: Property[] = []
  const endFields = () => {
    if (fields.length === 0) return
    parts.push({ names: fields.map(({ name }) => name), encoder: compile({ kind: 'object', properties: fields, additional: 'drop' }) })
    fields = []
  }
  for (const property of properties) {
    const list = resolve(property.node)
    if (list.kind === 'array') {
      endFields()
      parts.push({ name: property.name, encode: compileList(list, compile) })
    } else fields.push(property)
  }
  endFields()
  return parts
}
