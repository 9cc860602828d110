/** Credentials that may be absent, used as if they were there. */
import { dependency } from '../../src/index.ts'
import { basic } from '../../src/security/index.ts'

dependency({ security: basic({ optional: true }) }, ({ credentials }) => credentials.username)
