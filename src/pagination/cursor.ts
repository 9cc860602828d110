/** Cursors: a position in a list as opaque text, which is valid for this list only. */
import { MOST_CHARACTERS, type CursorKeys } from './definition.ts'
import type { Key, Position } from './source.ts'

/** What a cursor is bound to: the order, the filter and the subject, as one text. The cursor does not contain this text. */
export type CursorContext = string

export interface CursorCodec {
  /** False if clients can read and make cursors. */
  readonly isSigned: boolean
  encode(position: Position, context: CursorContext): Promise<string>
  /** `undefined` for a text that this codec did not make for this context. */
  decode(text: string, context: CursorContext): Promise<Position | undefined>
}

const MAC_BYTES = 32
const IV_BYTES = 16
const DIGEST_BYTES = 12

/** Cursors begin with the version of their format, so that a cursor of another version is refused, and never misread. */
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
 * Signs the context and the position with HMAC-SHA-256, and encrypts the position with AES-CTR. The first half of the HMAC is the initial counter
 * block (the SIV construction of RFC 5297 §2.1, with HMAC). So equal positions have equal cursors, and equal pages have equal entity tags.
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

/** Derives two keys from one secret, so that no key serves two purposes. */
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

/** The bytes that are signed. The length of the context says where the content begins. */
function signed(context: CursorContext, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = toBytes(context)
  return join(toBytes(`${SIGNED}${bytes.length}:`), bytes, content)
}

/** Adds a digest of the context. It detects a cursor that is used for another list by mistake. It does not stop a client that makes cursors itself. */
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

/** PostgreSQL does not accept U+0000 in a text. */
function isKey(values: readonly unknown[]): values is Key {
  return values.every((value) => value === null || (typeof value === 'string' && !value.includes('\0')))
}

/** The bytes of a cursor. `undefined` for another version, and for a text that is not how `toBase64` writes its bytes: each cursor has one text. */
function unwrap(text: string, version: string): Uint8Array<ArrayBuffer> | undefined {
  if (!text.startsWith(version) || text.length > MOST_CHARACTERS || !/^[\w-]*$/.test(text)) return undefined
  const bytes = fromBase64(text.slice(version.length))
  return bytes !== undefined && toBase64(bytes) === text.slice(version.length) ? bytes : undefined
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
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
