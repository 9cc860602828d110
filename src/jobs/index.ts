/** What `riposte/jobs` exports, name by name. */
export type { JobFailure } from './attempt.ts'
export { defineJob, EnqueuedJob } from './define-job.ts'
export type { AnyJob, Backoff, EnqueueOptions, Job, JobContext, JobOptions, Work, Worker } from './define-job.ts'
export type {
  Cron,
  JobEngine,
  JobFilter,
  JobOrigin,
  JobState,
  NewJob,
  QueueCounts,
  QueueSettings,
  ScheduledJob,
  StoredJob,
  TakenJob,
} from './engine.ts'
export { enqueueOnSuccess } from './enqueue.ts'
export { createJobs } from './jobs.ts'
export type { JobQueue, Jobs, JobsOptions } from './jobs.ts'
export { memoryEngine } from './memory-engine.ts'
export { accepted, JobEnded, JobNotFound, jobRoutes } from './status.ts'
export type { JobRoutesOptions } from './status.ts'
