/** Where the answers of requests with an `Idempotency-Key` are kept. */
import type { MaybePromise } from '../maybe-promise.ts'

/** A finished answer. */
export interface KeptAnswer {
  readonly status: number
  /** Names in lower case; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `null` is no content. */
  readonly body: Uint8Array | null
}

/** What is kept for a key. */
export interface KeptRequest {
  /** The fingerprint of the first request with the key. */
  readonly fingerprint: string
  /** `undefined` while the first request is in progress. */
  readonly answer?: KeptAnswer | undefined
}

/** Names one request among all that have the same key. */
export interface KeyHolder {
  /** At most 64 characters of base64url. */
  readonly key: string
  /** Random, other for each request. */
  readonly owner: string
}

/**
 * A place for the answers, such as a table of a database that all processes share. Rejections of `begin` are a 500 before the handler runs; those of
 * `complete` and `release` are logged.
 */
export interface IdempotencyStore {
  /**
   * Takes a free key for its owner, for `lockSeconds`, and gives `undefined`. Gives what is kept for a key that is not free. Must be one atomic step:
   * of two requests at the same time, one gets `undefined`.
   */
  begin(holder: KeyHolder, fingerprint: string, lockSeconds: number): MaybePromise<KeptRequest | undefined>
  /** Keeps the answer for `keepSeconds`. Does nothing where another owner has the key by now. */
  complete(holder: KeyHolder, answer: KeptAnswer, keepSeconds: number): MaybePromise<void>
  /** Makes the key free again: there is no answer to keep. Does nothing where another owner has the key by now. */
  release(holder: KeyHolder): MaybePromise<void>
}

/** Options of `createIdempotencyStore()`. */
export interface MemoryStoreOptions {
  /** The most that all kept answers may take. Beyond it the oldest are dropped: a retry of theirs runs again. Default: 64 MiB. */
  readonly limitBytes?: number
}

interface Entry extends KeptRequest {
  readonly owner: string
  readonly expires: number
  readonly bytes: number
}

/** In bytes, for what an entry takes beside the body of its answer. */
const OVERHEAD = 1024

/** Keeps answers in the memory of this process: for one process, and for answers that may be lost when it ends. */
export function createIdempotencyStore({ limitBytes = 67_108_864 }: MemoryStoreOptions = {}): IdempotencyStore {
  // In the order in which they were put in, which is nearly that in which they expire.
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

  /** An entry without an answer belongs to a request that is running. */
  function makeRoom(): void {
    const now = Date.now()
    for (const [key, { answer, expires }] of entries) {
      if (expires > now && total <= limitBytes) return
      if (expires <= now || answer !== undefined) drop(key)
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
    complete({ key, owner }, answer, keepSeconds) {
      const found = find(key)
      if (found?.owner !== owner) return
      const bytes = OVERHEAD + (answer.body?.byteLength ?? 0)
      put(key, { owner, fingerprint: found.fingerprint, answer, expires: Date.now() + keepSeconds * 1000, bytes })
      makeRoom()
    },
    release({ key, owner }) {
      if (find(key)?.owner === owner) drop(key)
    },
  }
}
