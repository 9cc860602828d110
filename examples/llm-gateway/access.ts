/** The guard: a bearer key. It runs before the body of the request is read. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { dependency } from 'riposte'
import { bearer } from 'riposte/security'
import { InvalidApiKey } from './errors.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

export function createKeyGuard(apiKeys: readonly string[]) {
  const known = apiKeys.map(digest)
  return dependency({ security: bearer({ schemeName: 'key' }), errors: [InvalidApiKey] }, ({ credentials, fail }) => {
    const given = digest(credentials)
    if (!known.some((each) => timingSafeEqual(each, given))) throw fail(InvalidApiKey)
    return { key: credentials }
  })
}
