/** Starts the gateway, and serves until a signal comes. */
import { serve } from 'riposte/node'
import { createGateway } from './app.ts'
import { createEngine } from './engine.ts'

const { API_KEYS = 'sk-local', HOST = '127.0.0.1', MS_PER_TOKEN = '50', PORT = '8000' } = process.env
const { REQUESTS_PER_MINUTE = '600', STOP_TIMEOUT_MS = '10000' } = process.env

const engine = createEngine(Number(MS_PER_TOKEN), console.log)
const settings = { apiKeys: API_KEYS.split(','), requestsPerMinute: Number(REQUESTS_PER_MINUTE) }
const server = await serve(createGateway(engine, settings), {
  port: Number(PORT),
  host: HOST,
  stopTimeoutMs: Number(STOP_TIMEOUT_MS),
})
console.log(`
  The API        ${server.url}/v1
  Try it         ${server.url}/docs
  The document   ${server.url}/openapi.json

  Ctrl+C stops it.
`)
await server.stopped
console.log('Stopped.')
