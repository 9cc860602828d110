/** A small API that uses each feature of a document. */
import { z } from 'zod'
import type { Route } from '../../src/index.ts'
import { toDeclaredResponses } from '../../src/contract/declared.ts'
import type { DocumentSettings } from '../../src/openapi/settings.ts'
import {
  defineError,
  defineRepresentation,
  del,
  dependency,
  empty,
  errorBody,
  file,
  get,
  html,
  json,
  jsonl,
  Page,
  PageQuery,
  patch,
  post,
  problem,
  query,
  redirect,
  sse,
  text,
} from '../../src/index.ts'
import { multipart } from '../../src/index.ts'

const Author = z.object({ id: z.int(), name: z.string().min(1).max(100) }).meta({ id: 'Author' })

const Book = z
  .object({
    id: z.int().describe('Given by the shop'),
    isbn: z.string().regex(/^97[89]\d{10}$/),
    title: z.string().min(1).max(200),
    subtitle: z.string().nullish(),
    authors: z.array(Author).min(1),
    language: z.enum(['en', 'de', 'ja']).default('en'),
    price: z.number().gt(0),
    stock: z.int32().min(0),
    sold: z.int64(),
    published_on: z.iso.date(),
    created_at: z.date(),
    cover_url: z.instanceof(URL).optional(),
  })
  .meta({ id: 'Book', description: 'A book as the shop sells it' })

const NewBook = Book.omit({ id: true, created_at: true, sold: true }).meta({ id: 'NewBook' })

const Price = z.object({ isbn: z.string(), price: z.number() }).meta({ id: 'Price' })
const Sale = z.object({ book_id: z.int(), copies: z.int().min(1) }).meta({ id: 'Sale' })
const Closing = z.object({ at: z.date() }).meta({ id: 'Closing' })

const Item = z.object({ book_id: z.int(), copies: z.int().min(1).default(1) })
const Card = z.object({ kind: z.literal('card'), number: z.string().regex(/^\d{12,19}$/) }).meta({ id: 'Card' })
const Invoice = z.object({ kind: z.literal('invoice'), due: z.iso.date() }).meta({ id: 'Invoice' })
const Order = z
  .object({
    id: z.uuid(),
    items: z.array(Item),
    payment: z.discriminatedUnion('kind', [Card, Invoice]),
    notes: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'Order' })

interface CategoryNode {
  name: string
  children: CategoryNode[]
}
const Category: z.ZodType<CategoryNode> = z
  .object({
    name: z.string(),
    get children() {
      return z.array(Category)
    },
  })
  .meta({ id: 'Category' })

const BookNotFound = defineError('BOOK_NOT_FOUND', { status: 404, detail: 'No such book', data: z.object({ book_id: z.int() }) })
const OrderNotFound = defineError('ORDER_NOT_FOUND', { status: 404, detail: 'No such order' })
const OutOfStock = defineError('OUT_OF_STOCK', { status: 409, detail: 'Not enough copies are left', data: z.object({ left: z.int() }) })
const Unauthorized = defineError('UNAUTHORIZED', { status: 401, detail: 'Sign in first', headers: { 'WWW-Authenticate': 'Bearer' } })
const TooManyRequests = defineError('TOO_MANY_REQUESTS', { status: 429, detail: 'Slow down' })

const session = dependency({ cookies: { session_id: z.string() }, errors: [Unauthorized] }, () => ({ user: 'ann' }))
const seller = dependency({ dependencies: { session }, headers: { 'x-branch': z.string().min(2).optional() } }, () => 'ann')

const csv = defineRepresentation({
  mediaType: 'text/csv',
  schema: z.array(Book),
  encode: (books) => books.map(({ isbn }) => isbn).join('\n'),
})

const SupportError = z.object({ error: z.string(), ticket: z.string() }).meta({ id: 'SupportError' })
const support = errorBody(SupportError, (error, { requestId }) => ({ error: error.title, ticket: requestId }))

/** No handler runs, because a document is created from declarations alone. */
const nothing = (): never => {
  throw new Error('Not called')
}

const root = { open: () => Promise.resolve(undefined) }

