/** All the content of a message of `node:http`, by events: of short content, an async iterator would cost more than all the rest of its request. */
import type { IncomingMessage } from 'node:http'
import { RequestError } from '../errors/framework-errors.ts'
import { joinBytes } from '../http/join-bytes.ts'

/** The content, or why it is not complete; `undefined` as soon as there is more of it than the limit. */
export type ReadContent = Uint8Array | RequestError | undefined

/** Calls back once. */
export function readContent(message: IncomingMessage, limitBytes: number, then: (content: ReadContent) => void): void {
  // It has closed already, and says so only once.
  if (message.destroyed) return then(incomplete(undefined))
  const parts: Uint8Array[] = []
  let length = 0
  let isSettled = false
  const settle = (content: ReadContent) => {
    isSettled = true
    then(content)
  }
  const add = (part: Uint8Array) => {
    length += part.byteLength
    if (length <= limitBytes) return void parts.push(part)
    message.off('data', add).off('end', end).pause()
    settle(undefined)
  }
  const end = () => settle(joinBytes(parts, length))
  const fail = (cause?: Error) => {
    // A message also closes after its end, and after an error.
    if (!isSettled) settle(incomplete(cause))
  }
  message.on('data', add)
  // Not `once`, although each comes once: it would make an object of three more for each, which holds the request.
  message.on('end', end)
  message.on('error', fail)
  message.on('close', fail)
}

export function incomplete(cause: unknown): RequestError {
  return new RequestError(400, 'The content ended before it was complete', { cause })
}
