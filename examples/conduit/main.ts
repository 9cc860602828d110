/** Starts the app, and serves until a signal comes. */
import { serve } from 'riposte/node'
import { createConduit } from './app.ts'
import { openDatabase } from './database.ts'
import { readSettings } from './settings.ts'

const { DATA_DIR, HOST = '127.0.0.1', PORT = '8000' } = process.env

await using database = await openDatabase(DATA_DIR)
await using server = await serve(createConduit(database.db, readSettings(process.env)), { port: Number(PORT), host: HOST })
console.log(`
  The API        ${server.url}/api
  Try it         ${server.url}/docs
  The document   ${server.url}/openapi.json

  Ctrl+C stops it.
`)
await server.stopped
console.log('Stopped.')
