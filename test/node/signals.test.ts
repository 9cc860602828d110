import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { Wire } from '../support/wire.ts'

const PROGRAM = `
import { setInterval } from 'node:timers'
import { serve } from './src/node/index.ts'
import { fakeApp, replyWith } from './test/support/fake-app.ts'

const app = fakeApp(({ path }) => path === '/hang' ? new Promise(() => {}) : replyWith('answer'))
const server = await serve(app, { port: 0, stopTimeoutMs: Number(process.env.STOP_TIMEOUT_MS) })
if (process.env.BUSY) setInterval(() => {}, 1_000)
void server.stopped.then(() => console.log('stopped'))
console.log(server.port)
`

interface Running {
  readonly process: ChildProcess
  readonly port: number
  /** How the process ended, and what it said. */
  readonly ended: Promise<{ code: number | null; signal: string | null; said: string }>
}

async function start(env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  const port = new Promise<number>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString()
      if (said.includes('\n')) resolve(Number.parseInt(said, 10))
    })
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as string | null, said }))
  return { process: child, port: await port, ended }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops the server, and the process ends by itself`, async () => {
    const running = await start({ STOP_TIMEOUT_MS: '60000' })
    using wire = new Wire(running.port)
    await wire.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').until('answer')
    running.process.kill(signal)
    const { code, said } = await running.ended
    assert.equal(code, 0)
    assert.match(said, /stopped/)
  })
}

test('what keeps the process alive ends when the time to stop is over', async () => {
  const running = await start({ STOP_TIMEOUT_MS: '50', BUSY: '1' })
  running.process.kill('SIGTERM')
  const { code, said } = await running.ended
  assert.equal(code, 0)
  assert.match(said, /stopped/)
})

test('a second signal ends the process at once', async () => {
  const running = await start({ STOP_TIMEOUT_MS: '60000' })
  using wire = new Wire(running.port).send('GET /hang HTTP/1.1\r\nHost: x\r\n\r\n')
  using other = new Wire(running.port)
  await other.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').until('answer')
  running.process.kill('SIGINT')
  // The connection that waits for nothing closes when the first signal was heard.
  await other.ended
  running.process.kill('SIGTERM')
  const { code, said } = await running.ended
  assert.equal(code, 128 + 15)
  assert.doesNotMatch(said, /stopped/)
  await wire.ended
})

test('a worker of a cluster ends when its server has stopped', async () => {
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'cluster-worker.ts'), execArgv: ['--import', 'tsx'] })
  const worker = cluster.fork()
  await once(worker, 'message')
  worker.process.kill('SIGTERM')
  const [code] = (await once(worker, 'exit')) as [number | null]
  assert.equal(code, 0)
})
