/** What `riposte/redis` exports, name by name. */
export type { IORedisClient, NodeRedisClient, RedisClient } from './client.ts'
export { redisIdempotencyStore } from './idempotency-store.ts'
export type { RedisIdempotencyStoreOptions } from './idempotency-store.ts'
export { redisStore } from './stream-store.ts'
export type { RedisStore, RedisStoreOptions } from './stream-store.ts'
