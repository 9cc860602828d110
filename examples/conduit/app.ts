/** The app: the API of the RealWorld specification below /api. */
import { createApp, createRouter } from 'riposte'
import { createAccess } from './access.ts'
import { articleRoutes, createArticleAccess } from './articles.ts'
import { commentRoutes } from './comments.ts'
import type { Database } from './database.ts'
import { withTokens } from './document.ts'
import { conduitErrors } from './errors.ts'
import { profileRoutes } from './profiles.ts'
import { tagRoutes } from './tags.ts'
import { userRoutes } from './users.ts'

export function createConduit(db: Database, secret: string) {
  const access = createAccess(db, secret)
  const articleAccess = createArticleAccess(db, access)
  const api = createRouter({ prefix: '/api' })
  api.add({
    ...userRoutes(db, access),
    ...profileRoutes(db, access),
    ...articleRoutes(db, access, articleAccess),
    ...commentRoutes(db, access, articleAccess),
    ...tagRoutes(db),
  })
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
    ],
    errorBody: conduitErrors,
    document: withTokens,
  })
  return app.add(api)
}
