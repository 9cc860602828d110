/** When enough of a stream was read: up to a number of items, and up to a number of bytes. */
import { EVENT_STREAM, isJSONLines, type SendOptions } from './wire.ts'

/** Beyond it, an answer is not read, and not held against its schema. */
export const MOST_BYTES = 4 * 1024 * 1024

export interface StreamLimit {
  readonly isStream: boolean
  /** Takes the next bytes. True when enough was seen. */
  readonly take: (chunk: Uint8Array) => boolean
}

const LINE_FEED = 10
const RETURN = 13

export function limitStream(contentType: string | undefined, { streamItems, mostBytes = MOST_BYTES }: SendOptions): StreamLimit {
  const mediaType = contentType?.split(';')[0]!.trim().toLowerCase()
  let bytes = 0
  let seen = 0
  let isLineEmpty = true
  let hasField = false
  const isEvents = mediaType === EVENT_STREAM
  const isLines = isJSONLines(mediaType)
  const take = (chunk: Uint8Array): boolean => {
    bytes += chunk.byteLength
    for (const byte of isEvents || isLines ? chunk : []) {
      if (byte === RETURN) continue
      if (byte !== LINE_FEED) {
        // Comments of an event stream are no items.
        if (isLineEmpty && byte !== 58) hasField = true
        isLineEmpty = false
      } else {
        if (isEvents ? isLineEmpty && hasField : !isLineEmpty) {
          seen += 1
          hasField = false
        }
        isLineEmpty = true
      }
    }
    return bytes >= mostBytes || ((isEvents || isLines) && seen >= streamItems)
  }
  return { isStream: isEvents || isLines, take }
}
