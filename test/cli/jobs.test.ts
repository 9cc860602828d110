/** `riposte work` and `riposte jobs` as separate processes, with jobs in PostgreSQL. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { runCommand } from '../../src/cli/command.ts'
import { createJobs, defineJob } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { openSchema } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'
import { DATABASE_URL } from '../support/servers.ts'

const MAIN = programAt(join(import.meta.dirname, '../../src/cli/main.ts'))
const JOBS = programAt(join(import.meta.dirname, 'jobs.program.ts'))

async function open(t: TestContext) {
  const [pool] = (await openSchema(t, 1)) ?? []
  if (pool === undefined) return undefined
  const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
  const schema = rows[0]!.search_path
  await pool.query('CREATE TABLE greeted (name text)')
  const input = z.string()
  const defined = {
    greet: defineJob('greet', { input }),
    broken: defineJob('broken', { input }),
    wait: defineJob('wait', { input }),
    half: defineJob('half', { input: z.int() }),
  }
  const jobs = createJobs({ engine: pgBoss({ db: pool, schema }), jobs: Object.values(defined) })
  afterwards(t, () => jobs.stop())
  const env = { ...process.env, SCHEMA: schema, URL: DATABASE_URL, STOP_MS: '100' }
  return { pool, jobs, env, ...defined }
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts a `riposte` process. */
function riposte(t: TestContext, env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const child = spawn(process.execPath, [...PROGRAM_OPTIONS, MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  afterwards(t, () => child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, stdout, stderr }))
  return { child, ended }
}

async function until(child: ChildProcess, isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('The process has ended')
    await sleep(20)
  }
}

describe('riposte work', () => {
  test('runs jobs until SIGTERM, returns those that do not end in time to the queue, and exits with 0', async (t) => {
    const opened = await open(t)
    if (opened === undefined) return
    const { pool, jobs, env, greet, broken, wait } = opened
    await Promise.all(['a', 'b', 'c'].map((name) => greet.enqueue(name)))
    const failing = await broken.enqueue('x')
    const waiting = await wait.enqueue('x')
    const { child, ended } = riposte(t, env, 'work', JOBS)
    await until(child, async () => (await pool.query('SELECT FROM greeted')).rowCount === 4)
    await until(child, async () => (await jobs.find(failing.id))!.state === 'failed')
    child.kill('SIGTERM')
    assert.deepEqual(await ended, {
      code: 0,
      stdout: 'Working on greet (2 at once), broken (10 at once), half (50 at once), wait (10 at once).\nStopped.\n',
      stderr: '',
    })
    const handedBack = (await jobs.find(waiting.id))!
    assert.deepEqual([handedBack.state, handedBack.attempts], ['queued', 0])
    assert.deepEqual(
      (await jobs.counts()).map(({ queue, queued, running, done, failed }) => [queue, queued, running, done, failed]),
      [
        ['greet', 0, 0, 3, 0],
        ['broken', 0, 0, 0, 1],
        ['wait', 1, 0, 0, 0],
        ['half', 0, 0, 0, 0],
      ],
    )
  })

  test('SIGTERM with 50 running jobs: each ends or is returned to the queue, and no attempt is lost', async (t) => {
    const opened = await open(t)
    if (opened === undefined) return
    const { pool, jobs, env, half } = opened
    for (let n = 0; n < 50; n++) await half.enqueue(n)
    const { child, ended } = riposte(t, { ...env, STOP_MS: '3000' }, 'work', JOBS)
    await until(child, async () => (await pool.query("SELECT FROM greeted WHERE name LIKE 'begin%'")).rowCount === 50)
    child.kill('SIGTERM')
    await pool.query("INSERT INTO greeted VALUES ('go')")
    assert.equal((await ended).code, 0)
    const all = await jobs.list({ queue: 'half' })
    const outcomes = all.map(({ input, state, attempts }) => `${Number(input) % 2 === 0 ? 'even' : 'odd'} ${state} ${attempts}`)
    assert.deepEqual([all.length, [...new Set(outcomes)].toSorted()], [50, ['even done 1', 'odd queued 0']])
    // Another process starts the odd jobs with their first attempt.
    const next = riposte(t, env, 'work', JOBS)
    await until(next.child, async () => (await pool.query("SELECT FROM greeted WHERE name LIKE 'begin%'")).rowCount === 75)
    const { rowCount } = await pool.query("SELECT FROM greeted WHERE name LIKE 'begin % 1'")
    assert.equal(rowCount, 75)
  })

  test('ends at once at a second signal', async (t) => {
    const opened = await open(t)
    if (opened === undefined) return
    const { pool, jobs, env, wait } = opened
    const waiting = await wait.enqueue('x')
    const { child, ended } = riposte(t, { ...env, STOP_MS: '600000' }, 'work', JOBS)
    await until(child, async () => (await pool.query('SELECT FROM greeted')).rowCount === 1)
    // Two signals at the same time may count as one.
    while (child.exitCode === null) {
      child.kill('SIGINT')
      await sleep(20)
    }
    assert.equal((await ended).code, 130)
    assert.equal((await jobs.find(waiting.id))!.state, 'running')
  })

  test('reports errors of the module or its engine', async (t) => {
    const opened = await open(t)
    if (opened === undefined) return
    const { env } = opened
    const wrong = async (...args: readonly string[]) => riposte(t, env, 'work', ...args).ended
    const none = await wrong(`${JOBS}#onlyEnqueues`)
    assert.deepEqual([none.code, none.stdout], [1, ''])
    assert.match(none.stderr, /^JOBS_WORK: .*: expected jobs with work, got jobs without\. Name workers in createJobs\(\{ work \}\)\.\n$/)
    const value = await wrong(`${JOBS}#create`)
    assert.equal(value.code, 1)
    assert.match(
      value.stderr,
      /^JOBS_EXPORT: .*: expected jobs as "create", got a function that returned number\. Return what createJobs\(\)/,
    )
    const gone = await riposte(t, { ...env, URL: 'postgres://127.0.0.1:1/none' }, 'work', JOBS).ended
    assert.deepEqual([gone.code, gone.stdout], [1, ''])
    assert.match(gone.stderr, /ECONNREFUSED/)
  })
})

