/** A value that is not what its model promises. */

export type Path = readonly (string | number)[]

/** A value breaks its model. Names the place and the types, never the value: a message about an answer must not leak what it protects. */
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

  /** `value` is only looked at for its type. */
  static at(path: Path, expected: string, value: unknown): ModelError {
    return new ModelError(path, expected, typeNameOf(value))
  }
}

/** A cycle is found after hundreds of steps: the first ones tell where it is. */
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

/** A query that was not awaited. Nothing of it is called. */
function hasOwnThen(value: object): boolean {
  return typeof Object.getOwnPropertyDescriptor(value, 'then')?.value === 'function'
}

/** The name of the class that an instance is of; `undefined` for a plain object. */
function classNameOf(value: object): string | undefined {
  const proto: unknown = Object.getPrototypeOf(value)
  const made: unknown = proto === null ? undefined : Object.getOwnPropertyDescriptor(proto, 'constructor')?.value
  if (typeof made !== 'function') return undefined
  const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : undefined
}
