/** Conditional requests: 304 for content that the client has, 412 for a change of what the client has not seen (RFC 9110 §13). */
import type { BaseContext } from '../contract/handler.ts'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { digestOf } from '../http/digest.ts'
import { evaluatePreconditions, type Outcome } from '../http/preconditions.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { applyPreconditions } from '../reply/conditions.ts'
import { toBytes } from '../reply/declared-length.ts'
import { isSource, type Reply } from '../reply/reply.ts'

export interface ConditionalOptions {
  /** The current entity tag of what a PUT, PATCH or DELETE is about to change, in quotes; `undefined` where it does not exist. Default: writes are not checked. */
  readonly current?: (context: BaseContext) => MaybePromise<string | undefined>
  /** Whether a write without `If-Match` or `If-None-Match` is refused with 428 (RFC 6585 §3). Default: false. */
  readonly required?: boolean
}

/** 412 `PRECONDITION_FAILED`: the resource is not the one that the client has seen. */
export const PreconditionFailed = defineError('PRECONDITION_FAILED', { status: 412, detail: 'The resource was changed meanwhile' })
/** 428 `PRECONDITION_REQUIRED`: the request must say in `If-Match` which version it changes. */
export const PreconditionRequired = defineError('PRECONDITION_REQUIRED', { status: 428, detail: 'Send If-Match with the current ETag' })

const WRITES = new Set(['PUT', 'PATCH', 'DELETE'])

/**
 * Middleware: `app.use(conditional())`. A 200 to GET or HEAD gets an `ETag` made of its bytes, unless it has one, and becomes a 304 where the client has it
 * already. A stream gets no tag. With `current`, a write whose `If-Match` does not hold is a 412.
 */
export function conditional({ current, required = false }: ConditionalOptions = {}): Middleware {
  const errors = [...(current === undefined ? [] : [PreconditionFailed]), ...(required ? [PreconditionRequired] : [])]
  const contract = { responses: { 304: { description: 'The client has the current content' } }, errors }
  return defineMiddleware(contract, async function conditional(context, next) {
    const { method, header } = context
    if (current !== undefined && WRITES.has(method)) {
      const isConditional = header('if-match') !== undefined || header('if-none-match') !== undefined
      if (required && !isConditional) throw new PreconditionRequired()
      if (isConditional && (await outcomeOf(context, current)) === 'precondition-failed') throw new PreconditionFailed()
    }
    const reply = await next()
    if ((method === 'GET' || method === 'HEAD') && reply.status === 200) {
      await tag(reply)
      applyPreconditions(reply, context)
    }
    return reply
  })
}

async function outcomeOf(context: BaseContext, current: NonNullable<ConditionalOptions['current']>): Promise<Outcome> {
  const etag = await current(context)
  return evaluatePreconditions(context.method, etag === undefined ? undefined : { etag }, context.header)
}

async function tag({ headers, body }: Reply): Promise<void> {
  if (headers.has('etag') || body === null || isSource(body)) return
  headers.set('etag', `"${await digestOf(toBytes(body) as Uint8Array<ArrayBuffer>)}"`)
}
