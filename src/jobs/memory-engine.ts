/** An engine that keeps jobs in the memory of this process, for tests. */
import { countStates, type JobEngine, type JobFilter, type JobState, type NewJob, type StoredJob, type TakenJob } from './engine.ts'

interface Kept extends NewJob {
  readonly createdAt: Date
  readonly order: number
  state: JobState
  attempts: number
  dueAt: number
  finishedAt: Date | undefined
  progress: string | undefined
  result: string | undefined
  reason: string | undefined
}

/** Creates an engine for tests. Its jobs are lost when the process exits. */
export function memoryEngine(): JobEngine {
  const all = new Map<string, Kept>()
  let count = 0
  let names: readonly string[] = []
  const secret = crypto.randomUUID()
  const isTaken = ({ id, attempt }: TakenJob) => {
    const kept = all.get(id)
    return kept?.state === 'running' && kept.attempts === attempt ? kept : undefined
  }
  const end = (kept: Kept, state: JobState) => {
    kept.state = state
    kept.finishedAt = new Date()
  }
  return {
    leaseMs: 30_000,
    async open(queues) {
      names = queues.map(({ name }) => name)
      return { secret }
    },
    async close() {},
    async insert(job, transaction) {
      if (transaction !== undefined) throw new TypeError('JOB_TRANSACTION: memoryEngine() has no transactions. Enqueue after the commit.')
      if (all.has(job.id)) return false
      all.set(job.id, {
        ...job,
        createdAt: new Date(),
        order: count++,
        state: 'queued',
        attempts: 0,
        dueAt: job.startAt?.getTime() ?? 0,
        finishedAt: undefined,
        progress: undefined,
        result: undefined,
        reason: undefined,
      })
      return true
    },
    async take(queue, most) {
      const due = [...all.values()].filter((kept) => kept.queue === queue && kept.state === 'queued' && kept.dueAt <= Date.now())
      return due
        .toSorted((a, b) => b.priority - a.priority || a.order - b.order)
        .slice(0, most)
        .map((kept) => {
          kept.state = 'running'
          kept.attempts++
          return { id: kept.id, queue, job: kept.job, input: kept.input, attempt: kept.attempts, origin: kept.origin }
        })
    },
    async complete(taken, result, transaction) {
      if (transaction !== undefined) throw new TypeError('JOB_TRANSACTION: memoryEngine() has no transactions. Return the result.')
      const kept = isTaken(taken)
      if (kept === undefined) return false
      kept.result = result
      end(kept, 'done')
      return true
    },
    async fail(taken, reason, isFinal) {
      const kept = isTaken(taken)
      if (kept === undefined) return all.get(taken.id)?.state ?? 'failed'
      kept.reason = reason
      if (isFinal || kept.attempts > kept.retries) end(kept, 'failed')
      else {
        kept.state = 'queued'
        kept.dueAt = Date.now() + kept.backoffMs * 2 ** (kept.attempts - 1) * (0.5 + Math.random() / 2)
      }
      return kept.state
    },
    async handBack(jobs) {
      for (const kept of jobs.map(isTaken)) {
        if (kept === undefined) continue
        kept.state = 'queued'
        kept.attempts--
      }
    },
    extend: async (jobs) => new Set(jobs.filter((taken) => isTaken(taken) !== undefined).map(({ id }) => id)),
    async report(taken, progress) {
      const kept = isTaken(taken)
      if (kept !== undefined) kept.progress = progress
    },
    async find(id) {
      const kept = all.get(id)
      return kept && toStored(kept)
    },
    async cancel(id) {
      const kept = all.get(id)
      if (kept === undefined || kept.finishedAt !== undefined) return false
      end(kept, 'cancelled')
      return true
    },
    list: async ({ state, queue, limit = 100 }: JobFilter) =>
      [...all.values()]
        .filter((kept) => (state === undefined || kept.state === state) && (queue === undefined || kept.queue === queue))
        .toReversed()
        .slice(0, limit)
        .map(toStored),
    counts: async () => countStates(names, all.values()),
    async prune(before) {
      const ended = [...all.values()].filter(({ finishedAt }) => finishedAt !== undefined && finishedAt < before)
      for (const { id } of ended) all.delete(id)
      return ended.length
    },
    async redrive(id) {
      const kept = all.get(id)
      if (kept?.state !== 'failed') return false
      Object.assign(kept, { state: 'queued', attempts: 0, dueAt: 0, finishedAt: undefined })
      return true
    },
  }
}

function toStored({ id, queue, job, state, input, attempts, createdAt, finishedAt, progress, result, reason }: Kept): StoredJob {
  return { id, queue, job, state, input, attempts, createdAt, finishedAt, progress, result, reason }
}
