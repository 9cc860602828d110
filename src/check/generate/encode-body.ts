/** Writes a value as content of a media type. */
import { isRecord } from '../document/schema.ts'
import { isJSON, isJSONLines } from '../send/wire.ts'
import type { BodyValue } from './inputs.ts'

export interface EncodedBody {
  readonly contentType: string
  readonly bytes: Uint8Array
}

const FORM = 'application/x-www-form-urlencoded'
const BOUNDARY = 'riposte-check-boundary'

const encoder = new TextEncoder()

/** Whether the check can write content of this media type. */
export function isWritable(mediaType: string): boolean {
  return isJSON(mediaType) || isJSONLines(mediaType) || mediaType === FORM || mediaType === 'multipart/form-data' || isBytes(mediaType)
}

function isBytes(mediaType: string): boolean {
  return (
    /^(?:text|image|audio|video|font)\//.test(mediaType) ||
    mediaType === 'application/octet-stream' ||
    mediaType === '*/*' ||
    mediaType === 'application/pdf' ||
    mediaType === 'application/zip'
  )
}

/** Returns `undefined` if the value cannot be written in the media type. */
export function encodeBody({ mediaType, value, raw }: BodyValue, files: ReadonlyMap<string, string>): EncodedBody | undefined {
  const made = (text: string, contentType = mediaType): EncodedBody => ({ contentType, bytes: encoder.encode(text) })
  if (raw !== undefined) return made(raw)
  if (isJSON(mediaType)) return made(JSON.stringify(value ?? null))
  if (isJSONLines(mediaType)) return made(`${JSON.stringify(value ?? null)}\n`)
  if (mediaType === FORM) return isRecord(value) ? made(new URLSearchParams(formPairs(value)).toString()) : undefined
  if (mediaType === 'multipart/form-data')
    return isRecord(value) ? made(multipart(value, files), `${mediaType}; boundary=${BOUNDARY}`) : undefined
  if (!isBytes(mediaType)) return undefined
  const contentType = mediaType === '*/*' ? 'application/octet-stream' : mediaType
  return made(typeof value === 'string' ? value : JSON.stringify(value), contentType)
}

function formPairs(value: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(value).flatMap(([name, each]): [string, string][] => {
    if (each === null || each === undefined) return []
    if (Array.isArray(each)) return each.map((item) => [name, toText(item)])
    if (isRecord(each)) return Object.entries(each).map(([key, child]) => [`${name}[${key}]`, toText(child)])
    return [[name, toText(each)]]
  })
}

function multipart(value: Readonly<Record<string, unknown>>, files: ReadonlyMap<string, string>): string {
  const parts = Object.entries(value).flatMap(([name, each]) => {
    if (each === null || each === undefined) return []
    const items = Array.isArray(each) ? (each as unknown[]) : [each]
    return items.map((item) => part(name, item, files.get(name)))
  })
  return `${parts.join('')}--${BOUNDARY}--\r\n`
}

function part(name: string, item: unknown, fileType: string | undefined): string {
  const disposition = `content-disposition: form-data; name="${name.replaceAll('"', '%22')}"${fileType === undefined ? '' : '; filename="check"'}`
  const contentType = fileType ?? (isRecord(item) ? 'application/json' : undefined)
  const type = contentType === undefined ? '' : `\r\ncontent-type: ${contentType}`
  return `--${BOUNDARY}\r\n${disposition}${type}\r\n\r\n${toText(item)}\r\n`
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
