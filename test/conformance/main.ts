/** Serves the app that outside cases drive. */
import { serve } from '../../src/node/index.ts'
import { app } from './app.ts'

await serve(app, { port: Number(process.env['PORT'] ?? 8000), host: '127.0.0.1' })
