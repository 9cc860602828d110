/** The models that more than one group of routes uses. */
import { z } from 'zod'
import { errorBody, fastapi } from '../../src/index.ts'

/** A field that may be null and is null when it is absent. */
export const maybe = <S extends z.ZodType>(schema: S) => schema.nullable().default(null)

/** Any text: without the mark, U+0000 is refused. */
export const anyText = z.string().meta({ nul: true })

export const Ok = z.object({ ok: z.boolean() })

export const Public = z.object({ id: z.int(), name: z.string() }).meta({ id: 'Public' })

export const ErrorResponse = z
  .object({ error: z.string(), detail: z.string(), request_id: z.string().nullish() })
  .meta({ id: 'ErrorResponse' })

/** The error model of the patterns, made from any error. */
export const errorResponse = errorBody(ErrorResponse, (error, { requestId }) => ({
  error: error.title,
  detail: String(error.detail),
  request_id: requestId,
}))

/** `{ "detail": … }`: how errors look where a route declares nothing else. */
export const detail = fastapi()

export const EmailSchema = z.object({ to: z.email(), subject: z.string(), body: z.string() }).meta({ id: 'EmailSchema', nul: true })
