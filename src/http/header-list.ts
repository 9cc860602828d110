/** Header fields in the form that `node:http` writes fastest: one flat list, name, value, name, value (RFC 9110 §5). */
import { assertField, isListField } from './fields.ts'

/** Names are kept in lower case, and a name may occur more than once. Whatever is put in is checked here: nothing can split a field. */
export class HeaderList {
  /** Name, value, name, value… For writers: what changes it changes the list. */
  readonly flat: string[]

  private constructor(flat: string[]) {
    this.flat = flat
  }

  /** Takes the array over: it must belong to nobody else, hold valid fields, and have its names in lower case. */
  static from(flat: string[]): HeaderList {
    return new HeaderList(flat)
  }

  /** Repeated fields joined with a comma, as RFC 9110 §5.3 says; `undefined` where there is none. */
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
    return this.get(name) !== undefined
  }

  /** Replaces every field of this name. Throws a `TypeError` on a name or value that HTTP does not allow. */
  set(name: string, value: string): void {
    assertField(name, value)
    this.delete(name)
    this.flat.push(name.toLowerCase(), value)
  }

  /** Throws a `TypeError` on a name or value that HTTP does not allow. */
  append(name: string, value: string): void {
    assertField(name, value)
    this.flat.push(name.toLowerCase(), value)
  }

  /** Stands beside the others of a list field such as `Vary`, and replaces any other field. Throws a `TypeError` as `set` does. */
  add(name: string, value: string): void {
    if (isListField(name)) this.append(name, value)
    else this.set(name, value)
  }

  /** Only where no field has this name yet. */
  setDefault(name: string, value: string): void {
    if (!this.has(name)) this.append(name, value)
  }

  delete(name: string): void {
    const { flat } = this
    const lower = name.toLowerCase()
    for (let i = flat.length - 2; i >= 0; i -= 2) if (flat[i] === lower) flat.splice(i, 2)
  }

  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    const { flat } = this
    for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!]
  }
}
