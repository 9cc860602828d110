/** The document of the fixture server. Some lies are in the document. */
import type { Lie } from './lies.ts'

type Tells = (lie: Lie) => boolean

const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const problem = { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }
const integer = { type: 'integer', minimum: 1, maximum: 1_000_000 }
const text = { type: 'string' }
const errors = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, { description: 'Error', ...problem }]))
const id = { name: 'id', in: 'path', required: true, schema: integer }
const secured = [{ bearer: [] }]

const Item = {
  type: 'object',
  properties: {
    id: integer,
    name: { type: 'string', minLength: 1, maxLength: 30 },
    price: { type: 'number', minimum: 0, maximum: 1000 },
    state: { type: 'string', enum: ['new', 'sold'] },
    created_at: { type: 'string', format: 'date-time' },
    took: { type: 'string', format: 'duration' },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 5 },
  },
  required: ['id', 'name', 'price', 'state', 'created_at', 'took', 'tags'],
}

const NewItem = {
  type: 'object',
  properties: { name: Item.properties.name, price: Item.properties.price, tags: Item.properties.tags },
  required: ['name', 'price'],
}

const Problem = {
  type: 'object',
  properties: { type: text, title: text, status: { type: 'integer' }, detail: text },
  required: ['title', 'status'],
}

const event = {
  type: 'object',
  properties: {
    id: text,
    data: {
      type: 'string',
      contentMediaType: 'application/json',
      contentSchema: { type: 'object', properties: { tick: { type: 'integer' } }, required: ['tick'] },
    },
  },
  required: ['data'],
}

export function createDocument(tells: Tells): object {
  const itemSchema = tells('itemSchema in 3.1') ? '3.1.0' : '3.2.0'
  return {
    openapi: itemSchema,
    info: { title: 'Fixture', version: '1.0.0' },
    paths: {
      '/items': {
        get: {
          operationId: 'listItems',
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 50 } },
            { name: 'offset', in: 'query', schema: { type: 'integer', minimum: 0 } },
          ],
          responses: {
            200: {
              description: 'Items',
              headers: { 'X-Total': { required: true, schema: { type: 'integer' } } },
              ...json({
                type: 'object',
                properties: { items: { type: 'array', items: { $ref: '#/components/schemas/Item' } }, total: { type: 'integer' } },
                required: ['items', 'total'],
              }),
            },
            ...errors(422),
          },
        },
        post: {
          operationId: tells('operationId twice') ? 'listItems' : 'createItem',
          requestBody: { required: true, ...json({ $ref: '#/components/schemas/NewItem' }) },
          responses: {
            201: {
              description: 'Created',
              headers: { Location: { required: true, schema: text } },
              ...json({ $ref: '#/components/schemas/Item' }),
            },
            ...errors(400, 415, 422),
          },
        },
      },
      '/items/{id}': {
        get: {
          parameters: [id],
          responses: {
            200: {
              description: 'An item',
              headers: { ETag: { required: true, schema: text } },
              ...json({ $ref: '#/components/schemas/Item' }),
            },
            304: { description: 'Not modified' },
            ...errors(404, 422),
          },
        },
        put: {
          parameters: [id],
          requestBody: { required: true, ...json({ $ref: '#/components/schemas/NewItem' }) },
          responses: {
            200: { description: 'An item', ...json({ $ref: '#/components/schemas/Item' }) },
            ...errors(400, 404, 412, 415, 422),
          },
        },
        delete: {
          parameters: tells('path parameter not declared') ? [] : [id],
          responses: { 204: { description: 'Gone' }, ...errors(404, 422) },
        },
      },
      '/search': {
        get: {
          parameters: [
            { name: 'q', in: 'query', required: true, schema: { type: 'string', minLength: 1, maxLength: 40 } },
            { name: 'kind', in: 'query', schema: { type: 'string', enum: ['a', 'b'] } },
          ],
          responses: { 200: { description: 'Hits', ...json({ type: 'array', items: { type: 'string' } }) }, ...errors(422) },
        },
      },
      '/report': {
        get: {
          responses: {
            200: {
              description: 'A report',
              content: { 'application/json': { schema: { type: 'array', items: { type: 'number' } } }, 'text/csv': { schema: text } },
            },
            ...errors(406),
          },
        },
      },
      '/page': {
        get: {
          parameters: [{ name: 'lang', in: 'query', schema: { type: 'string', enum: ['en', 'fr'] } }],
          responses: {
            200: { description: 'A page', content: { 'text/html': { schema: text } } },
            ...(tells('error documented as HTML')
              ? { 422: { description: 'Error', content: { 'text/html': { schema: text } } } }
              : errors(422)),
          },
        },
      },
      '/file': {
        get: {
          responses: {
            200: { description: 'A file', content: { 'application/octet-stream': {} } },
            206: { description: 'A part', content: { 'application/octet-stream': {} } },
            400: { description: 'Error' },
            416: { description: 'No such part' },
          },
        },
      },
      '/old': { get: { responses: { 301: { description: 'Moved' } } } },
      '/login': {
        post: {
          responses: {
            200: {
              description: 'In',
              ...(tells('cookie not documented')
                ? {}
                : {
                    headers: {
                      'Set-Cookie': { required: true, description: 'Sets `session` (HttpOnly, Secure, SameSite=Lax)', schema: text },
                    },
                  }),
              ...json({ type: 'object', properties: { ok: { type: 'boolean' } } }),
            },
          },
        },
      },
      '/logout': { post: { responses: { 204: { description: 'Out' } } } },
      '/reset': { post: { responses: { 205: { description: 'Reset' } } } },
      '/notes': {
        post: {
          security: secured,
          requestBody: {
            required: true,
            ...json({ type: 'object', properties: { text: { type: 'string', maxLength: 50 } }, required: ['text'] }),
          },
          responses: { 201: { description: 'Created', ...json({ $ref: '#/components/schemas/Note' }) }, ...errors(400, 401, 415, 422) },
        },
      },
      '/notes/{id}': {
        get: {
          security: secured,
          parameters: [id],
          responses: { 200: { description: 'A note', ...json({ $ref: '#/components/schemas/Note' }) }, ...errors(401, 404, 422) },
        },
      },
      '/events': {
        get: {
          parameters: [{ name: 'Last-Event-ID', in: 'header', schema: { type: 'string', pattern: '^[0-9]{1,2}$' } }],
          responses: {
            200: { description: 'Events', content: { 'text/event-stream': { itemSchema: event } } },
            ...(tells('error documented as an event stream')
              ? { 422: { description: 'Error', content: { 'text/event-stream': {} } } }
              : errors(422)),
          },
        },
      },
      '/lines': {
        get: {
          responses: {
            200: {
              description: 'Lines',
              content: { 'application/jsonl': { itemSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } } },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        Item,
        NewItem,
        Problem,
        Note: {
          type: 'object',
          properties: { id: integer, text: tells('reference without a target') ? { $ref: '#/components/schemas/Missing' } : text },
          required: ['id', 'text'],
        },
      },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}
