/** Stores responses to requests with an `Idempotency-Key` in Redis. One of the processes that use the same server runs the handler. */
import { formatStoredResponse, parseStoredResponse, type IdempotencyStore } from '../middleware/idempotency-store.ts'
import { toSendCommand, type RedisClient } from './client.ts'

/** Options of `redisIdempotencyStore()`. */
export interface RedisIdempotencyStoreOptions {
  /** The beginning of all keys. Default: `riposte:idempotency:`. */
  readonly prefix?: string
}

/** Locks the key if it is free. A key is free for its own owner too, because a client sends a command again when its connection breaks before the reply. */
const BEGIN = `
local owner = redis.call('HGET', KEYS[1], 'owner')
if owner and owner ~= ARGV[1] then return redis.call('HMGET', KEYS[1], 'fingerprint', 'response') end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'fingerprint', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return false`

const COMPLETE = `
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'response', ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`

const RELEASE = `
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

/**
 * For `idempotency({ store })`. `client` is a client of `ioredis` or `redis`. Redis deletes expired keys. It must not delete keys earlier: set
 * its `maxmemory-policy` to `noeviction`.
 */
export function redisIdempotencyStore(
  client: RedisClient,
  { prefix = 'riposte:idempotency:' }: RedisIdempotencyStoreOptions = {},
): IdempotencyStore {
  const send = toSendCommand(client)
  const run = (script: string, key: string, ...args: string[]) => send('EVAL', script, '1', prefix + key, ...args)
  return {
    async begin({ key, owner }, fingerprint, lockSeconds) {
      const kept = (await run(BEGIN, key, owner, fingerprint, toMs(lockSeconds))) as
        | readonly [fingerprint: string, response: string | null]
        | null
      if (kept === null) return undefined
      const [first, response] = kept
      return { fingerprint: first, response: response === null ? undefined : parseStoredResponse(response) }
    },
    async complete({ key, owner }, response, keepSeconds) {
      await run(COMPLETE, key, owner, formatStoredResponse(response), toMs(keepSeconds))
    },
    async release({ key, owner }) {
      await run(RELEASE, key, owner)
    },
  }
}

function toMs(seconds: number): string {
  return String(Math.ceil(seconds * 1000))
}
