/** Starts the app, and serves until a signal comes. */
import { randomBytes } from 'node:crypto'
import { serve } from 'riposte/node'
import { createConduit } from './app.ts'
import { openDatabase } from './database.ts'

// Without a secret of its own, tokens are good until the next start, as the data in memory are.
const { DATA_DIR, HOST = '127.0.0.1', JWT_SECRET = randomBytes(32).toString('hex'), PORT = '8000' } = process.env

await using database = await openDatabase(DATA_DIR)
await using server = await serve(createConduit(database.db, JWT_SECRET), { port: Number(PORT), host: HOST })
console.log(`
  The API        ${server.url}/api
  Try it         ${server.url}/docs
  The document   ${server.url}/openapi.json

  Ctrl+C stops it.
`)
await server.stopped
console.log('Stopped.')
