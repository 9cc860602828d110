/** `riposte work` and `riposte jobs`: runs the jobs of a module, and lists, restarts and deletes them. */
import type { StoredJob } from '../jobs/engine.ts'
import { escapeControls } from '../log.ts'
import { stopOnSignals } from '../node/stop.ts'
import { loadJobs, type LoadedJobs } from './load.ts'
import { parseFlags, type Outcome } from './command-line.ts'

const WORK_USAGE = `Usage: riposte work <module>

  riposte work src/jobs.ts         run jobs until SIGTERM or SIGINT

The module exports the result of createJobs(), or a function that returns it, as "jobs" or as the default export.
At the first signal, the process stops taking jobs and waits for the running jobs. Jobs that still run after stopMs, an option of
createJobs(), return to the queue. A second signal ends the process at once.

The exit code is 0 after a signal, 1 if the module or its engine has an error, 2 if the command line is wrong.`

const JOBS_USAGE = `Usage: riposte jobs <module> [action] [options]

  riposte jobs src/jobs.ts                       list the queues and the number of jobs in each state
  riposte jobs src/jobs.ts failed                list failed jobs and their reasons, newest first
  riposte jobs src/jobs.ts redrive <id> …        restart these failed jobs, with all their attempts
  riposte jobs src/jobs.ts redrive --all         restart every failed job
  riposte jobs src/jobs.ts prune --days N        delete the jobs that ended more than N days ago

  --queue NAME    use only this queue (for failed and redrive --all)
  --limit N       list at most N failed jobs (for failed; default: 100)

The exit code is 0 on success, 1 if the module or its engine has an error or redrive gets the id of a job that has not failed, and 2 if the
command line is wrong.`

const FLAGS = {
  queue: { type: 'string' },
  limit: { type: 'string' },
  days: { type: 'string' },
  all: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export async function runWorkCommand(args: readonly string[]): Promise<Outcome> {
  const asked = parseFlags(args, FLAGS)
  const [target, ...more] = asked?.positionals ?? []
  if (asked?.values.help === true) return { text: WORK_USAGE, exitCode: 0 }
  if (target === undefined || more.length > 0 || args.length !== 1) return { text: WORK_USAGE, exitCode: 2 }
  const jobs = await loadJobs(target)
  const worked = jobs.queues.filter(({ concurrency }) => concurrency > 0)
  if (worked.length === 0)
    return { text: `JOBS_WORK: ${target}: expected jobs with work, got jobs without. Name workers in createJobs({ work }).`, exitCode: 1 }
  await jobs.start()
  console.log(`Working on ${worked.map(({ name, concurrency }) => `${name} (${concurrency} at once)`).join(', ')}.`)
  let end!: (stopped: Promise<void>) => void
  const stopped = new Promise<void>((resolve) => (end = resolve))
  const settled = stopped.catch(() => undefined)
  stopOnSignals(async () => end(jobs.stop()), settled, EXIT_MS)
  await stopped
  return { text: 'Stopped.', exitCode: 0 }
}

export async function runJobsCommand(args: readonly string[]): Promise<Outcome> {
  const asked = parseFlags(args, FLAGS)
  if (asked?.values.help === true) return { text: JOBS_USAGE, exitCode: 0 }
  const [target, action = 'list', ...ids] = asked?.positionals ?? []
  const run = asked && target !== undefined ? readAction(action, ids, asked.values) : undefined
  if (run === undefined) return { text: JOBS_USAGE, exitCode: 2 }
  const jobs = await loadJobs(target!)
  try {
    return await run(jobs)
  } finally {
    await jobs.stop()
  }
}

type Action = (jobs: LoadedJobs) => Promise<Outcome>

type Flags = NonNullable<ReturnType<typeof parseFlags<typeof FLAGS>>>['values']

/** Returns `undefined` if the command line is wrong. Then the module is not loaded. */
function readAction(action: string, ids: readonly string[], { queue, limit = '100', days, all = false }: Flags): Action | undefined {
  const count = parseCount(limit)
  if (action === 'list' && ids.length === 0) return list
  if (action === 'failed' && ids.length === 0 && count !== undefined) return (jobs) => listFailed(jobs, queue, count)
  if (action === 'redrive' && all !== ids.length > 0) return (jobs) => redrive(jobs, all ? undefined : ids, queue)
  const age = days === undefined ? undefined : parseCount(days)
  if (action === 'prune' && ids.length === 0 && age !== undefined) return (jobs) => prune(jobs, age)
  return undefined
}

async function list(jobs: LoadedJobs): Promise<Outcome> {
  const head = ['queue', 'queued', 'running', 'done', 'failed', 'cancelled']
  const rows = (await jobs.counts()).map(({ queue, queued, running, done, failed, cancelled }) => [
    queue,
    ...[queued, running, done, failed, cancelled].map(String),
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)))
  const toLine = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')
  return { text: [head, ...rows].map(toLine).join('\n'), exitCode: 0 }
}

async function listFailed(jobs: LoadedJobs, queue: string | undefined, limit: number): Promise<Outcome> {
  const failed = await jobs.list({ state: 'failed', queue, limit })
  return { text: failed.length === 0 ? 'No job has failed.' : failed.map(toLines).join('\n'), exitCode: 0 }
}

function toLines({ id, job, attempts, finishedAt, reason = '' }: StoredJob): string {
  const times = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
  return `${id}  ${job}  ${times}  ${finishedAt?.toISOString() ?? ''}\n    ${escapeControls(reason)}`
}

/** Restarts the jobs with these ids, or every failed job if `ids` is `undefined`. */
async function redrive(jobs: LoadedJobs, ids: readonly string[] | undefined, queue: string | undefined): Promise<Outcome> {
  const wrong: string[] = []
  let count = 0
  for (const id of ids ?? (await jobs.list({ state: 'failed', queue, limit: MOST_REDRIVEN })).map((job) => job.id)) {
    if (await jobs.redrive(id)) count++
    else wrong.push(`JOBS_REDRIVE: ${escapeControls(id)}: expected the id of a failed job, got another. Ids: riposte jobs <module> failed.`)
  }
  const text = [`${count} ${count === 1 ? 'job starts' : 'jobs start'} again.`, ...wrong].join('\n')
  return { text, exitCode: wrong.length === 0 ? 0 : 1 }
}

async function prune(jobs: LoadedJobs, days: number): Promise<Outcome> {
  const count = await jobs.prune(new Date(Date.now() - days * DAY_MS))
  return { text: `${count} ${count === 1 ? 'job' : 'jobs'} deleted.`, exitCode: 0 }
}

const DAY_MS = 86_400_000
const EXIT_MS = 10_000
const MOST_REDRIVEN = 100_000

function parseCount(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}
