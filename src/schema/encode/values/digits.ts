/** Integers of 64 bits in JSON: all digits are written, also beyond the precision of a number. */

declare global {
  interface JSON {
    /** Missing before Node 22. */
    rawJSON?(text: string): object
  }
}

/** A leaf of digits for runtimes without `JSON.rawJSON`. */
class Digits {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): string {
    pending.push(this.text)
    return token
  }
}

let pending: string[] = []
let token = ''
let serial = 0

/** A leaf of a tree for `stringifyDigits`. */
export function toInteger(value: bigint): unknown {
  if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) return Number(value)
  const text = value.toString()
  return JSON.rawJSON === undefined ? new Digits(text) : JSON.rawJSON(text)
}

/** `JSON.stringify` for trees that may hold such leaves. */
export function stringifyDigits(tree: unknown): string | undefined {
  if (JSON.rawJSON !== undefined) return JSON.stringify(tree)
  const outer = { pending, token }
  try {
    for (;;) {
      pending = []
      token = `int64:${serial++}`
      const text: string | undefined = JSON.stringify(tree)
      if (pending.length === 0 || text === undefined) return text
      const parts = text.split(`"${token}"`)
      // A string of the value equals the token: another token is tried.
      if (parts.length === pending.length + 1) return parts.map((part, index) => part + (pending[index] ?? '')).join('')
    }
  } finally {
    ;({ pending, token } = outer)
  }
}
