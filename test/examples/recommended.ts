/** What Redocly's ruleset `recommended` finds in a document. */
import { createConfig, lintFromString } from '@redocly/openapi-core'

const config = await createConfig({ extends: ['recommended'] })

export async function findRecommended(source: string): Promise<string[]> {
  const findings = await lintFromString({ source, config })
  return findings.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`)
}
