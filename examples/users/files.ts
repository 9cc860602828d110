/** Files to download, and a large one that is streamed. */
import { createReadStream } from 'node:fs'
import { file, get, stream } from 'riposte'
import { directory } from 'riposte/node'
import { z } from 'zod'
import type { Files } from './seed.ts'

export function fileRoutes({ downloads, largeCSV }: Files) {
  /** A missing file is 404; no name leads out of the folder. Conditional and range requests come with it. */
  const download = get(
    '/download/{filename}',
    { responses: { 200: file({ root: directory(downloads), disposition: 'attachment' }) } },
    ({ params }) => params.filename,
  )

  /** A piece at a time, as fast as the client takes it. */
  const largeFile = get(
    '/large-file',
    { responses: { 200: { body: stream('text/csv'), headers: { 'Content-Disposition': z.string() } } } },
    ({ reply }) => reply(200, createReadStream(largeCSV), { headers: { 'Content-Disposition': 'attachment; filename="data.csv"' } }),
  )

  return { download, largeFile }
}
