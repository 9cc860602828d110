/** What Redocly's ruleset `recommended` finds in a document. */
import { createConfig, lintFromString } from '@redocly/openapi-core'

// A route without inputs has no 4XX to declare.
const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } })

export async function findRecommended(source: string): Promise<string[]> {
  const findings = await lintFromString({ source, config })
  return findings.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`)
}
