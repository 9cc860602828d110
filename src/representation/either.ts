/** Several representations of one status, of which the handler chooses one by its value or by a media type. */
import { ContractError } from '../errors/framework-errors.ts'
import { isSameMediaType } from '../http/media-type.ts'
import { isResponse } from '../reply/reply.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { AnyRepresentation } from './representation.ts'

/** What `either()` returns. A handler returns a value for any of the representations. */
export interface Either<Each extends AnyRepresentation> {
  readonly kind: 'either'
  readonly representations: readonly Each[]
  /** The index of the representation for a value; `as` is the media type given to `reply()`. Throws a `ContractError` if the value fits several. */
  readonly choose: (value: unknown, as: string | undefined) => number
}

type ValueKind = 'response' | 'bytes' | 'items' | 'text' | 'value'

/** The kind of a returned value. An array is a value for JSON; events and lines are returned as a generator, another iterator or a stream. */
function kindOf(value: unknown): ValueKind {
  if (typeof value === 'string') return 'text'
  if (typeof value !== 'object' || value === null) return 'value'
  if (isResponse(value)) return 'response'
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 'bytes'
  if (Array.isArray(value) || value instanceof Map || value instanceof Set || value instanceof Date) return 'value'
  if (Symbol.asyncIterator in value || Symbol.iterator in value || 'getReader' in value) return 'items'
  return 'events' in value && 'options' in value ? 'items' : 'value'
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  raw: 'response',
  bytes: 'bytes',
  sse: 'items',
  jsonl: 'items',
  stream: 'items',
  text: 'text',
}

const kindFor = ({ kind }: AnyRepresentation): ValueKind => KINDS[kind] ?? 'value'

/**
 * Several representations of which the handler chooses one.
 * In `either(json(Whole), sse(Chunk))`, the value that the handler returns chooses; in `[json(A), csv]`, the request's `Accept` does. Between
 * representations for the same kind of value, choose by `reply(status, value, { as })`. Throws a `DeclarationError` if these have the same media type.
 */
export function either<All extends readonly AnyRepresentation[]>(...representations: All): Either<All[number]> {
  const kinds = representations.map(kindFor)
  for (const [place, { mediaType }] of representations.entries()) {
    const twin = representations.findIndex((other, at) => at < place && kinds[at] === kinds[place] && other.mediaType === mediaType)
    if (twin !== -1)
      throw new DeclarationError(
        'EITHER',
        'either()',
        `two representations accept the same kind of value as ${mediaType ?? 'no content'}`,
        'Give them different media types, and name one with reply(status, value, { as })',
      )
  }
  return {
    kind: 'either',
    representations,
    choose(value, as) {
      if (as !== undefined) {
        const named = representations.findIndex(({ mediaType }) => mediaType !== undefined && isSameMediaType(mediaType, as))
        if (named !== -1) return named
        throw new ContractError(`EITHER: reply(): as: expected ${offers()}, got another media type.`)
      }
      const kind = kindOf(value)
      const places = kinds.flatMap((each, place) => (each === kind ? [place] : []))
      if (places.length === 1) return places[0]!
      // The model of a JSON representation may be a string.
      const fallback = places.length === 0 ? kinds.indexOf('value') : -1
      if (fallback !== -1 && kinds.indexOf('value', fallback + 1) === -1) return fallback
      throw new ContractError(`EITHER: the value fits none or several of ${offers()}. Return reply(status, value, { as }).`)
    },
  }

  function offers(): string {
    return representations.map(({ mediaType }) => mediaType ?? 'no content').join(', ')
  }
}

export function isEither(value: unknown): value is Either<AnyRepresentation> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'either'
}
