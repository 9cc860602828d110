/** A server that has answered many requests of all kinds holds no more than one that has answered a few. */
import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fuzzRuns } from '../support/fuzz.ts'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'
import { runClients } from './clients.ts'
import type { Left } from './server.program.ts'

/** Of each turn, of which the first are not measured: code is compiled, and pools are filled. */
const REQUESTS = fuzzRuns(250, 1_000)
const WARM_UP = 2
const TURNS = fuzzRuns(2, 100)
/** What one request may leave behind, in bytes. Of so few requests more is noise. */
const MOST_EACH = fuzzRuns(2_000, 20)

interface Soaked {
  readonly port: number
  measure(): Promise<Left>
  readonly child: ChildProcess
}

function isHeld({ heap: _heap, ...others }: Left): boolean {
  return Object.values(others).some((count) => count > 0)
}

async function startServer(t: TestContext): Promise<Soaked> {
  const child = fork(programAt(join(import.meta.dirname, 'server.program.ts')), {
    execArgv: ['--expose-gc', ...PROGRAM_OPTIONS],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  t.after(() => child.kill('SIGKILL'))
  const [port] = (await once(child, 'message')) as [number]
  const ask = async (): Promise<Left> => {
    child.send('measure')
    const [left] = (await once(child, 'message')) as [Left]
    return left
  }
  /** A client that left is noticed a little later. */
  const measure = async (): Promise<Left> => {
    let left = await ask()
    for (let asked = 0; asked < 100 && isHeld(left); asked += 1) left = await ask()
    return left
  }
  return { port, measure, child }
}

/** Bytes that each request has left behind. Whatever else is left fails. */
async function soak(server: Soaked, turns: number, more: readonly string[] = []): Promise<number> {
  for (let turn = 0; turn < WARM_UP; turn += 1) await runClients(server.port, REQUESTS, more)
  const { heap: before } = await server.measure()
  let heap = before
  for (let turn = 0; turn < turns; turn += 1) {
    await runClients(server.port, REQUESTS, more)
    const { heap: now, ...others } = await server.measure()
    heap = now
    assert.deepEqual(others, { dependencies: 0, producers: 0, tasks: 0, connections: 0, files: 0, rejections: 0 })
  }
  return (heap - before) / (turns * REQUESTS)
}

test('nothing is left of requests that are over', async (t) => {
  const server = await startServer(t)
  const each = await soak(server, TURNS)
  assert.ok(each < MOST_EACH, `each request left ${each.toFixed(0)} bytes`)
  server.child.send('stop')
  assert.deepEqual(await once(server.child, 'exit'), [0, null])
})

test('a route that keeps 16 KiB of each of its requests is noticed', async (t) => {
  const each = await soak(await startServer(t), 2, Array<string>(8).fill('/leak'))
  assert.ok(each > MOST_EACH, `each request left ${each.toFixed(0)} bytes`)
})
