/** What `riposte/bullmq` exports, name by name. */
export { bullmq } from './engine.ts'
export type { BullMQClient } from './queues.ts'
export type { BullMQOptions } from './engine.ts'
export type { OutboxOptions } from './outbox.ts'
