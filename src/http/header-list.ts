/** Header fields in the form that `node:http` writes fastest: one flat list, name, value, name, value (RFC 9110 §5). */
import { assertField } from './fields.ts'
import { parseList } from './list.ts'

/**
 * The headers of a response. Names are kept in lower case, and a name may occur more than once. Every name and value is checked when it is added,
 * so none can end its line early.
 */
export class HeaderList {
  /** Name, value, name, value… This is the list itself, for writers: a change of the array changes the list. */
  readonly flat: string[]

  private constructor(flat: string[]) {
    this.flat = flat
  }

  /** Uses the array itself, without a copy. It must contain valid fields with names in lower case, and the caller must not use it afterwards. */
  static from(flat: string[]): HeaderList {
    return new HeaderList(flat)
  }

  /** A list of these headers, or the list itself. Throws a `TypeError` on a name or value that HTTP does not allow. */
  static of(headers: HeaderList | Readonly<Record<string, string | readonly string[]>>): HeaderList {
    if (headers instanceof HeaderList) return headers
    const list = new HeaderList([])
    for (const [name, value] of Object.entries(headers)) {
      for (const each of typeof value === 'string' ? [value] : value) list.append(name, each)
    }
    return list
  }

  /** The value; repeated fields are joined with a comma (RFC 9110 §5.3). `undefined` if the list has no field of this name. */
  get(name: string): string | undefined {
    const { flat } = this
    const lower = name.toLowerCase()
    let joined: string | undefined
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] === lower) joined = joined === undefined ? flat[i + 1] : `${joined}, ${flat[i + 1]}`
    }
    return joined
  }

  has(name: string): boolean {
    return this.#indexOf(name.toLowerCase()) !== -1
  }

  /** Replaces all fields of this name. Throws a `TypeError` on a name or value that HTTP does not allow. */
  set(name: string, value: string): void {
    assertField(name, value)
    const { flat } = this
    const lower = name.toLowerCase()
    const at = this.#indexOf(lower)
    if (at === -1) {
      flat.push(lower, value)
      return
    }
    flat[at + 1] = value
    for (let i = flat.length - 2; i > at; i -= 2) if (flat[i] === lower) flat.splice(i, 2)
  }

  /** Adds a field beside others of the same name. Throws a `TypeError` on a name or value that HTTP does not allow. */
  append(name: string, value: string): void {
    assertField(name, value)
    this.flat.push(name.toLowerCase(), value)
  }

  /** Adds the name of a request header to `Vary` (RFC 9110 §12.5.5), unless it is there already or `Vary` is `*`. Throws a `TypeError` as `set` does. */
  vary(name: string): void {
    const current = this.get('vary')
    if (current === undefined) this.append('vary', name)
    else if (!parseList(current).some((member) => member === '*' || member.toLowerCase() === name.toLowerCase()))
      this.set('vary', `${current}, ${name}`)
  }

  /** Adds the field unless the list has one of this name. */
  setDefault(name: string, value: string): void {
    if (!this.has(name)) this.append(name, value)
  }

  /** Adds each field of another list whose name this list does not have. The other list must contain valid fields with names in lower case. */
  addMissing({ flat }: HeaderList): void {
    for (let i = 0; i < flat.length; i += 2) if (this.#indexOf(flat[i]!) === -1) this.flat.push(flat[i]!, flat[i + 1]!)
  }

  delete(name: string): void {
    const { flat } = this
    const lower = name.toLowerCase()
    for (let i = flat.length - 2; i >= 0; i -= 2) if (flat[i] === lower) flat.splice(i, 2)
  }

  #indexOf(lower: string): number {
    const { flat } = this
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === lower) return i
    return -1
  }

  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    const { flat } = this
    for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!]
  }
}
