/** The text of server-sent events (WHATWG HTML §9.2). */

/** One event. Without `data` a client dispatches nothing, but it keeps `id` and `retry`. */
export interface EventFields {
  /** May have several lines. The empty string is an event with empty data. */
  readonly data?: string | undefined
  /** The event type for `addEventListener`. One line. Default: `message`. */
  readonly event?: string | undefined
  /** The client sends it as `Last-Event-ID` when it reconnects. One line, no NUL. */
  readonly id?: string | undefined
  /** How long a client waits before it reconnects, in milliseconds. */
  readonly retry?: number | undefined
  /** A comment, which clients ignore. It keeps a connection open. */
  readonly comment?: string | undefined
}

/** `end-of-line = ( cr lf / cr / lf )` */
const END_OF_LINE = /\r\n|\r|\n/g

/** `event = *( comment / field ) end-of-line`. Throws a `TypeError` on a field that would arrive changed. */
export function formatEvent({ comment, event, data, id, retry }: EventFields): string {
  if (event !== undefined && /[\r\n]/.test(event))
    throw new TypeError('EVENT_FIELD: event: a type must be one line. Remove the line breaks.')
  if (id !== undefined && /[\r\n\0]/.test(id))
    throw new TypeError('EVENT_FIELD: id: an id must be one line without NUL. Remove these characters.')
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    throw new TypeError('EVENT_FIELD: retry: a time must be a whole number of milliseconds, 0 or more. Round it.')
  }
  let text = ''
  if (comment !== undefined) text += formatLines(': ', comment)
  if (event !== undefined) text += `event: ${event}\n`
  if (data !== undefined) text += formatLines('data: ', data)
  if (id !== undefined) text += `id: ${id}\n`
  if (retry !== undefined) text += `retry: ${retry}\n`
  return `${text}\n`
}

/** A client joins lines with LF and removes one space after the colon. */
function formatLines(start: string, text: string): string {
  // Most texts are one line, as all JSON is: `includes` is much cheaper than a regular expression.
  if (!text.includes('\n') && !text.includes('\r')) return `${start}${text}\n`
  return `${start}${text.replace(END_OF_LINE, `\n${start}`)}\n`
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The id of the last event that a client received. Browsers send it as UTF-8, but runtimes decode header values as Latin-1. */
export function parseLastEventId(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  if (!/[\x80-\xff]/.test(value) || /[^\0-\xff]/.test(value)) return value
  try {
    return decoder.decode(Uint8Array.from(value, (character) => character.charCodeAt(0)))
  } catch {
    return value
  }
}
