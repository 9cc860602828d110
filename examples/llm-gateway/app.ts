/** The gateway: an API in the form of OpenAI's, behind keys. */
import { createApp, createRouter, type OpenAPIDocument } from 'riposte'
import { createKeyGuard } from './access.ts'
import { getModel, listModels } from './catalogue.ts'
import { chatRoute } from './chat.ts'
import { createEmbeddings } from './embeddings.ts'
import type { Engine } from './engine.ts'
import { apiError } from './errors.ts'

export function createGateway(engine: Engine, apiKeys: readonly string[]) {
  const app = createApp({
    title: 'LLM gateway',
    version: '1.0.0',
    license: { name: 'MIT', identifier: 'MIT' },
    servers: [{ url: '/' }],
    tags: [
      { name: 'chat', description: 'Answers to messages, whole or as a stream' },
      { name: 'embeddings', description: 'Vectors of texts' },
      { name: 'models', description: 'What can be asked' },
    ],
    errorBody: apiError,
    document: withKeys,
  })
  // Clients of OpenAI know 400 for a wrong request, not 422.
  app.onError(422, { responses: { 400: apiError } }, (error, { reply }) => reply(400, error))
  const router = createRouter({ prefix: '/v1', dependencies: { access: createKeyGuard(apiKeys) } })
  router.add({ createChatCompletion: chatRoute(engine), createEmbeddings, listModels, getModel })
  return app.add(router)
}

/** Generated clients learn from this that there is a key. */
function withKeys(document: OpenAPIDocument): OpenAPIDocument {
  const securitySchemes = { key: { type: 'http', scheme: 'bearer' } }
  return { ...document, security: [{ key: [] }], components: { ...document.components, securitySchemes } }
}
