/** The credentials of a scheme are typed by it; only dependencies with `security` have them. */
import { dependency, get, text } from '../../src/index.ts'
import {
  apiKey,
  basic,
  bearer,
  InsufficientScope,
  oauth2,
  openIdConnect,
  Unauthorized,
  type BasicCredentials,
} from '../../src/security/index.ts'
import { same } from './equal.ts'

const flows = { password: { tokenUrl: '/token', scopes: {} } }

const user = dependency({ security: bearer({ format: 'JWT' }) }, ({ credentials, scopes, fail }) => {
  same<typeof credentials, string>(true)
  same<typeof scopes, readonly string[]>(true)
  if (scopes.length > 3) throw fail(InsufficientScope)
  if (credentials === '') throw fail(Unauthorized)
  return credentials.length
})
dependency({ security: basic() }, ({ credentials }) => same<typeof credentials, BasicCredentials>(true))
dependency({ security: basic({ optional: true }) }, ({ credentials }) => same<typeof credentials, BasicCredentials | undefined>(true))
dependency({ security: bearer({ optional: true }) }, ({ credentials }) => same<typeof credentials, string | undefined>(true))
dependency({ security: bearer({ optional: false }) }, ({ credentials }) => same<typeof credentials, string>(true))
dependency({ security: bearer({ optional: Math.random() > 0.5 }) }, ({ credentials }) => same<typeof credentials, string | undefined>(true))
dependency({ security: oauth2({ flows }) }, ({ credentials }) => same<typeof credentials, string>(true))
dependency({ security: openIdConnect('https://login.example') }, ({ credentials }) => same<typeof credentials, string>(true))
dependency({ security: apiKey({ in: 'cookie', name: 'id' }), dependencies: { user } }, (context) => {
  same<typeof context.credentials, string>(true)
  same<typeof context.user, number>(true)
})

get('/', { dependencies: { user }, scopes: ['a'], responses: { 200: text() } }, (context) => {
  same<typeof context.user, number>(true)
  return ''
})

// @ts-expect-error -- a dependency without security has no credentials
dependency({ dependencies: { user } }, ({ credentials }) => credentials)
// @ts-expect-error -- only a dependency with security may refuse credentials
dependency({ dependencies: { user } }, ({ fail }) => fail(Unauthorized))