describe('riposte jobs', () => {
  test('lists queues and failed jobs, starts failed ones again, and deletes old ones', async (t) => {
    const opened = await open(t)
    if (opened === undefined) return
    const { jobs, env, broken } = opened
    const { id } = await broken.enqueue('x')
    const other = await broken.enqueue('y')
    const { child } = riposte(t, env, 'work', JOBS)
    await until(child, async () => (await jobs.list({ state: 'failed' })).length === 2)
    child.kill('SIGTERM')
    await once(child, 'exit')
    const run = (...args: readonly string[]) => riposte(t, env, 'jobs', `${JOBS}#createLater`, ...args).ended
    assert.deepEqual(await run(), {
      code: 0,
      stdout: `queue   queued  running  done  failed  cancelled
greet        0        0     0       0          0
broken       0        0     0       2          0
half         0        0     0       0          0
wait         0        0     0       0          0
`,
      stderr: '',
    })
    const failed = await run('failed', '--queue', 'broken', '--limit', '1')
    // A reason is printed as one line, also if its text has line feeds.
    assert.match(failed.stdout, new RegExp(`^${other.id}  broken  1 attempt  2\\S+Z\\n    Error: no route\\\\u000ato host\\n$`))
    assert.deepEqual(await run('redrive', id, 'nothing'), {
      code: 1,
      stdout: '',
      stderr:
        '1 job starts again.\nJOBS_REDRIVE: nothing: expected the id of a failed job, got another. Ids: riposte jobs <module> failed.\n',
    })
    assert.equal((await jobs.find(id))!.state, 'queued')
    assert.deepEqual(await run('redrive', '--all'), { code: 0, stdout: '1 job starts again.\n', stderr: '' })
    await jobs.cancel(other.id)
    assert.deepEqual(await run('prune', '--days', '0'), { code: 0, stdout: '1 job deleted.\n', stderr: '' })
    assert.deepEqual([await jobs.find(other.id), (await jobs.find(id))!.state], [undefined, 'queued'])
  })
})

for (const args of [
  ['work'],
  ['work', 'a.ts', 'b.ts'],
  ['work', 'a.ts', '--queue', 'q'],
  ['jobs'],
  ['jobs', 'a.ts', 'delete'],
  ['jobs', 'a.ts', 'redrive'],
  ['jobs', 'a.ts', 'redrive', 'id', '--all'],
  ['jobs', 'a.ts', 'failed', '--limit', 'many'],
  ['jobs', 'a.ts', 'prune'],
  ['jobs', 'a.ts', 'prune', '--days', '-1'],
  ['jobs', 'a.ts', '--port', '1'],
]) {
  test(`shows its usage for: riposte ${args.join(' ')}`, async () => {
    const { text, exitCode } = await runCommand(args)
    assert.match(text, new RegExp(`^Usage: riposte ${args[0]!} <module>`))
    assert.equal(exitCode, 2)
  })
}

test('the error names a missing module', async () => {
  const { text, exitCode } = await runCommand(['work', 'missing.ts'])
  assert.deepEqual(
    [text, exitCode],
    ['APP_MODULE: missing.ts: expected a module, got a path without a file. Name the file that exports jobs.', 1],
  )
})
