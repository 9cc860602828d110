/** Stores the responses to requests with an `Idempotency-Key`. */
import type { MaybePromise } from '../maybe-promise.ts'

/** A stored response. */
export interface StoredResponse {
  readonly status: number
  /** Names in lower case; a name may occur more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `null` is no content. */
  readonly body: Uint8Array | null
}

/** The entry of a key. */
export interface KeptRequest {
  /** The fingerprint of the first request with the key. */
  readonly fingerprint: string
  /** `undefined` while the first request is in progress. */
  readonly response?: StoredResponse | undefined
}

/** Names one request among all that have the same key. */
export interface KeyHolder {
  /** At most 64 characters of base64url. */
  readonly key: string
  /** Random, different for each request. */
  readonly owner: string
}

/**
 * Storage for the responses, such as a database table that all processes share. If `begin` rejects, the response is a 500 and the handler does not run.
 * Rejections of `complete` and `release` are logged.
 */
export interface IdempotencyStore {
  /**
   * Locks a free key for its owner, for `lockSeconds`, and returns `undefined`. For a key that is not free, returns its entry. Must be atomic: of two
   * requests at the same time, only one gets `undefined`.
   */
  begin(holder: KeyHolder, fingerprint: string, lockSeconds: number): MaybePromise<KeptRequest | undefined>
  /** Stores the response for `keepSeconds`. Does nothing if another owner has locked the key meanwhile. */
  complete(holder: KeyHolder, response: StoredResponse, keepSeconds: number): MaybePromise<void>
  /** Frees the key, if no response is to be stored. Does nothing if another owner has locked the key meanwhile. */
  release(holder: KeyHolder): MaybePromise<void>
}

/** Options of `createIdempotencyStore()`. */
export interface MemoryStoreOptions {
  /** The maximum size of all stored responses, in bytes. Beyond it the oldest are dropped, and their retries run again. Default: 64 MiB. */
  readonly limitBytes?: number
}

interface Entry extends KeptRequest {
  readonly owner: string
  readonly expires: number
  readonly bytes: number
}

/** The estimated size of an entry without the body of its response, in bytes. */
const OVERHEAD = 1024

/** Stores responses in the memory of this process. For apps with one process, and responses that may be lost when it ends. */
export function createIdempotencyStore({ limitBytes = 67_108_864 }: MemoryStoreOptions = {}): IdempotencyStore {
  // In insertion order, which is nearly the order in which they expire.
  const entries = new Map<string, Entry>()
  let total = 0

  function drop(key: string): void {
    total -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  function put(key: string, entry: Entry): void {
    drop(key)
    entries.set(key, entry)
    total += entry.bytes
  }

  function find(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (entry === undefined || entry.expires > Date.now()) return entry
    drop(key)
    return undefined
  }

  /** Drops expired and old entries. An entry without a response belongs to a running request, and is kept. */
  function makeRoom(): void {
    const now = Date.now()
    for (const [key, { response, expires }] of entries) {
      if (expires > now && total <= limitBytes) return
      if (expires <= now || response !== undefined) drop(key)
    }
  }

  return {
    begin({ key, owner }, fingerprint, lockSeconds) {
      const found = find(key)
      if (found !== undefined) return found
      makeRoom()
      put(key, { owner, fingerprint, expires: Date.now() + lockSeconds * 1000, bytes: OVERHEAD })
      return undefined
    },
    complete({ key, owner }, response, keepSeconds) {
      const found = find(key)
      if (found?.owner !== owner) return
      const bytes = OVERHEAD + (response.body?.byteLength ?? 0)
      put(key, { owner, fingerprint: found.fingerprint, response, expires: Date.now() + keepSeconds * 1000, bytes })
      makeRoom()
    },
    release({ key, owner }) {
      if (find(key)?.owner === owner) drop(key)
    },
  }
}

/** The text of a stored response, for stores in a database. */
export function formatStoredResponse({ status, headers, body }: StoredResponse): string {
  return JSON.stringify({ status, headers, body: body === null ? null : Buffer.from(body).toString('base64') })
}

/** `text` must be a result of `formatStoredResponse`. */
export function parseStoredResponse(text: string): StoredResponse {
  const { body, ...response } = JSON.parse(text) as Omit<StoredResponse, 'body'> & { readonly body: string | null } // as the function above wrote it
  return { ...response, body: body === null ? null : new Uint8Array(Buffer.from(body, 'base64')) }
}
