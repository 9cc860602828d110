/** What `riposte/channel` exports, name by name. */
export { channel } from './channel.ts'
export type {
  Channel,
  ChannelGap,
  ChannelItem,
  ChannelMessage,
  ChannelOptions,
  ChannelPosition,
  PublishOptions,
  SubscribeOptions,
} from './channel.ts'
export type { ChannelLog, ChannelStore, GapReason, StoredMessage, StoredMessages } from './channel-store.ts'
export { memoryStore } from './memory-store.ts'
export type { MemoryStoreOptions } from './memory-store.ts'
