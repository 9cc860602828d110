/** Removes the parameters of a query from errors of query libraries, because an e-mail address or a password hash must not be logged. */

/** The member names for parameters in Drizzle, node-postgres wrappers, TypeORM and Sequelize. */
const NAMES = ['params', 'parameters', 'bindings']
const MOST_CAUSES = 8
/** Shorter texts are not masked, because they also occur in other words. */
const SHORTEST_TEXT = 3

/** Replaces the parameters of a query. */
export interface Mask {
  text(text: string): string
  error(error: Error): Error
}

/** `undefined` if neither the error nor one of its causes has parameters. Throws if reading the error throws. */
export function maskParameters(error: unknown): Mask | undefined {
  const found = causesOf(error).flatMap((one) => NAMES.map((name) => ownValue(one, name)).filter((value) => Array.isArray(value)))
  if (found.length === 0) return undefined
  // Lists first: Drizzle ends its message with all parameters, joined.
  const lists = found.filter((list) => list.length > 0).map(String)
  const single = found
    .flat()
    .map(toText)
    .filter((text) => text.length >= SHORTEST_TEXT)
    .toSorted((left, right) => right.length - left.length)
  const text = (whole: string) => single.reduce(replaceAll, lists.reduce(replaceEnd, whole))
  return { text, error: (one) => copyMasked(one, text) }
}

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = []
  for (let one = error; one instanceof Error && !causes.includes(one) && causes.length < MOST_CAUSES; one = one.cause) causes.push(one)
  return causes
}

/** Reads an own property without running a getter. */
function ownValue(error: Error, name: string): unknown {
  return Object.getOwnPropertyDescriptor(error, name)?.value
}

function toText(parameter: unknown): string {
  if (parameter instanceof Date) return Number.isNaN(parameter.getTime()) ? '' : parameter.toISOString()
  return typeof parameter === 'string' || typeof parameter === 'number' || typeof parameter === 'bigint' ? String(parameter) : ''
}

function replaceAll(text: string, parameter: string): string {
  return text.replaceAll(parameter, '…')
}

function replaceEnd(text: string, list: string): string {
  return text.endsWith(list) ? `${text.slice(0, -list.length)}…` : text
}

/** An error of the same class, with the same fields but the parameters; the stack has the new message. */
function copyMasked(error: Error, mask: (text: string) => string): Error {
  const message = mask(error.message)
  const copy = Object.setPrototypeOf(new Error(message), Object.getPrototypeOf(error) as object) as Error
  for (const name of Object.getOwnPropertyNames(error)) {
    const value = ownValue(error, name)
    if (NAMES.includes(name) || name === 'message' || name === 'stack') continue
    if (typeof value === 'string')
      Object.defineProperty(copy, name, { value: mask(value), enumerable: name !== 'name', configurable: true })
    else if (name === 'cause' && value instanceof Error) copy.cause = copyMasked(value, mask)
    else if (typeof value !== 'object') Object.defineProperty(copy, name, { value, enumerable: true, configurable: true })
  }
  const { stack } = error
  if (typeof stack === 'string') copy.stack = stack.split(error.message).join(message)
  return copy
}
