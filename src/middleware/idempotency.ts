/** Requests that a client may send again after a failure, and that run once (draft-ietf-httpapi-idempotency-key-header). */
import { z } from 'zod'
import type { BaseContext } from '../contract/handler.ts'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { digestOf } from '../http/entity-tag.ts'
import { HeaderList } from '../http/header-list.ts'
import { toBytes } from '../reply/declared-length.ts'
import { isSource, Reply } from '../reply/reply.ts'
import { createIdempotencyStore, type IdempotencyStore, type KeptAnswer } from './idempotency-store.ts'

/** Options of `idempotency()`. */
export interface IdempotencyOptions {
  /** Default: `createIdempotencyStore()`, the memory of this process. Several processes need one that they share. */
  readonly store?: IdempotencyStore
  /** Whether a request without the header is refused with 400. Default: false, it runs as if the middleware were not there. */
  readonly required?: boolean
  /** The methods that may not be repeated otherwise. Default: POST and PATCH. */
  readonly methods?: readonly string[]
  /**
   * Who sends the request: the same key of another subject is another key. Default: the credentials of the route's security schemes, so that a retry must
   * come with the same ones. Where a client may renew its token before a retry, give what stays the same: the user in it.
   */
  readonly subject?: (context: BaseContext) => string
  /** How long an answer is kept. Default: 86,400, one day. */
  readonly keepSeconds?: number
  /** After how long a request that never ended, because its process did, counts as not sent. Must be longer than any handler takes. Default: 300. */
  readonly lockSeconds?: number
  /** The longest answer that is kept, and the part of a request's content that is compared, in bytes. Default: 1 MiB. */
  readonly limitBytes?: number
}

/** 400 `IDEMPOTENCY_KEY`: the request has no `Idempotency-Key` where one is required, or a malformed one. */
export const IdempotencyKeyInvalid = defineError('IDEMPOTENCY_KEY', {
  status: 400,
  detail: 'Send an Idempotency-Key of 1 to 255 visible ASCII characters, such as a UUID',
})
/** 409 `IDEMPOTENCY_IN_PROGRESS`: a request with the same key has not ended. */
export const IdempotencyInProgress = defineError('IDEMPOTENCY_IN_PROGRESS', {
  status: 409,
  detail: 'A request with this Idempotency-Key is in progress',
  headers: { 'Retry-After': '1' },
})
/** 422 `IDEMPOTENCY_KEY_REUSED`: the key was sent before with another request. */
export const IdempotencyKeyReused = defineError('IDEMPOTENCY_KEY_REUSED', {
  status: 422,
  detail: 'This Idempotency-Key was sent with another request',
})

/** `Idempotency-Key = sf-string`. Many clients leave out the quotes. */
const KEY = /^(?:"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}))$/

/**
 * Answers a retry with the same `Idempotency-Key` without running the handler again.
 * Middleware: `app.use(idempotency())`. The answer of the handler to a request with an `Idempotency-Key` is kept, and a retry gets it with
 * `Idempotency-Replayed: true`. Guards, inputs and body are checked each time, before the key is. Not kept, so that a retry runs the handler again: a 5xx, a
 * stream, a file, and an answer longer than `limitBytes`.
 */
export function idempotency(options: IdempotencyOptions = {}): Middleware {
  const { store = createIdempotencyStore(), required = false, methods = ['POST', 'PATCH'], subject = credentialsOf } = options
  const { keepSeconds = 86_400, lockSeconds = 300, limitBytes = 1_048_576 } = options
  const key = z.string().min(1).max(255).describe('The same for each retry of one request, such as a UUID')
  const contract = {
    methods,
    requestHeaders: { 'Idempotency-Key': required ? key : key.optional() },
    responseHeaders: { 'Idempotency-Replayed': z.literal('true').describe('The answer is that of an earlier request with the same key') },
    errors: [IdempotencyKeyInvalid, IdempotencyInProgress, IdempotencyKeyReused],
  }
  return defineMiddleware(contract, async function idempotency(context, next) {
    const field = methods.includes(context.method) ? context.header('idempotency-key') : undefined
    if (field === undefined && !(required && methods.includes(context.method))) return next()
    const [, quoted, bare] = KEY.exec(field ?? '') ?? []
    const given = quoted ?? bare
    if (given === undefined) throw new IdempotencyKeyInvalid()
    // A digest: the store must not learn the credentials.
    const holder = { key: await digest([subject(context), given]), owner: crypto.randomUUID() }
    const content = new ContentSample(limitBytes)
    let hasBegun = false
    const reply = await next({
      onContent: (chunk) => content.add(chunk),
      async beforeHandler() {
        const { method, path, search, header } = context
        const fingerprint = await digest([method, path, search, header('content-type') ?? '', String(content.length)], content.bytes)
        const kept = await store.begin(holder, fingerprint, lockSeconds)
        hasBegun = kept === undefined
        if (kept === undefined) return undefined
        if (kept.fingerprint !== fingerprint) throw new IdempotencyKeyReused()
        if (kept.answer === undefined) throw new IdempotencyInProgress()
        return toReply(kept.answer)
      },
    })
    if (!hasBegun) return reply
    const answer = toAnswer(reply, limitBytes)
    try {
      await (answer === undefined ? store.release(holder) : store.complete(holder, answer, keepSeconds))
    } catch (error) {
      // The handler has done its work: the client gets its answer. What a listener throws is logged.
      context.onSent(() => {
        throw error
      })
    }
    return reply
  })
}

function credentialsOf(context: BaseContext): string {
  return JSON.stringify((context.route?.security ?? []).map(({ read }) => read(context)))
}

function toAnswer({ status, headers, body }: Reply, limitBytes: number): KeptAnswer | undefined {
  if (status >= 500 || isSource(body)) return undefined
  // A copy: layers outside change the reply.
  const bytes = body === null ? null : toBytes(body).slice()
  return bytes !== null && bytes.byteLength > limitBytes ? undefined : { status, headers: [...headers], body: bytes }
}

function toReply({ status, headers, body }: KeptAnswer): Reply {
  const list = HeaderList.of({})
  for (const [name, value] of headers) list.append(name, value)
  list.set('idempotency-replayed', 'true')
  return new Reply(status, { headers: list, body })
}

/** The first bytes of a request's content, and the length of all of it. */
class ContentSample {
  length = 0
  readonly #limit: number
  readonly #chunks: Uint8Array[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Uint8Array): void {
    const room = this.#limit - this.length
    if (room > 0) this.#chunks.push(chunk.slice(0, room))
    this.length += chunk.byteLength
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.min(this.length, this.#limit))
    let at = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at)
      at += chunk.byteLength
    }
    return bytes
  }
}

function digest(texts: readonly string[], bytes = new Uint8Array()): Promise<string> {
  const head = new TextEncoder().encode(`${JSON.stringify(texts)}\n`)
  const all = new Uint8Array(head.byteLength + bytes.byteLength)
  all.set(head)
  all.set(bytes, head.byteLength)
  return digestOf(all)
}
