/** Recovers content that a body parser in front of the app has read. Express, Connect, Next.js and Cloud Functions keep the parsed value. */
import type { IncomingMessage } from 'node:http'
import { parseMediaType } from '../http/media-type.ts'

interface Parsed {
  readonly body?: unknown
  /** The original bytes, if the host keeps them. */
  readonly rawBody?: unknown
}

/** The content as bytes, so that the route's own reader validates it. `undefined` if the kept value cannot be serialised. */
export function parsedContent(message: IncomingMessage & Parsed): Uint8Array | undefined {
  const { rawBody, body, headers } = message
  return toContent(rawBody) ?? toContent(body) ?? encodeParsed(body, parseMediaType(headers['content-type'] ?? '')?.essence ?? '')
}

function toContent(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value)
  return value instanceof Uint8Array ? value : undefined
}

function encodeParsed(body: unknown, essence: string): Uint8Array | undefined {
  if (essence === 'application/json' || essence.endsWith('+json')) return body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  if (essence !== 'application/x-www-form-urlencoded' || typeof body !== 'object' || body === null) return undefined
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      // A nested object has no unambiguous form as text.
      if (typeof one !== 'string') return undefined
      form.append(name, one)
    }
  }
  return Buffer.from(form.toString())
}
