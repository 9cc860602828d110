/** What `riposte/jobs` exports, name by name. */
export type { JobFailure } from './attempt.ts'
export { defineJob } from './define-job.ts'
export type { AnyJob, Backoff, EnqueueOptions, Job, JobContext, JobOptions, Work, Worker } from './define-job.ts'
export { EnqueuedJob } from './enqueued-job.ts'
export type {
  Cron,
  JobEngine,
  JobFilter,
  JobState,
  NewJob,
  QueueCounts,
  QueueSettings,
  ScheduledJob,
  StoredJob,
  TakenJob,
} from './engine.ts'
export { createJobs } from './jobs.ts'
export type { JobQueue, Jobs, JobsOptions } from './jobs.ts'
export { memoryEngine } from './memory-engine.ts'
export { enqueueOnSuccess } from './request.ts'
export type { JobOrigin } from './request.ts'
export { JobEnded, JobNotFound, jobRoutes } from './router.ts'
export type { JobRoutesOptions } from './router.ts'
export { accepted } from './status.ts'
