/** A field in an event's data that its model does not name. */
import { z } from 'zod'
import { get, sse } from '../../src/index.ts'

get('/ticks', { responses: { 200: sse({ tick: z.object({ n: z.int() }) }) } }, async function* ({ event }) {
  yield event.tick({ n: 1, secret: 2 })
})
