import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'
import { Wire } from '../support/wire.ts'

const PROGRAM = programAt(join(import.meta.dirname, 'signals.program.ts'))

interface Running {
  readonly process: ChildProcess
  readonly port: number
  /** How the process ended, and what it said. */
  readonly ended: Promise<{ code: number | null; signal: string | null; said: string }>
}

async function start(env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, [...PROGRAM_OPTIONS, PROGRAM], {
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
  cluster.setupPrimary({ exec: programAt(join(import.meta.dirname, 'cluster-worker.program.ts')), execArgv: [...PROGRAM_OPTIONS] })
  const worker = cluster.fork()
  await once(worker, 'message')
  worker.process.kill('SIGTERM')
  const [code] = (await once(worker, 'exit')) as [number | null]
  assert.equal(code, 0)
})
