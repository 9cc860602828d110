/** Checks a document with two independent validators. */
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { OpenAPIDocument } from '../../src/openapi/document.ts'

const config = await createConfig({
  rules: {
    struct: 'error',
    'no-unresolved-refs': 'error',
    'operation-operationId-unique': 'error',
    'path-parameters-defined': 'error',
    'no-identical-paths': 'error',
    'no-ambiguous-paths': 'off',
    'no-schema-type-mismatch': 'error',
    'no-duplicated-tag-names': 'error',
    'operation-parameters-unique': 'error',
    'response-contains-header': 'off',
  },
})

/** Resolves with the problems that either of them finds. */
export async function findProblems(document: OpenAPIDocument): Promise<string[]> {
  const source = JSON.stringify(document, null, 1)
  const problems = await lintFromString({ source, config })
  const { valid, errors } = await new Validator().validate(JSON.parse(source) as Record<string, unknown>)
  return [
    ...problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`),
    ...(valid ? [] : [JSON.stringify(errors)]),
  ]
}
