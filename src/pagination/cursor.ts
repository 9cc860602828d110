/** Cursors: positions as opaque text, bound to what they are a position in. */
import { MOST_CHARACTERS, type CursorKeys } from './definition.ts'
import type { Key, Position } from './source.ts'

/** What a cursor is bound to: an order, a filter, a subject. The text itself does not travel. */
export type CursorContext = string

export interface CursorCodec {
  /** False where clients can read and make cursors. */
  readonly isSigned: boolean
  encode(position: Position, context: CursorContext): Promise<string>
  /** `undefined` for what this codec did not make for this context. */
  decode(text: string, context: CursorContext): Promise<Position | undefined>
}

const MAC_BYTES = 32
const IV_BYTES = 16
const DIGEST_BYTES = 12

/** One per form of the text: an old client's cursor is refused, never misread. */
const SIGNED = 's1'
const UNSIGNED = 'u1'

export function createCursorCodec(keys: CursorKeys): CursorCodec {
  return keys === 'unsigned' ? new UnsignedCodec() : new SignedCodec(keys)
}

type SecretKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

interface Secret {
  readonly signing: SecretKey
  readonly hiding: SecretKey
}

/**
 * HMAC-SHA-256 of context and position signs the text, and the first half of it is the counter block of AES-CTR, which hides the position (the
 * SIV construction of RFC 5297 §2.1 with HMAC): equal positions have equal cursors, so that equal pages have equal entity tags.
 */
class SignedCodec implements CursorCodec {
  readonly isSigned = true
  readonly #keys: readonly string[]
  #secrets: Promise<readonly Secret[]> | undefined

  constructor(keys: readonly string[]) {
    this.#keys = keys
  }

  async encode(position: Position, context: CursorContext): Promise<string> {
    const [secret] = await this.#load()
    const content = toBytes(write(position))
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', secret!.signing, signed(context, content)))
    const hidden = new Uint8Array(await crypto.subtle.encrypt(counter(mac), secret!.hiding, content))
    return SIGNED + toBase64(join(mac, hidden))
  }

  async decode(text: string, context: CursorContext): Promise<Position | undefined> {
    const bytes = unwrap(text, SIGNED)
    if (bytes === undefined || bytes.length <= MAC_BYTES) return undefined
    const mac = bytes.slice(0, MAC_BYTES)
    for (const { signing, hiding } of await this.#load()) {
      const content = new Uint8Array(await crypto.subtle.decrypt(counter(mac), hiding, bytes.slice(MAC_BYTES)))
      if (await crypto.subtle.verify('HMAC', signing, mac, signed(context, content))) return read(content)
    }
    return undefined
  }

  #load(): Promise<readonly Secret[]> {
    return (this.#secrets ??= Promise.all(this.#keys.map(importSecret)))
  }
}

/** Two keys from one secret, so that none is used for two purposes. */
async function importSecret(key: string): Promise<Secret> {
  const digest = async (purpose: string) => crypto.subtle.digest('SHA-256', toBytes(`riposte cursor ${purpose}\0${key}`))
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const [signing, hiding] = await Promise.all([
    digest('signing').then((bytes) => crypto.subtle.importKey('raw', bytes, hmac, false, ['sign', 'verify'])),
    digest('hiding').then((bytes) => crypto.subtle.importKey('raw', bytes, 'AES-CTR', false, ['encrypt', 'decrypt'])),
  ])
  return { signing, hiding }
}

function counter(mac: Uint8Array<ArrayBuffer>): { name: string; counter: Uint8Array<ArrayBuffer>; length: number } {
  return { name: 'AES-CTR', counter: mac.slice(0, IV_BYTES), length: 64 }
}

/** The length keeps context and content apart. */
function signed(context: CursorContext, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = toBytes(context)
  return join(toBytes(`${SIGNED}${bytes.length}:`), bytes, content)
}

/** A digest of the context keeps a cursor out of other lists by mistake, not by malice. */
class UnsignedCodec implements CursorCodec {
  readonly isSigned = false

  async encode(position: Position, context: CursorContext): Promise<string> {
    return UNSIGNED + toBase64(join(await digestOf(context), toBytes(write(position))))
  }

  async decode(text: string, context: CursorContext): Promise<Position | undefined> {
    const bytes = unwrap(text, UNSIGNED)
    if (bytes === undefined || bytes.length <= DIGEST_BYTES) return undefined
    const digest = await digestOf(context)
    return digest.every((byte, index) => byte === bytes[index]) ? read(bytes.slice(DIGEST_BYTES)) : undefined
  }
}

async function digestOf(context: CursorContext): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', toBytes(context))).slice(0, DIGEST_BYTES)
}

function write({ isBackward, key }: Position): string {
  return JSON.stringify([isBackward ? 1 : 0, ...(key ?? [])])
}

function read(content: Uint8Array): Position | undefined {
  try {
    const [direction, ...key] = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)) as unknown[]
    if ((direction !== 0 && direction !== 1) || !isKey(key)) return undefined
    return { isBackward: direction === 1, key: key.length === 0 ? undefined : key }
  } catch {
    return undefined
  }
}

/** PostgreSQL takes no U+0000. */
function isKey(values: readonly unknown[]): values is Key {
  return values.every((value) => value === null || (typeof value === 'string' && !value.includes('\0')))
}

/** Strictly: a text that another one stands for is refused. */
function unwrap(text: string, version: string): Uint8Array<ArrayBuffer> | undefined {
  if (!text.startsWith(version) || text.length > MOST_CHARACTERS || !/^[\w-]*$/.test(text)) return undefined
  const bytes = fromBase64(text.slice(version.length))
  return bytes !== undefined && toBase64(bytes) === text.slice(version.length) ? bytes : undefined
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Base64url without padding (RFC 4648 §5). */
function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
