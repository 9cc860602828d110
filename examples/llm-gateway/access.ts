/** The guard: a bearer key. It runs before the body of the request is read. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { dependency } from 'riposte'
import { z } from 'zod'
import { InvalidApiKey } from './errors.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

export function createKeyGuard(apiKeys: readonly string[]) {
  const known = apiKeys.map(digest)
  return dependency({ headers: { authorization: z.string().optional() }, errors: [InvalidApiKey] }, ({ headers, fail }) => {
    const [, key = ''] = /^bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
    const given = digest(key)
    if (!known.some((each) => timingSafeEqual(each, given))) throw fail(InvalidApiKey)
    return { key }
  })
}
