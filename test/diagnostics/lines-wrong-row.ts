/** A line whose row does not fit its model. */
import { z } from 'zod'
import { get, jsonl } from '../../src/index.ts'

get('/rows', { responses: { 200: jsonl(z.object({ n: z.int() })) } }, async function* () {
  yield { n: 'one' }
})
