/** A client of Redis whose scripts of BullMQ a test can fail or hold. */
import type { Redis } from 'ioredis'
import type { BullMQClient } from '../../src/bullmq/index.ts'

/** Called instead of a script with this name, such as `moveToActive`. `run` is the script itself. */
export type ScriptHook = (run: () => Promise<unknown>) => Promise<unknown>

export function hookScripts(redis: Redis, hooks: Readonly<Record<string, ScriptHook | undefined>>): BullMQClient {
  const hooked = (client: Redis): Redis =>
    new Proxy(client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (name === 'duplicate') return (options: object) => hooked(target.duplicate(options))
        if (typeof value !== 'function') return value
        const method = value as (...args: unknown[]) => unknown
        // BullMQ names a script after itself and its version.
        const script = String(name).split(':')[0]!
        return (...args: unknown[]) => {
          const run = () => method.apply(target, args)
          const hook = String(name).includes(':') ? hooks[script] : undefined
          return hook === undefined ? run() : hook(run as () => Promise<unknown>) // a script answers later
        }
      },
      set: (target, name, value) => Reflect.set(target, name, value),
    })
  return hooked(redis)
}
