/** The error for a value that does not fit its model. */

export type Path = readonly (string | number)[]

/** A value does not fit its model. The message has the path and the types, never the value, which may be secret. */
export class ModelError extends Error {
  readonly path: Path
  readonly expected: string
  readonly received: string

  constructor(path: Path, expected: string, received: string) {
    super(`${formatPath(path)}: expected ${expected}, got ${received}`)
    this.name = 'ModelError'
    this.path = path
    this.expected = expected
    this.received = received
  }

  /** Only the type of `value` is used. */
  static at(path: Path, expected: string, value: unknown): ModelError {
    return new ModelError(path, expected, typeNameOf(value))
  }
}

/** The maximum number of steps in the message. The path of a cycle has hundreds, and the first ones show where it is. */
const MOST_STEPS = 16

/** `items[3].created_at`, or `the value` for the whole. */
function formatPath(path: Path): string {
  if (path.length === 0) return 'the value'
  const shown = path.slice(0, MOST_STEPS).map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
  return shown.join('') + (path.length > MOST_STEPS ? '…' : '')
}

/** Runs no code of the value: no `toString`, no getter. */
export function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? 'number' : 'Infinity'
  return typeof value === 'object' ? (classNameOf(value) ?? (hasOwnThen(value) ? 'promise-like object' : 'object')) : typeof value
}

/** Whether it has its own `then`, like a query that was not awaited. Calls nothing. */
function hasOwnThen(value: object): boolean {
  return typeof Object.getOwnPropertyDescriptor(value, 'then')?.value === 'function'
}

/** The class name of an instance; `undefined` for a plain object. */
function classNameOf(value: object): string | undefined {
  const proto: unknown = Object.getPrototypeOf(value)
  const made: unknown = proto === null ? undefined : Object.getOwnPropertyDescriptor(proto, 'constructor')?.value
  if (typeof made !== 'function') return undefined
  const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : undefined
}
