/** Problem details (RFC 9457), the default error body. */
import { z } from 'zod'
import type { AnyErrorClass } from '../errors/define-error.ts'
import { defineErrorBody, InputIssue, perError, toComponentName, toIssues, type ErrorBody } from './error-body.ts'
import { json } from './json.ts'

const members = {
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  request_id: z.string(),
}

const toProblem = (model: z.ZodType) => json(model, 'application/problem+json')

const OTHER = toProblem(
  z.object({ ...members, data: z.unknown().optional() }).meta({ id: 'Problem', description: 'RFC 9457 problem details' }),
)
const VALIDATION = toProblem(z.object({ ...members, errors: z.array(InputIssue) }).meta({ id: 'ValidationProblem' }))

const ofDeclared = perError((error: AnyErrorClass) => {
  const data = error.data === undefined ? {} : { data: error.data as z.ZodType }
  const own = { ...members, status: z.literal(error.status), code: z.literal(error.code), ...data }
  return toProblem(z.object(own).meta({ id: `${toComponentName(error.code)}Problem` }))
})

/**
 * Error bodies as problem details (RFC 9457), the default.
 * `application/problem+json` with `type`, `title`, `status`, `detail` and `request_id`. A declared error adds its `code` and `data`, a 422 its
 * `errors`. A detail that is not a string becomes `data` if a model is declared for the status, which filters it.
 */
export function problem(): ErrorBody {
  return defineErrorBody({
    representationOf: ({ error, validation }) => (error ? ofDeclared(error) : validation ? VALIDATION : OTHER),
    toValue: ({ title, status, detail }, { requestId, code, data, problems }, { isFiltered }) => ({
      title,
      status,
      detail: typeof detail === 'string' ? detail : title,
      request_id: requestId,
      code,
      data: typeof detail === 'string' || isFiltered !== true ? data : detail,
      errors: toIssues(problems),
    }),
  })
}
