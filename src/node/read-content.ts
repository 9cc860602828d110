/** Reads all content of a message of `node:http` by events: for short content, an async iterator costs more than the rest of the request. */
import type { IncomingMessage } from 'node:http'
import { requestError, type RequestError } from '../errors/framework-errors.ts'
import { ByteCollector } from '../http/collect-bytes.ts'

/** The content, or the error if it is not complete; `undefined` if it exceeds the limit. */
export type ReadContent = Uint8Array | RequestError | undefined

/** Calls `then` once. */
export function readContent(message: IncomingMessage, limitBytes: number, then: (content: ReadContent) => void): void {
  // The message has closed already and emits no further events.
  if (message.destroyed) return then(incomplete(undefined))
  const collector = new ByteCollector()
  let isSettled = false
  const settle = (content: ReadContent) => {
    isSettled = true
    then(content)
  }
  const add = (part: Uint8Array) => {
    if (collector.length + part.byteLength <= limitBytes) return collector.add(part)
    message.off('data', add).off('end', end).pause()
    settle(undefined)
  }
  const end = () => settle(collector.take())
  const fail = (cause?: Error) => {
    // A message also closes after its end, and after an error.
    if (!isSettled) settle(incomplete(cause))
  }
  message.on('data', add)
  // Not `once`, although each event is emitted once: it creates three more objects for each listener, which keep the request alive.
  message.on('end', end)
  message.on('error', fail)
  message.on('close', fail)
}

export function incomplete(cause: unknown): RequestError {
  return requestError(400, 'The content ended before it was complete', { cause })
}
