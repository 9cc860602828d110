/** What a test client holds on to: a fresh start, a sign of life, the logs and the mail. */
import { z } from 'zod'
import { empty, get, post } from '../../src/index.ts'
import { EmailSchema, Ok } from './schemas.ts'
import { outbox, readLog, reset } from './store.ts'

export const resetAll = post('/lab/reset', { responses: { 204: empty() } }, reset)

export const alive = get('/lab/alive', { responses: { 200: Ok } }, () => ({ ok: true }))

export const readEntries = get('/lab/log/{key}', { responses: { 200: z.object({ entries: z.array(z.string()) }) } }, ({ params }) => ({
  entries: [...readLog(params.key)],
}))

export const readOutbox = get('/lab/outbox', { responses: { 200: z.object({ messages: z.array(EmailSchema) }) } }, () => ({
  messages: outbox,
}))
