/** A dependency that reads the body. */
import { dependency } from '../../src/index.ts'

dependency(({ body }) => body.name)
