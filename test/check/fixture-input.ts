/** How the fixture server reads requests. */
import type { IncomingMessage } from 'node:http'

export interface NewItem {
  readonly name: string
  readonly price: number
  readonly tags?: readonly string[]
}

export interface Item extends Required<NewItem> {
  readonly id: number
  readonly state: string
  readonly created_at: string
  readonly took: string
}

/** Returns `undefined` if the text is not JSON. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    return undefined
  }
}

/** Returns `undefined` if the schema forbids the value. */
export function parseNewItem(body: unknown, { takesNegative }: { readonly takesNegative: boolean }): NewItem | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const { name, price, tags } = body as { name?: unknown; price?: unknown; tags?: unknown }
  if (typeof name !== 'string' || Array.from(name).length < 1 || Array.from(name).length > 30) return undefined
  if (typeof price !== 'number' || (price < 0 && !takesNegative) || price > 1000) return undefined
  if (tags === undefined) return { name, price: Math.max(0, price) }
  if (!Array.isArray(tags) || tags.length > 5 || !tags.every((tag) => typeof tag === 'string')) return undefined
  return { name, price: Math.max(0, price), tags }
}
