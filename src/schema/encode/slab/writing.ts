/** What all writers of the slab's code share: functions, calls of functions, and static text. */
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import { Block, type Source } from '../code/source.ts'
import type { Plan } from '../plan/plan.ts'
import { TOO_DEEP } from '../values/trail.ts'
import { LIMIT } from './memory.ts'

/** Facts about the whole generated code. */
export interface PrintFacts {
  /** The most bytes that one of the functions writes between two checks of the space. */
  longestRun: number
  /** Whether the static text contains escapes. */
  hasEscapes: boolean
}

export interface SlabWriting {
  readonly source: Source
  readonly out: Bytes
  /** Whether the model contains itself. Each function then has a parameter for the depth. */
  readonly recursive: boolean
  readonly facts: PrintFacts
  /** Writes the code that checks and writes the variable `value`, which is not absent. */
  readonly write: (plan: Plan, value: string, writing: SlabWriting) => void
}

/** What a generated function returns instead of the end position, for a value that breaks its plan. */
const BROKEN_AT = -1

export const FAIL = `return ${BROKEN_AT}`

/** Returns the code of a function, which takes a value and a position and returns the end position. */
export function writeFunction(
  name: string,
  parameters: readonly string[],
  writing: SlabWriting,
  body: (inside: SlabWriting) => void,
): string {
  const inside = { ...writing, out: new Bytes() }
  inside.out.block.line(`if (p > ${LIMIT}) throw FULL`)
  body(inside)
  inside.out.tally()
  writing.facts.longestRun = Math.max(writing.facts.longestRun, inside.out.bound)
  writing.facts.hasEscapes ||= inside.out.hasEscapes
  inside.out.block.line(`if (p > ${LIMIT}) throw FULL`)
  inside.out.block.line('return p')
  const all = ['value', 'p', ...parameters, ...(writing.recursive ? ['depth'] : [])]
  return `function ${name}(${all.join(', ')}) {\n${inside.out.block.text}\n}`
}

/** Writes a call of such a function. */
export function writeCall(name: string, parameters: readonly string[], { out, recursive }: SlabWriting, depth = 'depth'): void {
  out.flush()
  out.block.line(`p = ${name}(${[...parameters, ...(recursive ? [depth] : [])].join(', ')})`)
  out.block.line(`if (p < 0) ${FAIL}`)
}

/** Writes a call at the next level of depth of a recursive model. */
export function writeDeeperCall(name: string, parameters: readonly string[], writing: SlabWriting): void {
  writing.out.block.line(`if (depth > ${MAX_WRITTEN_DEPTH}) throw ${writing.source.constant(TOO_DEEP, 'TOO_DEEP')}`)
  writeCall(name, parameters, writing, 'depth + 1')
}

/** Writes a call whose result may be `BROKEN`. Returns the variable with the result. */
export function checked(call: string, name: string, { source, out: { block } }: SlabWriting): string {
  const made = source.unique(name)
  block.line(`const ${made} = ${call}`)
  block.line(`if (${made} === BROKEN) ${FAIL}`)
  return made
}

const encoder = new TextEncoder()

/** The code of one generated function. Collects static text and stores it eight bytes at a time. */
export class Bytes {
  readonly block = new Block()
  /** The most bytes that the function writes between its checks of the space. */
  bound = 0
  /** Whether the static text contains escapes. The scan can't distinguish them from the unescaped backslashes of a string. */
  hasEscapes = false
  #pending = ''
  #quotes = 0

  /** Adds static text. Its quotation marks are counted. */
  text(text: string): void {
    this.#pending += text
    this.hasEscapes ||= text.includes('\\')
  }

  /** Adds the most bytes that the next line writes to `bound`. */
  reserve(length: number): void {
    this.bound += length
  }

  /** Writes the stores of the collected text. Called before any other code that writes bytes. */
  flush(): void {
    const text = this.#pending
    if (text === '') return
    this.#pending = ''
    this.#quotes += text.split('"').length - 1
    // The next write overwrites bytes that are stored after the end. With spaces there, the number literals are short.
    const { buffer, length: padded } = encoder.encode(`${text}        `)
    const length = padded - 8
    this.reserve(padded)
    const view = new DataView(buffer)
    const stores: string[] = []
    for (let i = 0; i < length; i += 8) stores.push(storeOf(view, i, length - i))
    this.block.line(`${stores.join('; ')}; p += ${length} // ${JSON.stringify(text).replaceAll(/[\u2028\u2029]/g, ' ')}`)
  }

  /** Writes a branch or a loop. Its code counts its own quotation marks, because it may not run, or run several times. */
  inside(head: string, write: () => void): void {
    this.flush()
    const outer = this.#quotes
    this.#quotes = 0
    this.block.open(head)
    write()
    this.tally()
    this.block.close()
    this.#quotes = outer
  }

  /** Writes the code that counts the quotation marks of the static text. The encoder compares their number with that of the scan. */
  tally(): void {
    this.flush()
    if (this.#quotes > 0) this.block.line(`quotes += ${this.#quotes}`)
    this.#quotes = 0
  }
}

/** Stores `rest` bytes, but at most eight. */
function storeOf(view: DataView, at: number, rest: number): string {
  const place = at === 0 ? 'p' : `p + ${at}`
  if (rest === 1) return `bytes[${place}] = ${view.getUint8(at)}`
  if (rest === 2) return `view.setUint16(${place}, ${view.getUint16(at, true)}, true)`
  if (rest <= 4) return `view.setUint32(${place}, ${view.getUint32(at, true)}, true)`
  // A store may change the bits of a NaN, but no UTF-8 text has such bits.
  return `view.setFloat64(${place}, ${view.getFloat64(at, true)}, true)`
}
