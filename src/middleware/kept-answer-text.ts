/** Converts a stored response to text and back, for stores in a database. */
import type { KeptAnswer } from './idempotency-store.ts'

export function formatKeptAnswer({ status, headers, body }: KeptAnswer): string {
  return JSON.stringify({ status, headers, body: body === null ? null : Buffer.from(body).toString('base64') })
}

/** `text` must be a result of `formatKeptAnswer`. */
export function parseKeptAnswer(text: string): KeptAnswer {
  const { body, ...answer } = JSON.parse(text) as Omit<KeptAnswer, 'body'> & { readonly body: string | null } // as the function above wrote it
  return { ...answer, body: body === null ? null : new Uint8Array(Buffer.from(body, 'base64')) }
}
