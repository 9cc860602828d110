/** What Redocly's ruleset `recommended` finds in a document. */
import { createConfig, lintFromString } from '@redocly/openapi-core'

/**
 * `ofTheAuthor`: rules that ask for what only the author of the API can say. `security-defined` wants a scheme of each operation, also of an API that
 * everybody may use; `operation-2xx-response` knows no route that only redirects.
 */
export async function findRecommended(source: string, ofTheAuthor: readonly string[] = []): Promise<string[]> {
  // A route without inputs has no 4XX to declare.
  const rules = Object.fromEntries(['operation-4xx-response', ...ofTheAuthor].map((rule) => [rule, 'off' as const]))
  const config = await createConfig({ extends: ['recommended'], rules })
  const findings = await lintFromString({ source, config })
  return findings.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`)
}

/** Rules that do not hold for the documents of the tests, because their authors say nothing of it. */
export const OF_THE_AUTHOR: Readonly<Record<string, readonly string[]>> = {
  users: ['security-defined', 'operation-2xx-response'],
  // Its paths are those of FastAPI's template.
  'fastapi-template': ['no-path-trailing-slash'],
  bookshop: ['security-defined', 'operation-2xx-response', 'operation-summary', 'tag-description'],
}
