/** A server that conforms to its document, except for one lie. It uses only `node:http`, so it shares no code with the check. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startServer, type HTTPServer } from '../support/http-server.ts'
import { createDocument } from './fixture-document.ts'
import { parseNewItem, readBody, type Item, type NewItem } from './fixture-input.ts'
import type { Lie } from './lies.ts'

const FILE = Buffer.from('0123456789')
const EVENTS = 8
const LINES = 6

type Headers = Readonly<Record<string, string | string[]>>

/** `lies`: the differences from the document. Without any, the server conforms to it. */
export async function startFixture(...lies: readonly Lie[]): Promise<HTTPServer> {
  const site = new Site(new Set(lies))
  return startServer((request, response) => {
    site.answer(request, response).catch((error: unknown) => {
      response.destroy(error as Error)
    })
  })
}

/** The declared methods by path. */
const METHODS: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/items$/, 'GET, HEAD, POST'],
  [/^\/items\/[^/]+$/, 'GET, HEAD, PUT, DELETE'],
  [/^\/(?:search|report|page|file|old|events|lines)$/, 'GET, HEAD'],
  [/^\/(?:login|logout|reset|notes)$/, 'POST'],
  [/^\/notes\/[^/]+$/, 'GET, HEAD'],
]

class Site {
  readonly #lies: ReadonlySet<Lie>
  readonly #items = new Map<number, Item>()
  readonly #notes = new Map<number, { id: number; text: string; owner: string }>()
  #next = 1
  #lines = 0

  constructor(lies: ReadonlySet<Lie>) {
    this.#lies = lies
    for (let n = 0; n < 12; n++) this.#create({ name: `item ${n}`, price: n, tags: ['t'] })
  }

