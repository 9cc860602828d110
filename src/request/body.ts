/** Reads a request's content by its media type, within its limit. */
import type { BodyDeclaration } from '../contract/contract.ts'
import { RequestError } from '../errors/framework-errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { parseMediaType } from '../http/media-type.ts'
import { tooLarge, type BodyReader, type Content } from '../representation/content.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { json } from '../representation/json.ts'
import { isRepresentation, type AnyRepresentation } from '../representation/representation.ts'
import type { InputResult } from '../schema/issue.ts'
import { isSchema } from '../schema/schema.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { LimitedContent } from './content.ts'

/** `cleanUp` registers what is to be done when the answer is complete or has failed. Throws, or rejects with, a `RequestError`: 400, 413, 415. */
export type ReadBody = (incoming: Incoming, cleanUp: Content['cleanUp']) => MaybePromise<InputResult>

const MISSING: InputResult = { issues: [{ path: [], code: 'missing', message: 'Field required' }] }
const ABSENT: InputResult = { value: undefined }

export function compileBody(declaration: BodyDeclaration, limitBytes: number): ReadBody {
  const representations = toRepresentations(declaration)
  const readers = representations.map(compileReader)
  const optional = representations.some(takesNothing)
  const accept = representations.map(({ mediaType }) => mediaType).join(', ')

  /** Nearly all requests of a route send the same field: it is taken apart once. */
  let usual: Chosen | undefined

  return (incoming, cleanUp) => {
    if (!incoming.hasBody) return optional ? ABSENT : MISSING
    const field = incoming.header('content-type') ?? ''
    const { read, parameters } = usual?.field === field ? usual : (usual = choose(field))
    const coding = incoming.header('content-encoding')?.toLowerCase()
    if (coding !== undefined && coding !== 'identity') throw unsupported('Content must be sent without a content coding', accept)
    assertLength(incoming, limitBytes)
    return read(new LimitedContent(incoming, limitBytes, parameters, cleanUp))
  }

  function choose(field: string): Chosen {
    const given = parseMediaType(field)
    const reader = given === undefined ? undefined : readers.find(({ matches }) => matches(given.essence))
    if (given === undefined || reader === undefined) throw unsupported(`This resource takes ${accept}`, accept)
    const charset = given.parameters['charset']?.toLowerCase()
    if (reader.isText && charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii')
      throw unsupported('Text must be sent as UTF-8', accept)
    return { field, read: reader.read, parameters: given.parameters }
  }
}

/** Which reader a `Content-Type` chooses. */
interface Chosen {
  readonly field: string
  readonly read: BodyReader
  readonly parameters: Content['parameters']
}

/** RFC 9110 §15.5.16: the answer tells what would have been taken. */
function unsupported(detail: string, accept: string): RequestError {
  return new RequestError(415, detail, { headers: { accept } })
}

function assertLength(incoming: Incoming, limitBytes: number): void {
  const length = incoming.header('content-length')
  if (length !== undefined && Number(length) > limitBytes) throw tooLarge(limitBytes)
}

export function toRepresentations(declaration: BodyDeclaration): readonly AnyRepresentation[] {
  if (isSchema(declaration)) return [json(declaration)]
  return isRepresentation(declaration) ? [declaration] : declaration
}

interface CompiledReader {
  readonly read: BodyReader
  readonly matches: (essence: string) => boolean
  readonly isText: boolean
}

function compileReader({ kind, mediaType = '', reading }: AnyRepresentation): CompiledReader {
  if (reading === undefined) {
    throw new DeclarationError(
      'REQUEST_BODY',
      'body',
      `content of kind ${kind} can be sent but not read`,
      'Declare a schema, form(), multipart(), text(), bytes(), or a representation with decode',
    )
  }
  const { accepts, isText = false } = reading
  const own = parseMediaType(mediaType)?.essence
  return { read: reading.compile(), matches: (essence) => essence === own || accepts?.(essence) === true, isText }
}

function takesNothing({ content }: AnyRepresentation): boolean {
  const { schema } = content
  if (schema === undefined) return false
  const result = schema['~standard'].validate(undefined)
  return !(result instanceof Promise) && result.issues === undefined
}
