/** A response where the dependency declares none. */
import { dependency } from '../../src/index.ts'

dependency(({ reply }) => reply(400, { error: 'none' }))
