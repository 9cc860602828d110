/** Errors, in the form of the RealWorld specification: `{ errors: { field: ['what is wrong'] } }`. */
import { defineError, errorBody, type InputProblem } from 'riposte'
import { z } from 'zod'

const ErrorResponse = z.object({ errors: z.record(z.string(), z.array(z.string())) }).meta({ id: 'GenericError' })

/** The fields of errors that are not about one of the request's inputs: the first word of their detail. */
const FIELDS: ReadonlySet<string> = new Set(['token', 'credentials', 'email', 'username', 'profile', 'article', 'comment'])

export const conduitErrors = errorBody(ErrorResponse, ({ detail }, { code, problems }) => {
  if (problems.length > 0) return { errors: byField(problems) }
  const text = code === 'UNAUTHORIZED' ? 'token is missing' : String(detail)
  const [field = '', ...words] = text.split(' ')
  return { errors: FIELDS.has(field) ? { [field]: [words.join(' ')] } : { body: [text] } }
})

function byField(problems: readonly InputProblem[]): Record<string, string[]> {
  const errors: Record<string, string[]> = {}
  for (const { code, location, message } of problems) {
    const name = code === 'json_invalid' ? 'body' : String(location.findLast((part) => typeof part === 'string'))
    errors[name] = [...(errors[name] ?? []), message]
  }
  return errors
}

export const TokenInvalid = defineError('TOKEN_INVALID', { status: 401, detail: 'token is invalid' })
export const WrongCredentials = defineError('WRONG_CREDENTIALS', {
  status: 401,
  detail: 'credentials invalid',
  headers: { 'WWW-Authenticate': 'Bearer' },
})
export const EmailTaken = defineError('EMAIL_TAKEN', { status: 409, detail: 'email has already been taken' })
export const UsernameTaken = defineError('USERNAME_TAKEN', { status: 409, detail: 'username has already been taken' })
export const ProfileNotFound = defineError('PROFILE_NOT_FOUND', { status: 404, detail: 'profile not found' })
export const ArticleNotFound = defineError('ARTICLE_NOT_FOUND', { status: 404, detail: 'article not found' })
export const NotTheAuthor = defineError('NOT_THE_AUTHOR', { status: 403, detail: 'article forbidden' })
export const CommentNotFound = defineError('COMMENT_NOT_FOUND', { status: 404, detail: 'comment not found' })
export const NotTheCommenter = defineError('NOT_THE_COMMENTER', { status: 403, detail: 'comment forbidden' })