export const routes: readonly Route[] = [
  get(
    '/books',
    {
      tags: ['books'],
      summary: 'List books',
      query: {
        ...PageQuery,
        q: z.string().min(2).optional().describe('Words of the title'),
        language: z.array(z.enum(['en', 'de', 'ja'])).optional(),
        before: z.date().nullable().default(null),
      },
      responses: { 200: Page(Book) },
    },
    nothing,
  ),
  post(
    '/books',
    {
      tags: ['books'],
      summary: 'Add a book',
      description: 'Only for sellers. The price may be *changed* later.',
      dependencies: { seller },
      body: NewBook,
      responses: {
        201: { body: Book, headers: { Location: z.string().describe('Where the book is') }, description: 'The book was added' },
      },
    },
    nothing,
  ),
  get(
    '/books/{book_id}',
    { tags: ['books'], summary: 'Get a book', params: { book_id: z.int() }, responses: { 200: Book }, errors: [BookNotFound] },
    nothing,
  ),
  patch(
    '/books/{id}',
    {
      tags: ['books'],
      dependencies: { seller },
      params: { id: z.int() },
      body: NewBook.partial(),
      responses: { 200: Book },
      errors: [BookNotFound],
    },
    nothing,
  ),
  del(
    '/books/{id}',
    {
      tags: ['books'],
      params: { id: z.int() },
      dependencies: { seller },
      responses: { 204: empty(), 404: { description: 'It is gone already' } },
    },
    nothing,
  ),
  get('/books/{book_id}/cover', { tags: ['books'], responses: { 200: file({ root, mediaType: 'image/jpeg' }) } }, nothing),
  post(
    '/books/{book_id}/cover',
    {
      tags: ['books'],
      body: multipart(z.object({ cover: z.file().mime(['image/jpeg', 'image/png']).max(1_000_000), caption: z.string().optional() })),
      responses: { 204: empty() },
    },
    nothing,
  ),
  get('/catalogue', { tags: ['books'], responses: { 200: [json(z.array(Book)), csv] } }, nothing),
  get('/categories', { tags: ['books'], responses: { 200: Category } }, nothing),
  get('/prices', { tags: ['feeds'], summary: 'All prices, one a line', responses: { 200: jsonl(Price) } }, nothing),
  get(
    '/sales',
    { tags: ['feeds'], summary: 'Sales as they happen', responses: { 200: sse({ sale: Sale, closing: Closing, note: text() }) } },
    nothing,
  ),
  post(
    '/orders',
    {
      tags: ['orders'],
      dependencies: { session },
      body: Order,
      responses: {
        201: { body: Order, cookies: { last_order: z.string().describe('Its id') } },
        202: { description: 'It will be checked by hand' },
      },
      errors: [BookNotFound, OutOfStock],
    },
    nothing,
  ),
  get(
    '/orders/{order_id}',
    {
      tags: ['orders'],
      dependencies: { session },
      params: { order_id: z.uuid() },
      responses: { 200: Order },
      errors: [OrderNotFound, BookNotFound],
      deprecated: true,
    },
    nothing,
  ),
  query(
    '/orders',
    { tags: ['orders'], operationId: 'searchOrders', body: z.object({ text: z.string() }), responses: { 200: z.array(Order) } },
    nothing,
  ),
  get('/help/{+topic}', { errorBody: support, responses: { 200: html(), '4XX': support } }, nothing),
  get('/shop', { responses: { 308: redirect() } }, nothing),
  get('/internal', { inDocument: false, responses: { 200: z.string() } }, nothing),
]

export const settings: DocumentSettings = {
  title: 'Bookshop',
  version: '1.4.0',
  description: 'Books, orders, and what sells.\n\nAll times are UTC.',
  license: { name: 'MIT', identifier: 'MIT' },
  servers: [{ url: 'https://api.bookshop.example', description: 'Production' }],
  tags: [{ name: 'books', description: 'What the shop sells' }, { name: 'orders' }],
  errorBody: problem(),
  errors: [TooManyRequests],
  errorHandlers: [
    {
      key: RangeError,
      responses: toDeclaredResponses({ 400: z.object({ error: z.string() }).meta({ id: 'OutOfRange' }) }, 'onError(RangeError)'),
    },
  ],
}
