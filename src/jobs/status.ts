/** The status resource of a job, and `202 Accepted` that leads to it. */
import { z } from 'zod'
import { json } from '../representation/json.ts'
import type { Representation } from '../representation/representation.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { ModelError } from '../schema/model-error.ts'
import { isZod } from '../schema/read-model.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { AnyJob } from './define-job.ts'
import { EnqueuedJob } from './enqueued-job.ts'

const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

/** What a client sees of a job. `progress` and `result` are there where the job declares them. */
export function toStatusModel({ name, options: { output, progress } }: AnyJob) {
  const words = name.split(/[^a-zA-Z0-9]/).filter((word) => word !== '')
  const title = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  return z
    .object({
      id: z.uuid(),
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
  return (schema as unknown as z.ZodType).optional() // isZod() has seen it
}

const Accepted = z
  .object({ id: z.uuid(), job: z.string(), location: z.string().meta({ format: 'uri-reference' }) })
  .meta({ id: 'AcceptedJob', description: 'A job that was stored. Its status is at location.' })

/**
 * The representation of an accepted job: 202 with the path of its status. `202: accepted(job)`: the handler returns what `enqueue()` gave. The
 * answer has `Location`, the path of the status resource.
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
          throw ModelError.at([], `what enqueue() of the job ${job.name} gave`, value)
        reply.headers.set('location', value.location)
        return render(reply, { id: value.id, job: value.job, location: value.location }, exchange)
      }
    },
  }
}
