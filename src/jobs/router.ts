/** The status resources of jobs as routes: status, progress as events, cancel. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AnyDependency } from '../contract/dependency.ts'
import { defineError } from '../errors/define-error.ts'
import { empty } from '../representation/empty.ts'
import { sse } from '../representation/sse.ts'
import { createRouter, type AnyRouter } from '../routing/router.ts'
import { compileStoredText, type StoredText } from '../schema/stored-text.ts'
import type { AnyJob } from './define-job.ts'
import type { StoredJob } from './engine.ts'
import type { Jobs } from './jobs.ts'
import { toStatusModel } from './status.ts'

/** Options of `jobRoutes()`. */
export interface JobRoutesOptions {
  /** The jobs whose status may be seen. */
  readonly jobs: readonly [AnyJob, ...AnyJob[]]
  /** Guards of the routes. An id is random, but anyone who has it can see the job: guard what is private. Default: none. */
  readonly dependencies?: Readonly<Record<string, AnyDependency>>
  /** Between two looks at a job whose status is streamed. Default: 500. */
  readonly pollMs?: number
}

/** The 404 of an id that no job has. */
export const JobNotFound = defineError('JOB_NOT_FOUND', { status: 404, detail: 'Job not found' })
/** The 409 of a job that can't be cancelled because it has ended. */
export const JobEnded = defineError('JOB_ENDED', { status: 409, detail: 'The job has ended already' })

/**
 * Makes the routes of the status of jobs.
 * `GET {statusPath}/{job_id}` is the status, `GET …/events` the same as events whenever it changes, and `DELETE` cancels: add it to the app.
 *
 * @throws {DeclarationError} for an output or progress that is no zod schema
 */
export function jobRoutes(jobs: Jobs, { jobs: shown, dependencies = {}, pollMs = 500 }: JobRoutesOptions): AnyRouter {
  const readers = new Map(shown.map((job) => [job.name, compileReaders(job)]))
  const models = shown.map(toStatusModel)
  const Status: z.ZodType = models.length === 1 ? models[0]! : z.discriminatedUnion('job', models as never) // each has its literal
  const params = { job_id: z.uuid() }
  const find = async (id: string) => {
    const found = await jobs.find(id)
    const read = found && readers.get(found.job)
    return read && toStatus(found, read)
  }

  const router = createRouter({ prefix: jobs.statusPath, tags: ['jobs'], dependencies, errors: [JobNotFound] })
  router.get('/{job_id}', { summary: 'Get the status of a job', params, responses: { 200: Status } }, async ({ params, fail }) => {
    const status = await find(params.job_id)
    if (status === undefined) throw fail(JobNotFound)
    return status
  })
  router.get(
    '/{job_id}/events',
    { summary: 'Watch the status of a job', params, responses: { 200: sse(Status) } },
    async function* ({ params, fail, signal, event }) {
      let last = ''
      while (!signal.aborted) {
        const status = await find(params.job_id)
        if (status === undefined) throw fail(JobNotFound)
        const shape = JSON.stringify([status.state, status.attempts, status.shown])
        if (shape !== last) yield event.message(status)
        last = shape
        // A browser that is told the end does not come back: it closes the stream by itself.
        if (status.finished_at !== null) return
        await sleep(pollMs, undefined, { signal }).catch(() => undefined)
      }
    },
  )
  router.delete(
    '/{job_id}',
    { summary: 'Cancel a job', params, responses: { 204: empty() }, errors: [JobEnded] },
    async ({ params, fail }) => {
      if ((await find(params.job_id)) === undefined) throw fail(JobNotFound)
      if (!(await jobs.cancel(params.job_id))) throw fail(JobEnded)
    },
  )
  return router
}

interface Readers {
  readonly progress: StoredText | undefined
  readonly output: StoredText | undefined
}

function compileReaders({ options: { progress, output } }: AnyJob): Readers {
  return { progress: progress && compileStoredText(progress), output: output && compileStoredText(output) }
}

async function toStatus(stored: StoredJob, { progress, output }: Readers) {
  return {
    id: stored.id,
    job: stored.job,
    state: stored.state,
    attempts: stored.attempts,
    created_at: stored.createdAt,
    finished_at: stored.finishedAt ?? null,
    progress: await read(stored.progress, progress),
    result: await read(stored.result, output),
    shown: [stored.progress, stored.result],
  }
}

/** `undefined` for what an earlier model wrote and this one can't read. */
async function read(text: string | undefined, model: StoredText | undefined): Promise<unknown> {
  if (text === undefined || model === undefined) return undefined
  const { value } = await model.decode(text)
  return value
}
