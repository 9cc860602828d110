/** The status of jobs over HTTP: `202 Accepted` with its location, and the routes that show and cancel a job. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AnyDependency } from '../contract/dependency.ts'
import { defineError } from '../errors/define-error.ts'
import { empty } from '../representation/empty.ts'
import { json } from '../representation/json.ts'
import type { Representation } from '../representation/representation.ts'
import { sse } from '../representation/sse.ts'
import { get } from '../routing/route.ts'
import { createRouter, type AnyRouter } from '../routing/router.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { ModelError } from '../schema/model-error.ts'
import { isZod } from '../schema/read-model.ts'
import type { AnySchema } from '../schema/schema.ts'
import { compileStoredText, type StoredText } from '../schema/wire.ts'
import { EnqueuedJob, type AnyJob } from './define-job.ts'
import type { StoredJob } from './engine.ts'
import type { Jobs } from './jobs.ts'

/** A UUID, or an id that the engine makes itself: BullMQ makes `repeat:<job>:<time>` for a job of a schedule. */
const JobId = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\w.:-]+$/)

const Accepted = z
  .object({ id: JobId, job: z.string(), location: z.string().meta({ format: 'uri-reference' }) })
  .meta({ id: 'AcceptedJob', description: 'A job that was stored. Its status is at location.' })

/**
 * The representation of an accepted job: 202 with the path of its status. `202: accepted(job)`: the handler returns the result of `enqueue()`. The
 * response has `Location`, the path of the status resource.
 */
export function accepted(job: AnyJob): Representation<EnqueuedJob> {
  const content = json(Accepted)
  return {
    kind: 'accepted',
    mediaType: content.mediaType,
    content: { schema: Accepted },
    headers: {
      Location: { description: `The status of the job ${job.name}`, schema: z.string().meta({ format: 'uri-reference' }), required: true },
    },
    compile() {
      const render = content.compile()
      return (reply, value, exchange) => {
        if (!(value instanceof EnqueuedJob) || value.job !== job.name)
          throw ModelError.at([], `the result of enqueue() of the job ${job.name}`, value)
        reply.headers.set('location', value.location)
        return render(reply, { id: value.id, job: value.job, location: value.location }, exchange)
      }
    },
  }
}

/** Options of `jobRoutes()`. */
export interface JobRoutesOptions {
  /** The jobs that the routes show. */
  readonly jobs: readonly [AnyJob, ...AnyJob[]]
  /** Guards of the routes. Anyone who has the id of a job can see the job. Ids are random, except those of a schedule in BullMQ. Default: none. */
  readonly dependencies?: Readonly<Record<string, AnyDependency>>
  /** How often a job is read while its status is streamed, in milliseconds. Default: 500. */
  readonly pollMs?: number
}

/** The 404 for an id that no job has. */
export const JobNotFound = defineError('JOB_NOT_FOUND', { status: 404, detail: 'Job not found' })
/** The 409 for a job that can't be cancelled because it has ended. */
export const JobEnded = defineError('JOB_ENDED', { status: 409, detail: 'The job has ended already' })

/**
 * Creates the routes for the status of jobs. Add the router to the app.
 * `GET {statusPath}/{job_id}` returns the status, `GET …/events` sends it as an event whenever it changes, and `DELETE` cancels the job.
 * `Location` of `accepted()` includes the prefix of the router that they are added to.
 *
 * @throws {DeclarationError} `JOB_STATUS` if an output or progress is not a zod schema; when it is added below a prefix with parameters
 */
export function jobRoutes(jobs: Jobs, { jobs: shown, dependencies = {}, pollMs = 500 }: JobRoutesOptions): AnyRouter {
  const readers = new Map(shown.map((job) => [job.name, compileReaders(job)]))
  const models = shown.map(toStatusModel)
  const Status: z.ZodType = models.length === 1 ? models[0]! : z.discriminatedUnion('job', models as never) // each model has its own literal for `job`
  const params = { job_id: JobId }
  const find = async (id: string) => {
    const found = await jobs.find(id)
    const read = found && readers.get(found.job)
    return read && toStatus(found, read)
  }

  const router = createRouter({ prefix: jobs.statusPath, tags: ['jobs'], dependencies, errors: [JobNotFound] })
  const show = get(
    '/{job_id}',
    { summary: 'Get the status of a job', params, responses: { 200: Status }, errors: [JobNotFound] },
    async ({ params, fail }) => {
      const status = await find(params.job_id)
      if (status === undefined) throw fail(JobNotFound)
      return status
    },
  )
  router.add({ ...show, onJoin: (path) => jobs['~servedAt'](toStatusPath(path)) })
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
        // The client must close the stream at this event. A browser would connect again.
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

/** The path of the status resources in an app. Throws a `DeclarationError` if it has parameters, which `Location` would need. */
function toStatusPath(route: string): string {
  const path = route.slice(0, -'/{job_id}'.length)
  if (path.includes('{'))
    throw new DeclarationError(
      'JOB_STATUS',
      `jobRoutes() ${path}`,
      'expected a path without parameters, got one with parameters, which Location of accepted() does not know',
      'Add the routes to the app or to a router without parameters in its prefix, and choose their path by createJobs({ statusPath })',
    )
  return path
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

/** `undefined` for a text that an earlier model wrote and this model can't read. */
async function read(text: string | undefined, model: StoredText | undefined): Promise<unknown> {
  if (text === undefined || model === undefined) return undefined
  const { value } = await model.decode(text)
  return value
}

const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

/** The model of the status that a client sees. It has `progress` and `result` if the job declares them. */
function toStatusModel({ name, options: { output, progress } }: AnyJob) {
  const words = name.split(/[^a-zA-Z0-9]/).filter((word) => word !== '')
  const title = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  return z
    .object({
      id: JobId,
      job: z.literal(name),
      state: z.enum(STATES),
      attempts: z.int(),
      created_at: z.date(),
      finished_at: z.date().nullable(),
      progress: optionally(progress, `${name} progress`),
      result: optionally(output, `${name} output`),
    })
    .meta({ id: `${title}Job`, description: `The status of a job ${name}` })
}

function optionally(schema: AnySchema | undefined, where: string): z.ZodType {
  if (schema === undefined) return z.undefined().optional()
  if (!isZod(schema))
    throw new DeclarationError('JOB_STATUS', `job ${where}`, 'expected a zod schema, got one of another library', 'Declare it with zod')
  return (schema as unknown as z.ZodType).optional() // isZod() has checked it
}
