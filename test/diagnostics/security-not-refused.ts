/** `fail(Unauthorized)` in a dependency that has no `security`. */
import { dependency } from '../../src/index.ts'
import { Unauthorized } from '../../src/security/index.ts'

dependency({ errors: [] }, ({ fail }) => {
  throw fail(Unauthorized)
})
