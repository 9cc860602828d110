/** An event that is not declared. */
import { z } from 'zod'
import { get, sse } from '../../src/index.ts'

get('/ticks', { responses: { 200: sse({ tick: z.object({ n: z.int() }) }) } }, async function* ({ event }) {
  yield event.tack({ n: 1 })
})
