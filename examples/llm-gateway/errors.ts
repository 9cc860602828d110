/** Errors in the form of the OpenAI API. Its client throws them as `APIError`s. */
import { defineError, errorBody, type InputProblem } from 'riposte'
import { z } from 'zod'

export const ErrorResponse = z
  .object({
    error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string().nullable() }),
  })
  .meta({ id: 'ErrorResponse' })

export const apiError = errorBody(ErrorResponse, ({ status, detail }, { code, problems: [problem] }) => ({
  error: {
    message: problem?.message ?? String(detail),
    type: status >= 500 ? 'server_error' : 'invalid_request_error',
    param: problem === undefined ? null : nameOf(problem),
    code: code?.toLowerCase() ?? null,
  },
}))

/** `['body', 'messages', 0, 'role']` is `messages.0.role`. Of text that is no JSON, the location is an offset and no name. */
function nameOf({ code, location: [, ...names] }: InputProblem): string | null {
  return code === 'json_invalid' || names.length === 0 ? null : names.join('.')
}

export const InvalidApiKey = defineError('INVALID_API_KEY', {
  status: 401,
  detail: 'Incorrect API key provided',
})

export const ModelNotFound = defineError('MODEL_NOT_FOUND', {
  status: 404,
  data: z.object({ model: z.string() }),
  detail: ({ model }) => `The model ${JSON.stringify(model)} does not exist`,
})

export const Overloaded = defineError('OVERLOADED', { status: 503, detail: 'The model is overloaded', headers: { 'Retry-After': '1' } })
