/** Representations of a user's own: what encode gets, what decode gives the handler, and literals in error bodies. */
import { z } from 'zod'
import { defineRepresentation, errorBody, form, get, html, json, post, type Schema } from '../../src/index.ts'
import { same } from './equal.ts'

const Reading = z.object({ at: z.date(), unit: z.enum(['C', 'F']).default('C') })
interface ReadingValue {
  at: Date
  unit: 'C' | 'F'
}

const own = defineRepresentation({
  mediaType: 'text/x-own',
  schema: Reading,
  encode: (value) => {
    same<typeof value, ReadingValue>(true)
    return value.at.toISOString()
  },
  decode: async ({ text, bytes, parameters }) => {
    same<typeof text, string>(true)
    same<typeof bytes, Uint8Array>(true)
    same<typeof parameters, Readonly<Record<string, string>>>(true)
    return { at: text }
  },
})

// The handler receives what the model outputs, and may leave a default out of what it returns.
post('/', { body: own, responses: { 200: own } }, ({ body }) => {
  same<typeof body, ReadingValue>(true)
  return { at: body.at }
})

// A function makes one of any model.
const generic = <S extends Schema>(schema: S) => defineRepresentation({ mediaType: 'text/x-any', schema, encode: String, decode: () => 1 })
post('/', { body: [json(Reading), generic(Reading)], responses: { 200: generic(z.int()) } }, ({ body }) => {
  same<typeof body, ReadingValue>(true)
  return body.at.getTime()
})

// Without a model the types are those of the functions.
const lines = defineRepresentation({
  mediaType: 'text/x-lines',
  encode: (value: readonly string[]) => value.join('\n'),
  decode: ({ text }) => text.split('\n'),
})
post('/', { body: lines, responses: { 200: lines } }, ({ body }) => {
  same<typeof body, string[]>(true)
  return body
})

// A form that takes multipart too has one type of body.
post('/', { body: form(Reading, { multipart: true }), responses: { 204: {} } }, ({ body }) => same<typeof body, ReadingValue>(true))

// A literal keeps its type: the model is read before the function.
const Failure = z.object({ jsonrpc: z.literal('2.0'), tags: z.array(z.enum(['a', 'b'])) })
errorBody(Failure, () => ({ jsonrpc: '2.0', tags: ['a'] }))
errorBody(json(Failure, 'application/x-failure'), (error, { problems, code }) => {
  same<typeof code, string | undefined>(true)
  return { jsonrpc: '2.0', tags: problems.length > 0 && error.status === 422 ? ['a'] : ['b'] }
})
const page = errorBody(html(), ({ title }) => title)
get('/', { responses: { 200: Reading, 404: page } }, () => ({ at: new Date() }))
// @ts-expect-error -- html() takes a string
errorBody(html(), ({ status }) => status)
// @ts-expect-error -- the model has another literal
errorBody(Failure, () => ({ jsonrpc: '1.0', tags: ['a'] }))
