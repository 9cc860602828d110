/** Errors, thrown in every way. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { get, HTTPError } from '../../src/index.ts'
import { BrokenHandlerError, HerbalTeapotError, StrongTeapotError, SubValueError, TeapotError, ValueError } from './error-handlers.ts'
import { anyText, detail, Ok } from './schemas.ts'

const HttpQuery = { status: z.int(), detail: anyText.optional(), header: anyText.optional() }

export const http = get('/lab/error/http', { query: HttpQuery, responses: { default: detail } }, ({ query }) => {
  const { status, header } = query
  throw new HTTPError(status, query.detail, header === undefined ? {} : { headers: { 'X-Lab-Error': header } })
})

/** A detail that is not text needs a model: what the model does not name is not sent. */
const ObjectDetail = z.object({ detail: z.object({ code: z.int(), items: z.array(z.json()) }) })

export const httpObject = get('/lab/error/http-object', { responses: { 200: Ok, 422: ObjectDetail } }, () => {
  throw new HTTPError(422, { code: 17, items: ['a', { b: null }] })
})

export const value = get('/lab/error/value', { responses: { 200: Ok } }, () => {
  throw new ValueError('bad value é')
})

export const valueAsync = get('/lab/error/value-async', { responses: { 200: Ok } }, async () => {
  await pause(10)
  throw new ValueError('bad value later')
})

export const valueSub = get('/lab/error/value-sub', { responses: { 200: Ok } }, () => {
  throw new SubValueError('sub value')
})

const TEAPOTS = { base: TeapotError, strong: StrongTeapotError, herbal: HerbalTeapotError }

export const teapot = get(
  '/lab/error/teapot',
  { query: { kind: z.enum(['base', 'strong', 'herbal']).default('base') }, responses: { 200: Ok } },
  ({ query }) => {
    throw new TEAPOTS[query.kind](query.kind)
  },
)

export const unhandled = get('/lab/error/unhandled', { responses: { 200: Ok } }, () => {
  throw new Error('SECRET-UNHANDLED at /srv/app/secret.ts')
})

const circular: { self?: unknown } = {}
circular.self = circular

const ODD = {
  string: 'SECRET-ODD',
  null: null,
  undefined,
  number: 42,
  object: { status: 200, message: 'SECRET' },
  symbol: Symbol('SECRET'),
  promise: Promise.resolve('SECRET'),
  frozen: Object.freeze(new Error('SECRET-FROZEN')),
  circular,
  'status-getter': {
    get status(): number {
      throw new Error('SECRET-GETTER')
    },
  },
}

const Kind = z.enum(Object.keys(ODD) as [keyof typeof ODD, ...(keyof typeof ODD)[]])

export const odd = get('/lab/error/odd', { query: { kind: Kind.default('string') }, responses: { 200: Ok } }, ({ query }) => {
  throw ODD[query.kind]
})

export const brokenHandler = get('/lab/error/broken-handler', { responses: { 200: Ok } }, () => {
  throw new BrokenHandlerError()
})

export const headersKept = get('/lab/error/headers-kept', { responses: { 200: Ok, 403: detail } }, ({ response }) => {
  response.headers.set('X-Before', '1')
  response.cookies.set('before', '1')
  throw new HTTPError(403, 'no')
})
