/** A bare value among typed events. */
import { z } from 'zod'
import { get, sse } from '../../src/index.ts'

get('/ticks', { responses: { 200: sse({ tick: z.object({ n: z.int() }) }) } }, async function* () {
  yield { n: 1 }
})
