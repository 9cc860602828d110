/** Header fields in the form that `node:http` writes fastest: one flat list, name, value, name, value (RFC 9110 §5). */

/** Names are lower case; a name may occur more than once. */
export class HeaderList {
  /** Name, value, name, value… For writers: what changes it changes the list. */
  readonly flat: string[]

  private constructor(flat: string[]) {
    this.flat = flat
  }

  /** Takes the array over: it must belong to nobody else. */
  static from(flat: string[]): HeaderList {
    return new HeaderList(flat)
  }

  /** Repeated fields joined with a comma, as RFC 9110 §5.3 says; `undefined` where there is none. */
  get(name: string): string | undefined {
    const { flat } = this
    let joined: string | undefined
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] === name) joined = joined === undefined ? flat[i + 1] : `${joined}, ${flat[i + 1]}`
    }
    return joined
  }

  has(name: string): boolean {
    const { flat } = this
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return true
    return false
  }

  /** Replaces every field of this name. */
  set(name: string, value: string): void {
    this.delete(name)
    this.flat.push(name, value)
  }

  append(name: string, value: string): void {
    this.flat.push(name, value)
  }

  delete(name: string): void {
    const { flat } = this
    for (let i = flat.length - 2; i >= 0; i -= 2) if (flat[i] === name) flat.splice(i, 2)
  }

  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    const { flat } = this
    for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!]
  }
}
