/** The app: the API of the RealWorld specification below /api, inside its middleware. */
import { pino } from 'pino'
import { createApp, createRouter } from 'riposte'
import { allowedHosts, conditional, cors, idempotency, rateLimit, requestLog, secureHeaders, timeout } from 'riposte/middleware'
import { compression } from 'riposte/node'
import { createAccess } from './access.ts'
import { articleRoutes, createArticleAccess } from './articles.ts'
import { commentRoutes } from './comments.ts'
import type { Database } from './database.ts'
import { conduitErrors } from './errors.ts'
import { operatingRoutes } from './operating.ts'
import { profileRoutes } from './profiles.ts'
import type { Settings } from './settings.ts'
import { tagRoutes } from './tags.ts'
import { userRoutes } from './users.ts'

const QUARTER_OF_AN_HOUR = 900

export function createConduit(db: Database, settings: Settings) {
  const access = createAccess(db, settings.jwtSecret)
  const articleAccess = createArticleAccess(db, access)

  // Answers with tokens are not compressed: the length of a compressed answer can reveal a secret in it.
  const accounts = createRouter({ prefix: '/api' })
  accounts.add(userRoutes(db, access, rateLimit({ points: settings.tries, duration: QUARTER_OF_AN_HOUR, name: 'tries' })))

  const content = createRouter({ prefix: '/api' })
  content.use(compression())
  content.use(conditional())
  content.use(idempotency())
  content.add({
    ...profileRoutes(db, access),
    ...articleRoutes(db, access, articleAccess),
    ...commentRoutes(db, access, articleAccess),
    ...tagRoutes(db),
  })

  const logger = pino()
  const app = createApp({
    title: 'Conduit',
    version: '1.0.0',
    license: { name: 'MIT', identifier: 'MIT' },
    servers: [{ url: '/api' }],
    tags: [
      { name: 'users', description: 'Registration, login, the current user' },
      { name: 'profiles', description: 'Who writes, and who follows them' },
      { name: 'articles', description: 'Lists, feed, reading and writing' },
      { name: 'favorites', description: 'Articles that a user likes' },
      { name: 'comments', description: 'What users say to an article' },
      { name: 'tags', description: 'The tags of all articles' },
      { name: 'operating', description: 'For those who run the app' },
    ],
    errorBody: conduitErrors,
    logger,
  })
  app.use(requestLog({ logger }))
  app.use(secureHeaders())
  app.use(cors({ origins: settings.origins }))
  app.use(allowedHosts(settings.hosts))
  app.use(timeout({ ms: 10_000 }))
  return app.add(accounts).add(content).add(operatingRoutes(db, settings.metricsPassword))
}
