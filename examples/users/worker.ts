/** A second process that sends mail, beside the server: `DATABASE_URL=… npm run worker`. */
import { once } from 'node:events'
import { openDatabase } from './database.ts'
import { openJobs } from './mail.ts'

const { DATABASE_URL } = process.env

if (DATABASE_URL === undefined) {
  console.error('A worker needs DATABASE_URL: the embedded database serves one process.')
  process.exitCode = 1
} else {
  await using database = await openDatabase(DATABASE_URL, '')
  const jobs = openJobs(database.client, { works: true })
  await jobs.start()
  console.log('Waiting for mail. Ctrl+C stops it.')
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  await jobs.stop()
}
