/** Classes of errors, and the handlers that answer them on every route. */
import { z } from 'zod'
import type { App } from '../../src/index.ts'
import { ErrorResponse } from './schemas.ts'

export class ValueError extends Error {}

export class SubValueError extends ValueError {}

export class TeapotError extends Error {}

export class StrongTeapotError extends TeapotError {}

export class HerbalTeapotError extends TeapotError {}

export class BrokenHandlerError extends Error {}

const BadRequest = ErrorResponse.omit({ request_id: true })
const Teapot = z.object({ handler: z.string(), detail: z.string() })
const Strength = { 'X-Strength': z.string() }

export function addErrorHandlers(app: App): void {
  app.onError(ValueError, { responses: { 400: BadRequest } }, (error, { reply }) =>
    reply(400, { error: 'Bad Request', detail: error.message }),
  )
  app.onError(TeapotError, { responses: { 418: Teapot } }, (error, { reply }) => reply(418, { handler: 'teapot', detail: error.message }))
  app.onError(StrongTeapotError, { responses: { 418: { body: Teapot, headers: Strength } } }, (error, { reply }) =>
    reply(418, { handler: 'strong', detail: error.message }, { headers: { 'X-Strength': '11' } }),
  )
  app.onError(BrokenHandlerError, { responses: { 500: ErrorResponse } }, () => {
    throw new Error('SECRET-HANDLER')
  })
}
