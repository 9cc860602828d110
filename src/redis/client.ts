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
  readonly connect: () => Promise<unknown>
  destroy(): void
  on(event: 'error', listener: (error: unknown) => void): unknown
}

/** A client of `ioredis` or of `redis`. */
export type RedisClient = IORedisClient | NodeRedisClient

export type SendCommand = (command: string, ...args: string[]) => Promise<unknown>

/** A separate connection, for a command that blocks. */
export interface OwnConnection {
  /** Rejects if the server can't be reached. If the connection fails later, the next command rejects. */
  readonly connect: () => Promise<unknown>
  readonly send: SendCommand
  /** Also ends an attempt to connect. */
  close(): void
}

export function toSendCommand(client: RedisClient): SendCommand {
  if ('call' in client) return (command, ...args) => client.call(command, ...args)
  return (command, ...args) => client.sendCommand([command, ...args])
}

export function duplicateConnection(client: RedisClient): OwnConnection {
  if ('call' in client) {
    const own = client.duplicate()
    own.on('error', () => undefined)
    // It connects itself.
    return { connect: async () => undefined, send: toSendCommand(own), close: () => own.disconnect() }
  }
  const own = client.duplicate()
  let isConnecting = false
  let isClosed = false
  own.on('error', () => {
    // An attempt to connect has failed. The next one would follow.
    if (isClosed) destroy(own)
  })
  return {
    async connect() {
      isConnecting = true
      try {
        await own.connect()
      } finally {
        isConnecting = false
        if (isClosed) destroy(own)
      }
    },
    send: toSendCommand(own),
    close() {
      isClosed = true
      // The client would not close a socket that it is still opening.
      if (!isConnecting) destroy(own)
    },
  }
}

function destroy(client: NodeRedisClient): void {
  try {
    client.destroy()
  } catch {
    // Version 5 of `redis` throws if the connection has ended.
  }
}
