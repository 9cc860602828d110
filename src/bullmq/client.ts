/** The client of Redis that BullMQ is given. */

/** A client of `ioredis`. */
export interface BullMQClient {
  call(command: string, ...args: string[]): Promise<unknown>
  duplicate(options?: object): BullMQClient
  disconnect(): void
  on(event: 'error', listener: (error: Error) => void): unknown
}
