/** Decides when enough of a response was read: a number of items of a stream, or a number of bytes. */
import { EVENT_STREAM, isJSONLines, type SendOptions } from './wire.ts'

/** The most bytes of a response that are read. Longer content is not checked against its schema. */
export const MOST_BYTES = 4 * 1024 * 1024

export interface StreamLimit {
  readonly isStream: boolean
  /** Counts the next bytes. Returns true if enough was read. */
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
        // A comment of an event stream begins with a colon. It is not an item.
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
