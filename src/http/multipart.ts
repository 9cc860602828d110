/** Parses multipart content while it arrives (RFC 2046 §5.1): a state machine over bytes in chunks of any size. */

/** A part is a head, any number of data events, and an end. */
export type MultipartEvent =
  | { readonly kind: 'head'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }

/** The content breaks RFC 2046. The message never contains any of the content. */
export class MultipartError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MultipartError'
  }
}

/** `boundary := 0*69<bchars> bcharsnospace` */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/

export function isBoundary(text: string): boolean {
  return BOUNDARY.test(text)
}

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const HYPHEN = 0x2d

/** The limit for the headers of one part, and for the whitespace after a delimiter. */
const HEAD_LIMIT_BYTES = 8192

/**
 * `field-name ":" field-value`: a token, then text without controls. Folded lines are obsolete. The whitespace around the value is trimmed
 * afterwards: matching it here would take quadratic time.
 */
const FIELD = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):((?:[^\p{Cc}]|\t)*)$/u

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const NOTHING = new Uint8Array(0)

export class MultipartParser {
  readonly #delimiter: Uint8Array
  #state: 'preamble' | 'delimiter' | 'head' | 'data' | 'epilogue' = 'preamble'
  /** Bytes that cannot be interpreted before more arrive. Starts with a line break, because a delimiter needs one and the first delimiter may lack it. */
  #rest: Uint8Array = Uint8Array.of(CR, LF)
  #fields = new Map<string, string>()
  #headBytes = 0

  constructor(boundary: string) {
    this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`)
  }

  /** Parses a chunk. The bytes of the events are views on it. Throws a `MultipartError`. */
  push(chunk: Uint8Array): readonly MultipartEvent[] {
    const events: MultipartEvent[] = []
    if (this.#state === 'epilogue') return events
    const bytes = concat(this.#rest, chunk)
    this.#rest = NOTHING
    let at: number | undefined = 0
    while (at !== undefined) at = this.#step(bytes, at, events)
    return events
  }

  /** Throws a `MultipartError` if the content ended before its last delimiter. */
  end(): void {
    if (this.#state !== 'epilogue') throw new MultipartError('The content ends before its last boundary')
  }

  /** The position to continue at; `undefined` if more bytes are needed. */
  #step(bytes: Uint8Array, at: number, events: MultipartEvent[]): number | undefined {
    switch (this.#state) {
      case 'preamble':
      case 'data':
        return this.#readContent(bytes, at, events)
      case 'delimiter':
        return this.#readDelimiterEnd(bytes, at)
      case 'head':
        return this.#readHeadLine(bytes, at, events)
      case 'epilogue':
        return undefined
    }
  }

  #readContent(bytes: Uint8Array, at: number, events: MultipartEvent[]): number | undefined {
    const found = findDelimiter(bytes, this.#delimiter, at)
    const isData = this.#state === 'data'
    if (isData && found > at) events.push({ kind: 'data', bytes: bytes.subarray(at, found) })
    if (found + this.#delimiter.length > bytes.length) return this.#wait(bytes, found)
    if (isData) events.push({ kind: 'end' })
    this.#state = 'delimiter'
    return found + this.#delimiter.length
  }

  /** `delimiter transport-padding CRLF`, or `delimiter "--"` at the very end */
  #readDelimiterEnd(bytes: Uint8Array, at: number): number | undefined {
    let end = at
    while (bytes[end] === SPACE || bytes[end] === TAB) end++
    if (end - at > HEAD_LIMIT_BYTES) throw new MultipartError('A boundary is followed by too much whitespace')
    if (end + 2 > bytes.length) return this.#wait(bytes, at)
    if (end === at && bytes[at] === HYPHEN && bytes[at + 1] === HYPHEN) {
      this.#state = 'epilogue'
      return undefined
    }
    if (bytes[end] !== CR || bytes[end + 1] !== LF) throw new MultipartError('A boundary does not end its line')
    this.#state = 'head'
    this.#fields = new Map()
    this.#headBytes = 0
    return end + 2
  }

  #readHeadLine(bytes: Uint8Array, at: number, events: MultipartEvent[]): number | undefined {
    const lineFeed = bytes.indexOf(LF, at)
    const next = lineFeed === -1 ? bytes.length : lineFeed + 1
    if (this.#headBytes + next - at > HEAD_LIMIT_BYTES)
      throw new MultipartError(`The head of a part is larger than ${HEAD_LIMIT_BYTES} bytes`)
    if (lineFeed === -1) return this.#wait(bytes, at)
    if (lineFeed === at || bytes[lineFeed - 1] !== CR) throw new MultipartError('A line in the head of a part does not end with CR LF')
    this.#headBytes += next - at
    if (lineFeed === at + 1) {
      events.push({ kind: 'head', fields: this.#fields })
      this.#state = 'data'
    } else this.#addField(bytes.subarray(at, lineFeed - 1))
    return next
  }

  #addField(line: Uint8Array): void {
    const match = FIELD.exec(decode(line))
    if (match === null) throw new MultipartError('A line in the head of a part is not a header field')
    const name = match[1]!.toLowerCase()
    if (this.#fields.has(name)) throw new MultipartError('The head of a part has a header field twice')
    this.#fields.set(name, match[2]!.trim())
  }

  #wait(bytes: Uint8Array, from: number): undefined {
    this.#rest = bytes.subarray(from)
  }
}

function decode(line: Uint8Array): string {
  try {
    return decoder.decode(line)
  } catch {
    throw new MultipartError('The head of a part is not UTF-8')
  }
}

/** The position of the delimiter, or of its possible beginning at the end of the bytes; otherwise the length. */
function findDelimiter(bytes: Uint8Array, delimiter: Uint8Array, from: number): number {
  // A boundary contains no line break, so candidates never overlap and each byte is compared at most twice.
  for (let at = bytes.indexOf(CR, from); at !== -1; at = bytes.indexOf(CR, at + 1)) if (matchesAt(bytes, delimiter, at)) return at
  return bytes.length
}

function matchesAt(bytes: Uint8Array, delimiter: Uint8Array, at: number): boolean {
  const length = Math.min(delimiter.length, bytes.length - at)
  for (let i = 1; i < length; i++) if (bytes[at + i] !== delimiter[i]) return false
  return true
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

/** Parses content with a valid `boundary`. Zero bytes have no parts. Throws a `MultipartError`. */
export async function* readMultipart(chunks: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<MultipartEvent, void, void> {
  const parser = new MultipartParser(boundary)
  let isEmpty = true
  for await (const chunk of chunks) {
    isEmpty &&= chunk.byteLength === 0
    yield* parser.push(chunk)
  }
  if (!isEmpty) parser.end()
}
