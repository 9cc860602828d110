/** A server that signals stop, for signals.test.ts. */
import { serve } from '../../src/node/index.ts'
import { fakeApp, replyWith } from '../support/fake-app.ts'

const app = fakeApp(({ path }) => (path === '/hang' ? new Promise(() => {}) : replyWith('answer')))
const server = await serve(app, { port: 0, stopTimeoutMs: Number(process.env['STOP_TIMEOUT_MS']) })
if (process.env['BUSY'] !== undefined) setInterval(() => {}, 1_000)
void server.stopped.then(() => console.log('stopped'))
console.log(server.port)
