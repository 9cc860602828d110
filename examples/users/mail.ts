/** Mail that is stored with the answer and sent by a job, so that none is lost. */
import { setTimeout as pause } from 'node:timers/promises'
import { createRouter } from 'riposte'
import { accepted, createJobs, defineJob, jobRoutes, type Jobs } from 'riposte/jobs'
import { pgBoss, type PgBossOptions } from 'riposte/pg-boss'
import { openDatabase } from './database.ts'
import { Email } from './models.ts'

const DELIVERY_MS = 300
/** A process that is killed is missed for no longer. */
const LEASE_MS = 5000

export const sendEmail = defineJob('send-email', { input: Email, retries: 5, timeoutMs: 10_000 })

/** A process that does not work leaves the mail to another one. */
export function openJobs(db: PgBossOptions['db'], { works }: { readonly works: boolean }): Jobs {
  const engine = pgBoss({ db, leaseMs: LEASE_MS })
  return createJobs(works ? { engine, work: [sendEmail.work(deliver)] } : { engine, jobs: [sendEmail] })
}

/** For `riposte work mail.ts`: a process that sends mail, beside the server. */
export async function jobs(): Promise<Jobs> {
  const { DATABASE_URL } = process.env
  if (DATABASE_URL === undefined) throw new Error('A worker needs DATABASE_URL: the embedded database serves one process.')
  const { client } = await openDatabase(DATABASE_URL, '')
  return openJobs(client, { works: true })
}

/** Stands in for a mail server. */
async function deliver({ to, subject, body }: { to: string; subject: string; body: string }): Promise<void> {
  await pause(DELIVERY_MS)
  console.log(`Mail to ${to}: ${subject} (${body.length} characters)`)
}

export function mailRoutes(jobs: Jobs) {
  const router = createRouter()
  router.post('/send-email', { summary: 'Send an email', body: Email, responses: { 202: accepted(sendEmail) } }, ({ body }) =>
    sendEmail.enqueue(body),
  )
  router.add(jobRoutes(jobs, { jobs: [sendEmail] }))
  return router
}
