/** The rows of pg-boss's table of jobs, and what they mean. */
import type { JobState, StoredJob } from '../jobs/engine.ts'
import type { JobOrigin } from '../jobs/request.ts'
import type { Row } from '../postgres/executor.ts'

/** What a row holds beside what pg-boss knows. The input is text, so that no digit of a number is lost. */
export interface Payload {
  readonly job: string
  readonly input: string
  /** As declared: a job that failed for good has no attempts left, and gets them back when it is started again. */
  readonly retries: number
  readonly origin?: JobOrigin | undefined
}

export const STATES: Readonly<Record<string, JobState>> = {
  created: 'queued',
  retry: 'queued',
  active: 'running',
  completed: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
}

interface Output {
  readonly progress?: string
  readonly result?: string
  readonly reason?: string
}

export function toStored(row: Row): StoredJob {
  const { job, input } = JSON.parse(row['data'] as string) as Payload // as the engine stored it
  const { progress, result, reason } = JSON.parse((row['output'] as string | null) ?? '{}') as Output // as the engine stored it
  const completedOn = row['completed_on'] as string | Date | null
  return {
    id: row['id'] as string,
    queue: row['name'] as string,
    job,
    state: STATES[row['state'] as string]!,
    input,
    attempts: Number(row['retry_count']) + (row['is_started'] === true ? 1 : 0),
    createdAt: new Date(row['created_on'] as string | Date),
    finishedAt: completedOn === null ? undefined : new Date(completedOn),
    progress,
    result,
    reason,
  }
}

/** As text, which every driver takes for an array. */
export function toArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}
