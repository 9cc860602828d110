/** Generated JavaScript: functions, the constants that they use, and the evaluation. */

/** Some content security policies forbid code generation, and some edge platforms do so after start-up. */
export function canGenerate(): boolean {
  try {
    // oxlint-disable-next-line no-implied-eval, no-new-func -- asks whether it is allowed
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

  /** The name of a value that the code uses. Equal values share one name. */
  constant(value: unknown, name: string): string {
    let known = this.#constantNames.get(value)
    if (known === undefined) {
      known = this.unique(name)
      this.#constantNames.set(value, known)
      this.#constants.set(known, value)
    }
    return known
  }

  /** A name that nothing else has. */
  unique(name: string): string {
    const stem = isIdentifier(name) ? name : name.replaceAll(/[^\w$]/g, '_').replace(/^(?=\d|$)/, '_')
    let made = stem
    for (let i = 2; this.#taken.has(made) || RESERVED.has(made); i++) made = `${stem}${i}`
    this.#taken.add(made)
    return made
  }

  /** The name of the function for `key` and `variant`. It is written on first use, and may call itself. */
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

  /** The whole text, which returns the function `entry`. */
  print(entry: string): string {
    return `const { ${[...this.#constants.keys()].join(', ')} } = constants\n${this.#functions.join('\n')}\nreturn ${entry}`
  }

  /** Each text has a unique comment: V8 would share the type feedback of equal texts between different models. */
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

/** A text as a literal of the code. */
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
