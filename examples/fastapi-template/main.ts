/** Starts the app, and serves until a signal comes. */
import { serve } from 'riposte/node'
import { createTemplate } from './app.ts'
import { openDatabase } from './database.ts'
import { readSettings } from './settings.ts'

const settings = readSettings(process.env)

await using database = await openDatabase(settings)
await using server = await serve(createTemplate(database.db, settings), { port: settings.PORT, host: settings.HOST })
console.log(`
  The API        ${server.url}/api/v1
  Try it         ${server.url}/docs
  The document   ${server.url}/api/v1/openapi.json

  Ctrl+C stops it.
`)
await server.stopped
console.log('Stopped.')
