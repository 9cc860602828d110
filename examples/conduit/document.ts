/** Tells in the document which operations take a token, and which need one. */
import type { OpenAPIDocument } from 'riposte'

const PUBLIC = new Set(['register', 'login', 'listTags'])
const OPTIONAL = new Set(['getProfile', 'listArticles', 'getArticle', 'listComments'])

type Operations = Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>

export function withTokens(document: OpenAPIDocument): OpenAPIDocument {
  const paths = Object.entries(document.paths as Operations).map(([path, operations]) => {
    const secured = Object.entries(operations).map(([method, operation]) => [
      method,
      { ...operation, security: securityOf(operation.operationId ?? '') },
    ])
    return [path, Object.fromEntries(secured)]
  })
  const securitySchemes = {
    token: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`Token` and the JSON Web Token of the user' },
  }
  return { ...document, paths: Object.fromEntries(paths), components: { ...document.components, securitySchemes } }
}

function securityOf(operationId: string): readonly object[] {
  if (PUBLIC.has(operationId)) return []
  return OPTIONAL.has(operationId) ? [{ token: [] }, {}] : [{ token: [] }]
}
