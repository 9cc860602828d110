/** The app: everything below /api/v1, for a frontend of another origin. */
import { createApp, createRouter, fastapi } from 'riposte'
import { cors } from 'riposte/middleware'
import { createAccess } from './access.ts'
import type { Database } from './database.ts'
import { itemRoutes } from './items.ts'
import { loginRoutes } from './login.ts'
import { privateRoutes, utilityRoutes } from './operating.ts'
import type { Settings } from './settings.ts'
import { userRoutes } from './users.ts'

export function createTemplate(db: Database, settings: Settings) {
  const access = createAccess(db, settings.SECRET_KEY)
  const api = createRouter({ prefix: '/api/v1' })
  api.add(loginRoutes(db, access, settings))
  api.add(userRoutes(db, access, settings))
  api.add(utilityRoutes(db, access, settings))
  api.add(itemRoutes(db, access))
  if (settings.ENVIRONMENT === 'local') api.add(privateRoutes(db))
  const app = createApp({
    title: settings.PROJECT_NAME,
    version: '1.0.0',
    license: { name: 'MIT', identifier: 'MIT' },
    servers: [{ url: '/' }],
    tags: [
      { name: 'login', description: 'Tokens and forgotten passwords' },
      { name: 'users', description: 'Accounts' },
      { name: 'utils', description: 'For those who run the app' },
      { name: 'items', description: 'What users own' },
      { name: 'private', description: 'For tests on a local machine' },
    ],
    openapiPath: '/api/v1/openapi.json',
    errorBody: fastapi(),
  })
  app.use(cors({ origins: [new URL(settings.FRONTEND_HOST).origin], credentials: true }))
  return app.add(api)
}
