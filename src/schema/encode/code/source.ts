/** Generated JavaScript: its functions, the constants that they use, and its evaluation. */
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import { TOO_DEEP } from '../values/trail.ts'

/** Some content security policies forbid code generation. Some edge platforms forbid it after start-up. */
export function canGenerate(): boolean {
  try {
    // oxlint-disable-next-line no-implied-eval, no-new-func -- tests whether it is allowed
    return new Function('return true')() === true
  } catch {
    return false
  }
}

const RESERVED: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const constants continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof undefined var void while with yield NaN Infinity Array Object String Math value tag depth key p bytes view text integer number ascii time raw countQuotes FULL quotes provided'
  ).split(' '),
)

let serial = 0

export class Source {
  readonly #constants = new Map<string, unknown>()
  readonly #constantNames = new Map<unknown, string>()
  readonly #functions: string[] = []
  readonly #functionNames = new Map<unknown, Map<string, string>>()
  readonly #taken = new Set<string>()

  /** Returns the name of a value that the code uses. The same value always has the same name. */
  constant(value: unknown, name: string): string {
    let known = this.#constantNames.get(value)
    if (known === undefined) {
      known = this.unique(name)
      this.#constantNames.set(value, known)
      this.#constants.set(known, value)
    }
    return known
  }

  /** Returns a name that is not used yet. */
  unique(name: string): string {
    const stem = isIdentifier(name) ? name : name.replaceAll(/[^\w$]/g, '_').replace(/^(?=\d|$)/, '_')
    let made = stem
    for (let i = 2; this.#taken.has(made) || RESERVED.has(made); i++) made = `${stem}${i}`
    this.#taken.add(made)
    return made
  }

  /** Returns the name of the function for `key` and `variant`. The function is written on first use, and may call itself. */
  function(key: unknown, variant: string, name: string, write: (name: string) => string): string {
    let variants = this.#functionNames.get(key)
    if (variants === undefined) this.#functionNames.set(key, (variants = new Map()))
    let known = variants.get(variant)
    if (known === undefined) {
      known = this.unique(name)
      variants.set(variant, known)
      const place = this.#functions.push('') - 1
      this.#functions[place] = write(known)
    }
    return known
  }

  /** The complete code, which returns `entry`. */
  print(entry: string): string {
    return `const { ${[...this.#constants.keys()].join(', ')} } = constants\n${this.#functions.join('\n')}\nreturn ${entry}`
  }

  /** Adds a unique comment to the code, because V8 shares the type feedback between functions with equal code. */
  evaluate(text: string, provided: Readonly<Record<string, unknown>> = {}): unknown {
    // oxlint-disable-next-line no-implied-eval, no-new-func -- generated from declared models only, with every name and text quoted
    const create = new Function('constants', 'provided', `"use strict" /* model ${++serial} */\n${text}`) as (
      constants: object,
      provided: object,
    ) => unknown
    return create(Object.fromEntries(this.#constants), provided)
  }
}

/** The lines of one function. */
export class Block {
  readonly #lines: string[] = []
  #depth = 1

  line(text: string): void {
    this.#lines.push('  '.repeat(this.#depth) + text)
  }

  open(head: string): void {
    this.line(`${head} {`)
    this.#depth++
  }

  close(tail = ''): void {
    this.#depth--
    this.line(`}${tail}`)
  }

  get text(): string {
    return this.#lines.join('\n')
  }
}

/** Where the writers of code write: what they share, and the function that they add lines to. */
export interface Writing {
  readonly source: Source
  readonly block: Block
  /** Whether the model contains itself. Each function then has a parameter for the depth. */
  readonly recursive: boolean
}

/** The parameters of a function, or the arguments of a call, without the names that are `undefined`. */
export function list({ recursive }: Writing, ...names: readonly (string | undefined)[]): string {
  return [...names, recursive ? 'depth' : undefined].filter((name) => name !== undefined).join(', ')
}

/** The arguments of a call at the next level of depth. Also writes the check of the depth. */
export function deeper({ source, block }: Writing, ...names: readonly string[]): string {
  block.line(`if (depth > ${MAX_WRITTEN_DEPTH}) throw ${source.constant(TOO_DEEP, 'TOO_DEEP')}`)
  return [...names, 'depth + 1'].join(', ')
}

/** A string as a literal of the code. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name)
}

/** `value.name`, or `value["a name"]`. */
export function member(value: string, name: string): string {
  return isIdentifier(name) ? `${value}.${name}` : `${value}[${quote(name)}]`
}
