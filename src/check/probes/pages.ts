/** Reads all pages of a list: each page exists, the list ends, and each item appears once. */
import type { Operation } from '../document/operation.ts'
import { isRecord } from '../document/schema.ts'
import { encodeRequest, type Inputs } from '../generate/request.ts'
import { headerOf, isSuccess, parseJSON, textOf, type WireResponse, type WireRequest } from '../send/wire.ts'
import type { Probe } from './probe.ts'

const MOST_PAGES = 60
const SIZE = 5

export async function probePages({ operation, good, session, ask, find }: Probe): Promise<void> {
  const paging = pagingOf(operation)
  if (operation.method !== 'GET' || paging === undefined || good === undefined || !session.settings.isOn('pages')) return
  const required = new Set(operation.parameters.filter((parameter) => parameter.required).map(({ name }) => name))
  const plain = Object.fromEntries(
    Object.entries(good.candidate.inputs.query).filter(([name]) => required.has(name) && !Object.values(paging).includes(name)),
  )
  const base: Inputs = { ...good.candidate.inputs, query: { ...plain, ...(paging.size !== undefined && { [paging.size]: SIZE }) } }
  const walk = new Walk()
  const steps: WireRequest[] = []
  let wire = encodeRequest(operation, base)
  for (let page = 1; wire !== undefined; page += 1) {
    const response = await ask(wire)
    steps.push(wire)
    const report = (place: string, message: string) => find('pages', { place, message, steps: steps.slice(-2), response })
    if (!isSuccess(response)) {
      if (page > 1 && response.status !== 429) report('status', `page ${page}: expected a page, got ${response.status}`)
      return
    }
    const body = parseJSON(textOf(response))?.value
    const items = itemsOf(body)
    if (items === undefined) return
    const repeated = walk.take(items)
    if (repeated) return report('items', `page ${page}: expected each item once, got an item of an earlier page`)
    if (page >= MOST_PAGES || session.millisecondsLeft <= 0) return
    const next = nextOf({ operation, paging, base, wire, response, body, items, page })
    if (next === 'repeats') return report('next', `page ${page}: expected the cursor of another page, got that of this page`)
    if (next === undefined) {
      const total = isRecord(body) && typeof body['total'] === 'number' ? body['total'] : undefined
      if (total !== undefined && total !== walk.count && page > 1)
        report('total', `expected as many items as the total, got ${walk.count < total ? 'fewer' : 'more'}`)
      return
    }
    wire = next
  }
}

interface Paging {
  /** `size`, `limit`, `per_page` */
  readonly size: string | undefined
  readonly page: string | undefined
  readonly offset: string | undefined
  readonly cursor: string | undefined
}

const NAMES = {
  size: /^(?:size|limit|per_?page|page_?size|first|max_?results)$/i,
  page: /^(?:page|page_?number)$/i,
  offset: /^(?:offset|skip|start_?index)$/i,
} as const

const BACKWARD = /before$/i

function pagingOf({ parameters }: Operation): Paging | undefined {
  const find = (pattern: RegExp) => parameters.find(({ name, in: location }) => location === 'query' && pattern.test(name))?.name
  const cursor = parameters.find(({ name, isCursor }) => isCursor && !BACKWARD.test(name))?.name
  const paging = { size: find(NAMES.size), page: find(NAMES.page), offset: find(NAMES.offset), cursor }
  return paging.page === undefined && paging.offset === undefined && paging.cursor === undefined ? undefined : paging
}

class Walk {
  readonly #seen = new Set<string>()
  count = 0

  /** Returns true if an item was on an earlier page. Items without an id are not compared, because equal items may be different ones. */
  take(items: readonly unknown[]): boolean {
    let isRepeated = false
    for (const item of items) {
      this.count += 1
      const id = isRecord(item) ? (item['id'] ?? item['uuid'] ?? item['slug'] ?? item['key']) : undefined
      if (id === undefined) continue
      const key = JSON.stringify(id)
      if (this.#seen.has(key)) isRepeated = true
      this.#seen.add(key)
    }
    return isRepeated
  }
}

function itemsOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body as unknown[]
  if (!isRecord(body)) return undefined
  for (const name of ['items', 'data', 'results', 'edges', 'nodes']) if (Array.isArray(body[name])) return body[name] as unknown[]
  const lists = Object.values(body).filter((value) => Array.isArray(value))
  return lists.length === 1 ? (lists[0] as unknown[]) : undefined
}

interface PageSeen {
  readonly operation: Operation
  readonly paging: Paging
  readonly base: Inputs
  /** The request of this page. */
  readonly wire: WireRequest
  readonly response: WireResponse
  readonly body: unknown
  readonly items: readonly unknown[]
  readonly page: number
}

/** The request of the next page: by the `Link` header, else by the cursor in the body, else by page number or offset. */
function nextOf(seen: PageSeen): WireRequest | 'repeats' | undefined {
  const { operation, paging, base, wire, response, body, items, page } = seen
  const link = headerOf(response, 'link')
  if (link !== undefined && /rel="?(?:next|first|last|prev)/.test(link)) {
    const target = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(link)?.[1]
    // RFC 8288 §3.2: a relative reference is resolved against the request.
    const url = `http://localhost${wire.path}`
    if (target === undefined || !URL.canParse(target, url)) return undefined
    const { pathname, search } = new URL(target, url)
    return { ...wire, path: pathname + search }
  }
  const cursor = isRecord(body)
    ? ['next_cursor', 'nextCursor', 'next_page', 'nextPageToken', 'next_page_token', 'next']
        .map((name) => body[name])
        .find((value) => value !== undefined)
    : undefined
  if (paging.cursor !== undefined && typeof cursor === 'string' && cursor !== '') {
    if (base.query[paging.cursor] === cursor) return 'repeats'
    return encodeRequest(operation, { ...base, query: { ...base.query, [paging.cursor]: cursor } })
  }
  if (paging.cursor !== undefined || items.length === 0) return undefined
  const pages = isRecord(body) && typeof body['pages'] === 'number' ? body['pages'] : undefined
  const isLast = pages === undefined ? paging.size !== undefined && items.length < SIZE : page >= pages
  if (isLast) return undefined
  const at =
    paging.page === undefined ? { [paging.offset!]: page * (paging.size === undefined ? items.length : SIZE) } : { [paging.page]: page + 1 }
  return encodeRequest(operation, { ...base, query: { ...base.query, ...at } })
}
