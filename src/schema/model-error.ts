/** A value that is not what its model promises. */

export type Path = readonly (string | number)[]

/** Names the place and the types, never the value: a message about an answer must not leak what it protects. */
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

/** `items[3].created_at`, or `the value` for the whole. */
function formatPath(path: Path): string {
  if (path.length === 0) return 'the value'
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

/** Never runs code of the value: no `toString`, no getter. */
export function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? 'number' : 'Infinity'
  return typeof value === 'object' && value instanceof Date ? 'Date' : typeof value
}
