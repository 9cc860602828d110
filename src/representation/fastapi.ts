/** The error bodies of FastAPI: `{ "detail": … }`, and its component names in the OpenAPI document. */
import { z } from 'zod'
import type { AnyErrorClass } from '../errors/define-error.ts'
import { defineErrorBody, InputIssue, perError, toComponentName, toIssues, type ErrorBody } from './error-body.ts'
import { json } from './json.ts'

/** Options of `fastapi()`. */
export interface FastapiOptions {
  /** Whether a declared error also sends its `code` and `data`, which FastAPI does not have. Default: false. */
  readonly codes?: boolean
}

const OTHER = json(z.object({ detail: z.unknown() }).meta({ id: 'HTTPError' }))
const VALIDATION = json(z.object({ detail: z.array(InputIssue.meta({ id: 'ValidationError' })) }).meta({ id: 'HTTPValidationError' }))

const withCode = perError((error: AnyErrorClass) => {
  const data = error.data === undefined ? {} : { data: error.data as z.ZodType }
  const own = { detail: z.string(), code: z.literal(error.code), ...data }
  return json(z.object(own).meta({ id: `${toComponentName(error.code)}Error` }))
})

/**
 * Error bodies in FastAPI's format: `{ "detail": … }` like `HTTPException`, `{ "detail": [{ loc, msg, type }] }` for 422. FastAPI's `input`, the value
 * that the client sent, is left out.
 */
export function fastapi({ codes = false }: FastapiOptions = {}): ErrorBody {
  return defineErrorBody({
    representationOf: ({ error, validation }) => (error && codes ? withCode(error) : validation ? VALIDATION : OTHER),
    toValue: ({ detail, title }, { code, data, problems }, { validation, isFiltered }) => ({
      detail: validation ? toIssues(problems) : isFiltered === true || typeof detail === 'string' ? detail : title,
      code,
      data,
    }),
  })
}
