/** Header fields that frame a message (RFC 9112 §6): a writer's to say, whatever was put on the reply. */
import { isNullBodyStatus } from '../http/status.ts'
import type { Body, Reply } from './reply.ts'

/** No reply has trailers, whatever it says. */
const OF_WRITER = new Set(['content-length', 'transfer-encoding', 'trailer'])

/** Says the length of the content where it is known. Content that never comes is not described. */
export function setFraming({ status, headers: { flat }, body }: Reply): void {
  const isNull = isNullBodyStatus(status)
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    const name = flat[i]!
    if (OF_WRITER.has(name) || (isNull && name === 'content-type')) flat.splice(i, 2)
  }
  // RFC 9110 §15.3.6: 205 says that nothing comes; of the others it is known (§8.6).
  const length = !isNull ? lengthOf(body) : status === 205 ? 0 : undefined
  if (length !== undefined) flat.push('content-length', String(length))
}

function lengthOf(body: Body): number | undefined {
  if (typeof body === 'string') return body.length
  if (body === null) return 0
  return body instanceof Uint8Array ? body.byteLength : body.length
}
