/** Lets a client retry a request after a failure, while its handler runs only once (draft-ietf-httpapi-idempotency-key-header). */
import { z } from 'zod'
import type { BaseContext } from '../contract/handler.ts'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { digestOf } from '../http/entity-tag.ts'
import { HeaderList } from '../http/header-list.ts'
import { toBytes } from '../reply/declared-length.ts'
import { isSource, Reply } from '../reply/reply.ts'
import { ByteCollector } from '../http/collect-bytes.ts'
import { createIdempotencyStore, type IdempotencyStore, type StoredResponse } from './idempotency-store.ts'

/** Options of `idempotency()`. */
export interface IdempotencyOptions {
  /** Default: `createIdempotencyStore()`, in the memory of this process. Several processes need a shared store. */
  readonly store?: IdempotencyStore
  /** Whether a request without the header is refused with 400. Default: false: the middleware then ignores it. */
  readonly required?: boolean
  /** The methods to which this applies. Default: POST and PATCH. */
  readonly methods?: readonly string[]
  /**
   * Identifies the client: the same key of another subject is a different key. Default: the credentials of the route's security schemes, so that a retry
   * must have the same credentials. If a client may renew its token before a retry, return what stays the same, such as the user's id in the token.
   */
  readonly subject?: (context: BaseContext) => string
  /** How long a response is stored. Default: 86,400, one day. */
  readonly keepSeconds?: number
  /** After how long the lock of a request expires if its process has ended. Must be longer than any handler takes. Default: 300. */
  readonly lockSeconds?: number
  /** The maximum size of a stored response, and of the part of a request's content that is compared, in bytes. Default: 1 MiB. */
  readonly limitBytes?: number
}

/** 400 `IDEMPOTENCY_KEY`: the request has a malformed `Idempotency-Key`, or none although it is required. */
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
/** 422 `IDEMPOTENCY_KEY_REUSED`: the key was already used for a different request. */
export const IdempotencyKeyReused = defineError('IDEMPOTENCY_KEY_REUSED', {
  status: 422,
  detail: 'This Idempotency-Key was sent with another request',
})

/** `Idempotency-Key = sf-string`. Many clients leave out the quotes. */
const KEY = /^(?:"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}))$/

/**
 * Sends the stored response to a retry with the same `Idempotency-Key`, without running the handler again.
 * Middleware: `app.use(idempotency())`. The handler's response to a request with an `Idempotency-Key` is stored, and a retry gets it with
 * `Idempotency-Replayed: true`. Guards, inputs and body are checked each time, before the key. A 5xx, a stream, a file and a response longer than
 * `limitBytes` are not stored, so a retry runs the handler again.
 */
export function idempotency(options: IdempotencyOptions = {}): Middleware {
  const { store = createIdempotencyStore(), required = false, methods = ['POST', 'PATCH'], subject = credentialsOf } = options
  const { keepSeconds = 86_400, lockSeconds = 300, limitBytes = 1_048_576 } = options
  const key = z.string().min(1).max(255).describe('The same for each retry of one request, such as a UUID')
  const contract = {
    methods,
    requestHeaders: { 'Idempotency-Key': required ? key : key.optional() },
    responseHeaders: { 'Idempotency-Replayed': z.literal('true').describe('The response is that of an earlier request with the same key') },
    errors: [IdempotencyKeyInvalid, IdempotencyInProgress, IdempotencyKeyReused],
  }
  return defineMiddleware(contract, async function idempotency(context, next) {
    const field = methods.includes(context.method) ? context.header('idempotency-key') : undefined
    if (field === undefined && !(required && methods.includes(context.method))) return next()
    const [, quoted, bare] = KEY.exec(field ?? '') ?? []
    const given = quoted ?? bare
    if (given === undefined) throw new IdempotencyKeyInvalid()
    // A digest, so that the store does not contain the credentials.
    const holder = { key: await digest([subject(context), given]), owner: crypto.randomUUID() }
    /** The first bytes of the content. */
    const sample = new ByteCollector()
    let length = 0
    let hasBegun = false
    const reply = await next({
      onContent(chunk) {
        // A copy, because the chunk may be overwritten.
        if (length < limitBytes) sample.add(chunk.slice(0, limitBytes - length))
        length += chunk.byteLength
      },
      async beforeHandler() {
        const { method, path, search, header } = context
        const fingerprint = await digest([method, path, search, header('content-type') ?? '', String(length)], sample.take())
        const kept = await store.begin(holder, fingerprint, lockSeconds)
        hasBegun = kept === undefined
        if (kept === undefined) return undefined
        if (kept.fingerprint !== fingerprint) throw new IdempotencyKeyReused()
        if (kept.response === undefined) throw new IdempotencyInProgress()
        return toReply(kept.response)
      },
    })
    if (!hasBegun) return reply
    const response = toStoredResponse(reply, limitBytes)
    try {
      await (response === undefined ? store.release(holder) : store.complete(holder, response, keepSeconds))
    } catch (error) {
      // The handler has succeeded, so the client gets its response. An error of this listener is logged.
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

function toStoredResponse({ status, headers, body }: Reply, limitBytes: number): StoredResponse | undefined {
  if (status >= 500 || isSource(body)) return undefined
  // A copy, because outer layers may change the reply.
  const bytes = body === null ? null : toBytes(body).slice()
  return bytes !== null && bytes.byteLength > limitBytes ? undefined : { status, headers: [...headers], body: bytes }
}

function toReply({ status, headers, body }: StoredResponse): Reply {
  const list = HeaderList.of({})
  for (const [name, value] of headers) list.append(name, value)
  list.set('idempotency-replayed', 'true')
  return new Reply(status, { headers: list, body })
}

function digest(texts: readonly string[], content: Uint8Array = new Uint8Array()): Promise<string> {
  const all = new ByteCollector()
  all.add(toBytes(`${JSON.stringify(texts)}\n`))
  all.add(content)
  return digestOf(all.take())
}
