/** What `riposte/node` exports, name by name. */
export type { ConnectMiddleware } from './connect.ts'
export { directory } from './directory.ts'
export type { DirectoryOptions } from './directory.ts'
export { toNodeHandler } from './handler.ts'
export type { Answerer } from './handler.ts'
export { serve } from './serve.ts'
export type { ServeOptions, Server } from './serve.ts'
export type { NodeHandler } from './turns.ts'
