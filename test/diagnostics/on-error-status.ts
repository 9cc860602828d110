/** An error handler that answers a status it does not declare. */
import { z } from 'zod'
import { createApp } from '../../src/index.ts'

const app = createApp()
app.onError(RangeError, { responses: { 400: z.object({ error: z.string() }) } }, (error, { reply }) => reply(409, { error: error.message }))
