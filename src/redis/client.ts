/** Sends commands through a client of `ioredis` or `redis`. Their types are described here, so that neither is imported. */

/** A client of `ioredis`. */
export interface IORedisClient {
  call(command: string, ...args: string[]): Promise<unknown>
  duplicate(): IORedisClient
  disconnect(): void
  on(event: 'error', listener: (error: unknown) => void): unknown
}

/** A client of `redis` (node-redis), connected. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>
  duplicate(): NodeRedisClient
  connect(): Promise<unknown>
  destroy(): void
  on(event: 'error', listener: (error: unknown) => void): unknown
}

/** A client of `ioredis` or of `redis`. */
export type RedisClient = IORedisClient | NodeRedisClient

export type SendCommand = (command: string, ...args: string[]) => Promise<unknown>

/** A separate connection, for a command that blocks. */
export interface OwnConnection {
  readonly send: SendCommand
  close(): void
}

export function toSendCommand(client: RedisClient): SendCommand {
  if ('call' in client) return (command, ...args) => client.call(command, ...args)
  return (command, ...args) => client.sendCommand([command, ...args])
}

/** Rejects if the server can't be reached. If the connection fails later, the next command rejects. */
export async function openConnection(client: RedisClient): Promise<OwnConnection> {
  const own = client.duplicate()
  own.on('error', () => undefined)
  if ('connect' in own && !('call' in own)) await own.connect()
  return { send: toSendCommand(own), close: () => ('disconnect' in own ? own.disconnect() : own.destroy()) }
}
