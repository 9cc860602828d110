/** What `riposte/pg-boss` exports, name by name. */
export { pgBoss } from './engine.ts'
export type { PgBossOptions } from './engine.ts'