  #tells(lie: Lie): boolean {
    return this.#lies.has(lie)
  }

  #create({ name, price, tags = [] }: NewItem): Item {
    const item: Item = { id: this.#next++, name, price, tags, state: 'new', created_at: '2026-01-01T00:00:00Z', took: 'PT1S' }
    this.#items.set(item.id, item)
    return item
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://fixture')
    const { pathname } = url
    if (pathname === '/openapi.json')
      return send(
        response,
        200,
        createDocument((lie) => this.#tells(lie)),
      )
    const [, methods] = METHODS.find(([path]) => path.test(pathname)) ?? []
    if (methods === undefined) return this.#problem(response, 404, 'Not Found')
    const allow = `${methods}, OPTIONS`
    if (request.method === 'OPTIONS') {
      const shown = this.#tells('OPTIONS with a method too many') ? `${allow}, DELETE` : allow
      response.writeHead(204, this.#tells('OPTIONS without Allow') ? {} : { allow: shown }).end()
      return
    }
    if (!methods.split(', ').includes(request.method!) || (request.method === 'HEAD' && this.#tells('HEAD is 405'))) {
      if (this.#tells('undeclared method succeeds') && request.method !== 'HEAD') return send(response, 200, { ok: true })
      return this.#problem(response, 405, 'Method Not Allowed', this.#tells('405 without Allow') ? {} : { allow })
    }
    if (pathname === '/items') return request.method === 'POST' ? this.#postItem(request, response) : this.#listItems(url, response)
    if (pathname.startsWith('/items/')) return this.#item(request, response, pathname.slice('/items/'.length))
    if (pathname === '/search') return this.#search(url, response)
    if (pathname === '/report') return this.#report(request, response)
    if (pathname === '/page') return this.#page(url, response)
    if (pathname === '/file') return this.#file(request, response)
    if (pathname === '/events') return this.#events(request, response)
    if (pathname === '/lines') return this.#sendLines(response)
    if (pathname.startsWith('/notes')) return this.#note(request, response, pathname)
    return this.#plain(pathname, response)
  }

  #problem(response: ServerResponse, status: number, title: string, { detail, ...headers }: Headers & { detail?: string } = {}): void {
    const shown = this.#tells('status in the problem differs') ? 400 : status
    const body = { title: this.#tells('title of the problem is a number') ? 7 : title, status: shown, detail }
    send(response, status, body, { 'content-type': 'application/problem+json', ...headers })
  }

  #unprocessable(response: ServerResponse, input?: unknown): void {
    if (this.#tells('another shape of 422'))
      return send(response, 422, { errors: ['wrong'] }, { 'content-type': 'application/problem+json' })
    const detail = this.#tells('input in the 422')
      ? JSON.stringify(input)
      : this.#tells('stack trace in an error')
        ? 'Error: wrong\n    at search (/srv/app/search.ts:10:5)'
        : this.#tells('database query in an error')
          ? 'SELECT * FROM users WHERE q failed'
          : this.#tells('internal text in an error')
            ? 'connect ECONNREFUSED 10.0.0.5:5432'
            : 'The input is wrong'
    this.#problem(response, 422, 'Unprocessable Content', { detail })
  }

  #shown(item: Item): object {
    const { took, ...rest } = item
    if (this.#tells('excluded field documented')) return rest
    if (this.#tells('duration as a number')) return { ...rest, took: 1 }
    if (this.#tells('null instead of a text')) return { ...item, name: null }
    if (this.#tells('another date format')) return { ...item, created_at: '2026-01-01 00:00' }
    if (this.#tells('another option')) return { ...item, state: 'lost' }
    return { ...rest, took }
  }

  async #postItem(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (request.headers['content-type']?.startsWith('application/json') !== true) {
      if (this.#tells('any media type accepted')) return this.#created(response, { name: 'a', price: 1 })
      return this.#problem(response, 415, 'Unsupported Media Type')
    }
    if (body === undefined) {
      if (this.#tells('broken JSON accepted')) return this.#created(response, { name: 'a', price: 1 })
      if (this.#tells('model of 200 with 400'))
        return send(response, 400, this.#shown(this.#create({ name: 'a', price: 1 })), { 'content-type': 'application/problem+json' })
      return this.#problem(response, 400, 'Bad Request')
    }
    const item = parseNewItem(body, { takesNegative: this.#tells('negative price accepted') })
    if (item === undefined) return this.#unprocessable(response, body)
    if (item.name.length > 25 && this.#tells('long name refused')) return this.#unprocessable(response, body)
    if (item.tags?.length === 5 && this.#tells('longest list fails')) return this.#problem(response, 500, 'Internal Server Error')
    if (Array.from(item.name).length === 30 && this.#tells('long name fails')) return this.#problem(response, 500, 'Internal Server Error')
    this.#created(response, item)
  }

  #created(response: ServerResponse, made: NewItem): void {
    const item = this.#create(made)
    if (this.#tells('created resource cannot be read')) this.#items.delete(item.id)
    send(response, this.#tells('another status of success') ? 202 : 201, this.#shown(item), { location: `/items/${item.id}` })
  }

  #listItems(url: URL, response: ServerResponse): void {
    const limit = toInteger(url.searchParams.get('limit') ?? '20', 1, 50)
    const offset = toInteger(url.searchParams.get('offset') ?? '0', 0, Number.MAX_SAFE_INTEGER)
    if (limit === undefined || offset === undefined) return this.#unprocessable(response)
    const start = this.#tells('pages repeat items')
      ? Math.max(0, offset - 1)
      : this.#tells('pages leave items out') && offset > 0
        ? offset + 1
        : offset
    const found = [...this.#items.values()].slice(start, start + limit)
    const items = found.map((item) => ({
      ...this.#shown(item),
      ...(this.#tells('password in a list') && { password_hash: 'x' }),
      ...(this.#tells('text instead of a number, in a list') && { price: String(item.price) }),
    }))
    const total = this.#items.size
    send(
      response,
      200,
      { items, total },
      this.#tells('header missing') ? {} : { 'x-total': this.#tells('header of another type') ? 'many' : String(total) },
    )
  }

  async #item(request: IncomingMessage, response: ServerResponse, text: string): Promise<void> {
    const body = request.method === 'PUT' ? await readBody(request) : undefined
    const number = toInteger(decodeURIComponent(text), 1, 1_000_000)
    if (number === undefined) return this.#unprocessable(response)
    const item = this.#items.get(number)
    if (item === undefined) return this.#problem(response, 404, 'Not Found')
    const tag = `"${JSON.stringify(item).length}-${item.id}"`
    if (request.method === 'PUT') {
      if (request.headers['content-type']?.startsWith('application/json') !== true)
        return this.#problem(response, 415, 'Unsupported Media Type')
      const match = request.headers['if-match']
      if (match !== undefined && match !== tag && !this.#tells('If-Match ignored'))
        return this.#problem(response, 412, 'Precondition Failed')
      if (body === undefined) return this.#problem(response, 400, 'Bad Request')
      const next = parseNewItem(body, { takesNegative: false })
      if (next === undefined) return this.#unprocessable(response, body)
      this.#items.set(number, { ...item, ...next })
      return send(response, 200, this.#shown(this.#items.get(number)!))
    }
    if (request.method === 'DELETE') {
      if (!this.#tells('deleted resource can be read')) this.#items.delete(number)
      response.writeHead(204).end()
      return
    }
    const none = request.headers['if-none-match']
    if (none !== undefined && !this.#tells('If-None-Match ignored') && (none === tag || this.#tells('304 to any ETag'))) {
      response.writeHead(304, { etag: tag }).end()
      return
    }
    const isHead = request.method === 'HEAD'
    send(response, 200, this.#shown(item), isHead && this.#tells('HEAD without ETag') ? {} : { etag: tag })
  }

  #search(url: URL, response: ServerResponse): void {
    const q = url.searchParams.get('q') ?? (this.#tells('missing query accepted') ? 'all' : '')
    const kind = url.searchParams.get('kind') ?? 'a'
    const { length } = Array.from(q)
    if (length < 1 || length > 40 || (!['a', 'b'].includes(kind) && !this.#tells('wrong option accepted')))
      return this.#unprocessable(response)
    if (this.#tells('connection dropped')) return void response.destroy()
    if (this.#tells('status that is not declared')) return this.#problem(response, 418, 'Teapot')
    if (/[^\0-\x7f]/.test(q) && this.#tells('character outside of ASCII fails'))
      return this.#problem(response, 500, 'Internal Server Error')
    if (this.#tells('JSON documented, CSV sent')) return send(response, 200, 'a,b', { 'content-type': 'text/csv' })
    if (this.#tells('two media types')) return send(response, 200, ['hit'], { 'content-type': ['application/json', 'application/json'] })
    if (this.#tells('content cut')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('["hit"')
      return void setTimeout(() => response.destroy(), 5)
    }
    if (this.#tells('slow')) return void setTimeout(() => send(response, 200, ['hit']), 60)
    send(response, 200, ['hit'])
  }

  #report(request: IncomingMessage, response: ServerResponse): void {
    const accept = request.headers.accept ?? '*/*'
    const vary: Headers = this.#tells('no Vary') ? {} : { vary: 'Accept' }
    const first = accept.split(',')[0]!.trim()
    const isCSV = first === 'text/csv'
    if (!isCSV && !/application\/json|\*\/\*/.test(accept) && !this.#tells('no 406'))
      return this.#problem(response, 406, 'Not Acceptable', vary)
    const asCSV = this.#tells('Accept read wrongly') ? !isCSV : isCSV
    if (asCSV) return send(response, 200, '1,2', { 'content-type': 'text/csv', ...vary })
    send(response, 200, [1, 2], vary)
  }

  #page(url: URL, response: ServerResponse): void {
    const lang = url.searchParams.get('lang')
    if (lang !== null && lang !== 'en' && lang !== 'fr') return this.#unprocessable(response)
    send(response, 200, '<p>Hello', { 'content-type': 'text/html' })
  }

  #file(request: IncomingMessage, response: ServerResponse): void {
    const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' }
    const { range } = request.headers
    const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
    const part = (start: number, end: number, shown = FILE) =>
      void response
        .writeHead(206, { ...headers, 'content-range': `bytes ${start}-${end}/${FILE.length}` })
        .end(shown.subarray(start, end + 1))
    if (range !== undefined && !range.startsWith('bytes=') && this.#tells('400 for an unknown range unit'))
      return void response.writeHead(400).end()
    if (from === '' && to === '') return void response.writeHead(200, headers).end(FILE)
    const start = from === '' ? FILE.length - Number(to) : Number(from)
    const end = from === '' || to === '' ? FILE.length - 1 : Math.min(Number(to), FILE.length - 1)
    if (start >= FILE.length) {
      if (this.#tells('206 for a range beyond the end')) return part(0, 0)
      return void response.writeHead(416, { 'content-range': `bytes */${FILE.length}` }).end()
    }
    if (start > end) {
      if (this.#tells('206 for an invalid range')) return part(start, end)
      return void response.writeHead(200, headers).end(FILE)
    }
    part(start, end, this.#tells('range of other bytes') ? Buffer.from('9876543210') : FILE)
  }

  #events(request: IncomingMessage, response: ServerResponse): void {
    const last = request.headers['last-event-id']
    if (last !== undefined && !/^\d{1,2}$/.test(String(last))) return this.#unprocessable(response)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (this.#tells('error before the first event')) return void response.end()
    const after = last === undefined ? 0 : Number(last)
    const start =
      last !== undefined && this.#tells('resumed from the start')
        ? 0
        : last !== undefined && this.#tells('resumed too late')
          ? after + 1
          : after
    for (let n = start + 1; n <= Math.max(start, EVENTS); n++)
      response.write(`id: ${n}\ndata: ${JSON.stringify(this.#tells('event of another shape') ? { tick: 'x' } : { tick: n })}\n\n`)
    if (start >= EVENTS) response.write(': nothing more\n\n')
    response.end(this.#tells('event cut') ? 'data: {"ti' : ': end\n\n')
  }

  #sendLines(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/jsonl' })
    this.#lines += 1
    const most = this.#tells('error in the stream, clean end') && this.#lines % 2 === 0 ? 3 : LINES
    for (let n = 0; n < most; n++) response.write(`${JSON.stringify({ n })}\n`)
    if (this.#tells('line that is not JSON')) response.write('oops\n')
    response.end(this.#tells('line cut') ? '{"n": ' : '')
  }

  async #note(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const body = request.method === 'POST' ? await readBody(request) : undefined
    const token = /^Bearer (\w+)$/.exec(request.headers.authorization ?? '')?.[1]
    const isKnown =
      token === 'ada' || token === 'bob' || (this.#tells('wrong token accepted') && request.headers.authorization !== undefined)
    if (!isKnown && !this.#tells('no security')) {
      const isSilent = this.#tells('401 without WWW-Authenticate')
      return this.#problem(response, 401, 'Unauthorized', isSilent ? {} : { 'www-authenticate': 'Bearer' })
    }
    if (request.method !== 'POST') {
      const id = toInteger(decodeURIComponent(pathname.slice('/notes/'.length)), 1, 1_000_000)
      if (id === undefined) return this.#unprocessable(response)
      const note = this.#notes.get(id)
      if (note === undefined || (note.owner !== token && !this.#tells('second user reads')))
        return this.#problem(response, 404, 'Not Found')
      return send(response, 200, { id: note.id, text: note.text })
    }
    if (request.headers['content-type']?.startsWith('application/json') !== true)
      return this.#problem(response, 415, 'Unsupported Media Type')
    if (body === undefined) return this.#problem(response, 400, 'Bad Request')
    const { text } = (body ?? {}) as { text?: unknown }
    if (typeof text !== 'string' || Array.from(text).length > 50) return this.#unprocessable(response)
    const note = { id: this.#next++, text, owner: token ?? '' }
    this.#notes.set(note.id, note)
    send(response, 201, { id: note.id, text })
  }

  #plain(pathname: string, response: ServerResponse): void {
    if (pathname === '/old') {
      if (this.#tells('no response')) return
      return void response.writeHead(301, this.#tells('redirect without Location') ? {} : { location: '/search?q=a' }).end()
    }
    if (pathname === '/logout')
      return void response.writeHead(204, this.#tells('204 with a media type') ? { 'content-type': 'application/json' } : {}).end()
    if (pathname === '/reset') {
      const isWrong = this.#tells('205 with content')
      return void response.writeHead(205, { 'content-length': isWrong ? '4' : '0' }).end(isWrong ? 'null' : '')
    }
    const attributes = this.#tells('SameSite=None without Secure')
      ? 'HttpOnly; SameSite=None'
      : this.#tells('cookie without HttpOnly')
        ? 'Secure; SameSite=Lax'
        : 'HttpOnly; Secure; SameSite=Lax'
    send(response, 200, { ok: true }, { 'set-cookie': `session=abc; ${attributes}` })
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers }
  // A list, because a header may be sent twice.
  const pairs = Object.entries(all).flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
  response.writeHead(status, pairs.flat()).end(text)
}

function toInteger(text: string, least: number, most: number): number | undefined {
  const value = Number(text)
  return /^-?\d+$/.test(text) && value >= least && value <= most ? value : undefined
}
