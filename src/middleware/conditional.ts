/** Conditional requests: 304 for content that the client already has, and no change of a version that it has not read (RFC 9110 §13, RFC 6585 §3). */
import { z } from 'zod'
import type { AnyDependency, Dependency, ResolvedOf } from '../contract/dependency.ts'
import type { BaseContext } from '../contract/handler.ts'
import type { InputsOf, Shape } from '../contract/inputs.ts'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { digestOf, formatVersionTag, type Version } from '../http/entity-tag.ts'
import { evaluatePreconditions } from '../http/preconditions.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { applyPreconditions } from '../reply/conditions.ts'
import { toBytes } from '../reply/declared-length.ts'
import { isSource, type Reply } from '../reply/reply.ts'

/** 412 `PRECONDITION_FAILED`: the resource is not in the version that the client has read. */
export const PreconditionFailed = defineError('PRECONDITION_FAILED', { status: 412, detail: 'The resource was changed meanwhile' })
/** 428 `PRECONDITION_REQUIRED`: the request must name the version that it changes in `If-Match`. */
export const PreconditionRequired = defineError('PRECONDITION_REQUIRED', { status: 428, detail: 'Send If-Match with the current ETag' })

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
  headers.set('etag', `"${await digestOf(toBytes(body))}"`)
}

/** Options of `precondition()`. */
export interface PreconditionOptions<P, D> {
  /** Path parameters that identify the resource. Default: none. */
  readonly params?: P
  /** Dependencies that `current` uses, such as the database. Default: none. */
  readonly dependencies?: D
  /** Whether a request without `If-Match` and without `If-None-Match: *` is refused with 428. Default: false. */
  readonly required?: boolean
}

type Failures = typeof PreconditionFailed | typeof PreconditionRequired

/**
 * Refuses a change of a resource that has changed since the client read it.
 * Dependency of a PUT, PATCH or DELETE: `current` returns the version of the resource to change, `undefined` if it does not exist. If `If-Match` or
 * `If-None-Match` does not hold, the response is a 412. The value of the dependency is the version: use it in `UPDATE … WHERE version = …`, because another
 * request may change the resource in between.
 */
export function precondition<P extends Shape = {}, D extends Readonly<Record<string, AnyDependency>> = {}>(
  options: PreconditionOptions<P, D>,
  current: (context: BaseContext & { readonly params: InputsOf<P> } & ResolvedOf<D>) => MaybePromise<Version | undefined>,
): Dependency<Version | undefined, Failures> {
  const { required = false, ...uses } = options
  const tag = z.string().optional()
  const headers = {
    'If-Match': tag.meta({ description: 'The ETag of the version to change', examples: ['"1"', '*'] }),
    'If-None-Match': tag.meta({ description: '* for a resource that must not exist yet' }),
  }
  const errors = [PreconditionFailed, ...(required ? [PreconditionRequired] : [])]
  const provide = async (context: Parameters<typeof current>[0]) => {
    const { method, header } = context
    // `If-None-Match` with tags does not say which version the client has read.
    if (required && header('if-match') === undefined && header('if-none-match') !== '*') throw new PreconditionRequired()
    const version = await current(context)
    const validators = version === undefined ? undefined : { etag: formatVersionTag(version) }
    const strongHeader = (name: string) => (name === 'if-match' ? header(name)?.replaceAll(WEAK, '$1') : header(name))
    if (evaluatePreconditions(method, validators, strongHeader) === 'precondition-failed') throw new PreconditionFailed()
    return version
  }
  // The same object as `dependency()` returns. That function would add its code for cookies, which is larger than all middleware.
  return { kind: 'dependency', options: { ...uses, headers, errors }, provide }
}

/**
 * The tag of a version is weak only if the response was compressed. By RFC 9110 §13.1.1 a weak tag never matches, which would refuse every client that
 * accepts gzip, although it has the current version.
 */
const WEAK = /(^|,)[ \t]*W\/(?=")/g
