/** What `riposte/postgres` exports, name by name. */
export { CHANNEL_TABLES, postgresStore } from './channel-store.ts'
export type { PostgresStore, PostgresStoreOptions } from './channel-store.ts'
export { IDEMPOTENCY_TABLES, postgresIdempotencyStore } from './idempotency-store.ts'
export type { PostgresIdempotencyStore } from './idempotency-store.ts'
export type { DrizzleHandle, KyselyHandle, PrismaHandle, QueryHandle, SQLHandle } from './executor.ts'
export type { NotifyingPGlite, NotifyingPool } from './notifications.ts'
export { transaction } from './transaction.ts'
export type { TransactionOf, TransactionSource } from './transaction.ts'
