/** The app: every kind of response there is, each from one declaration. */
import { createApp } from 'riposte'
import type { Jobs } from 'riposte/jobs'
import { csrf, secureHeaders } from 'riposte/middleware'
import type { Database } from './database.ts'
import { fileRoutes } from './files.ts'
import { mailRoutes } from './mail.ts'
import * as pages from './pages.ts'
import type { Files } from './seed.ts'
import { sessionRoutes } from './session.ts'
import { userRoutes } from './users.ts'

export function createUsersApp(db: Database, files: Files, jobs: Jobs) {
  const app = createApp({
    title: 'Users',
    version: '1.0.0',
    license: { name: 'MIT', identifier: 'MIT' },
    servers: [{ url: '/' }],
    tags: [{ name: 'jobs', description: 'Work that goes on after the response' }],
  })
  app.use(secureHeaders())
  // The session is in a cookie, which a browser sends with requests that other sites start too.
  app.use(csrf())
  app.add({
    users: userRoutes(db),
    session: sessionRoutes(db),
    files: fileRoutes(files),
    pages,
    mail: mailRoutes(jobs),
  })
  return app
}
