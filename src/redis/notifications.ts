/** One connection of this process that waits for the notifications of all channels of a store. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Listeners, parseMessageId } from '../channel/channel-store.ts'
import { duplicateConnection, type OwnConnection, type RedisClient, type SendCommand } from './client.ts'

/** How long the server waits for new entries before it replies. */
const WAIT_MS = 5000
const MOST_ENTRIES = 1000
const RETRY_MS = 200

type Entry = readonly [id: unknown, fields: readonly unknown[]]

/** Each entry of the stream `key` names the stream of a channel that has a new message. */
export class Notifications {
  readonly #client: RedisClient
  readonly #send: SendCommand
  readonly #key: string
  readonly #listeners = new Listeners()
  #isRunning = false
  #isClosed = false
  #connection: OwnConnection | undefined = undefined

  constructor(client: RedisClient, send: SendCommand, key: string) {
    this.#client = client
    this.#send = send
    this.#key = key
  }

  /** Calls `notify` for each message of a stream, and whenever one may have been missed. */
  watch(stream: string, notify: () => void): () => void {
    const remove = this.#listeners.add(stream, notify)
    if (!this.#isRunning && !this.#isClosed) void this.#run()
    return () => {
      remove()
      if (this.#listeners.isEmpty) this.#disconnect()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect()
  }

  get #isWanted(): boolean {
    return !this.#isClosed && !this.#listeners.isEmpty
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#isWanted) {
      try {
        await this.#listen()
      } catch {
        // No message is lost: every subscriber reads its channel after the next connection.
        this.#disconnect()
        if (this.#isWanted) await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
    this.#isRunning = false
    this.#disconnect()
  }

  async #listen(): Promise<void> {
    let position = await this.#findPosition()
    this.#listeners.notifyAll()
    if (!this.#isWanted) return
    const { connect, send } = (this.#connection = duplicateConnection(this.#client))
    await connect()
    while (this.#isWanted) {
      const found = send('XREAD', 'COUNT', String(MOST_ENTRIES), 'BLOCK', String(WAIT_MS), 'STREAMS', this.#key, position)
      const entries = toEntries(await replyOf(found))
      const [first] = entries
      if (first === undefined) continue
      if (isNext(String(first[0]), position))
        for (const stream of new Set(entries.map(([, fields]) => String(fields[1])))) this.#listeners.notify(stream)
      // Some entries were removed before this process read them, or the server lost its data.
      else this.#listeners.notifyAll()
      position = String(entries.at(-1)![0])
    }
  }

  async #findPosition(): Promise<string> {
    const [last] = (await this.#send('XREVRANGE', this.#key, '+', '-', 'COUNT', '1')) as readonly Entry[]
    return last === undefined ? '0-0' : String(last[0])
  }

  #disconnect(): void {
    this.#connection?.close()
    this.#connection = undefined
  }
}

/** Rejects with a `TimeoutError` if the server does not reply in time: a connection may be lost without an event. */
async function replyOf(found: Promise<unknown>): Promise<unknown> {
  const controller = new AbortController()
  const late = sleep(2 * WAIT_MS, undefined, { ref: false, signal: controller.signal }).then(() => {
    throw new DOMException('The server did not reply', 'TimeoutError')
  })
  late.catch(() => undefined)
  found.catch(() => undefined)
  try {
    return await Promise.race([found, late])
  } finally {
    controller.abort()
  }
}

function isNext(id: string, position: string): boolean {
  const [next, last] = [parseMessageId(id), parseMessageId(position)]
  return next?.epoch === last?.epoch && next?.seq === last!.seq + 1
}

/** The entries of the one stream in a reply. In RESP2 it is a list of pairs. In RESP3 it is a map, which clients return as an object, or as a list of alternating keys and values. */
function toEntries(found: unknown): readonly Entry[] {
  if (found === null || found === undefined) return []
  const [first, second] = Array.isArray(found) ? (found as unknown[]) : Object.entries(found)[0]!
  const entries = Array.isArray(first) ? first[1] : second
  return entries as readonly Entry[]
}
