/** Conditional reads: 304 for content that the client already has (RFC 9110 §13). */
import { z } from 'zod'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { digestOf } from '../http/entity-tag.ts'
import { applyPreconditions } from '../reply/conditions.ts'
import { toBytes } from '../reply/declared-length.ts'
import { isSource, type Reply } from '../reply/reply.ts'
import { PreconditionFailed } from './precondition.ts'

const READS = ['GET', 'HEAD']

/**
 * Adds entity tags, and sends 304 if the client already has the content.
 * Middleware: `app.use(conditional())`. A 200 to GET or HEAD gets an `ETag` made from its bytes, unless it has one, such as that of a declared `version`. It
 * becomes a 304 if the client already has it, and a 412 if `If-Match` or `If-Unmodified-Since` does not hold. A stream gets no tag.
 */
export function conditional(): Middleware {
  const contract = {
    methods: READS,
    requestHeaders: { 'If-None-Match': z.string().optional().describe('The ETag of the content that the client has') },
    responses: { 304: { description: 'The client has the current content', headers: { ETag: z.string() } } },
    errors: [PreconditionFailed],
  }
  return defineMiddleware(contract, async function conditional(context, next) {
    const reply = await next()
    if (!READS.includes(context.method) || reply.status !== 200) return reply
    await tag(reply)
    if (applyPreconditions(reply, context) === 'precondition-failed') throw new PreconditionFailed()
    return reply
  })
}

async function tag({ headers, body }: Reply): Promise<void> {
  if (headers.has('etag') || body === null || isSource(body)) return
  headers.set('etag', `"${await digestOf(toBytes(body) as Uint8Array<ArrayBuffer>)}"`) // the bytes of a reply are never in a `SharedArrayBuffer`
}
