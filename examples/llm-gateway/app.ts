/** The gateway: an API in the form of OpenAI's, behind keys. */
import { createApp, createRouter } from 'riposte'
import { cors, rateLimit, requestLog, secureHeaders } from 'riposte/middleware'
import { createKeyGuard } from './access.ts'
import { getModel, listModels } from './catalogue.ts'
import { chatRoute } from './chat.ts'
import { createEmbeddings } from './embeddings.ts'
import type { Engine } from './engine.ts'
import { apiError } from './errors.ts'

export interface Settings {
  readonly apiKeys: readonly string[]
  /** Per client address. */
  readonly requestsPerMinute: number
}

export function createGateway(engine: Engine, { apiKeys, requestsPerMinute }: Settings) {
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
  })
  app.use(requestLog())
  app.use(secureHeaders())
  // A browser sends no key by itself, so any page may ask with one of its own.
  app.use(cors({ origins: '*' }))
  app.use(rateLimit({ points: requestsPerMinute, duration: 60 }))
  // Clients of OpenAI know 400 for a wrong request, not 422.
  app.onError(422, { responses: { 400: apiError } }, (error, { reply }) => reply(400, error))
  const router = createRouter({ prefix: '/v1', dependencies: { access: createKeyGuard(apiKeys) } })
  router.add({ createChatCompletion: chatRoute(engine), createEmbeddings, listModels, getModel })
  return app.add(router)
}
