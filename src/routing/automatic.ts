/** What the framework answers by itself where a path has routes: to OPTIONS, and to a slash too many or too few. */
import { empty } from '../representation/empty.ts'
import { redirect } from '../representation/redirect.ts'
import { get, options } from './route.ts'

export const AUTOMATIC_OPTIONS = options('*', { responses: { 204: empty() } }, ({ params, response }) => {
  response.headers.set('allow', (params as { allow: string }).allow)
})

export const AUTOMATIC_REDIRECT = get('*', { responses: { 307: redirect() } }, ({ params }) => (params as { location: string }).location)
