/** A cookie where the dependency declares none. */
import { dependency } from '../../src/index.ts'

dependency(({ cookies }) => cookies.session_id)
