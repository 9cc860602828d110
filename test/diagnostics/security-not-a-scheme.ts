/** The function `bearer` instead of the scheme that it makes. */
import { dependency } from '../../src/index.ts'
import { bearer } from '../../src/security/index.ts'

dependency({ security: bearer }, () => 1)
