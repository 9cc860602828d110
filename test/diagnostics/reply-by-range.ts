/** A status outside of the declared range. */
import { z } from 'zod'
import { get } from '../../src/index.ts'

get('/teapot', { responses: { '4XX': z.object({ error: z.string() }) } }, ({ reply }) => reply(500, { error: 'short and stout' }))
