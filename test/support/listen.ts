/** Serves an app at a free port for a test. */
import { serve, type ServedApp, type ServeOptions, type Server } from '../../src/node/index.ts'

export function listen(app: ServedApp, options: ServeOptions = {}): Promise<Server> {
  return serve(app, { port: 0, stopOnSignals: false, stopIdleMs: 20, stopTimeoutMs: 1_000, ...options })
}
