/** An error body whose maker does not make its model. */
import { z } from 'zod'
import { errorBody } from '../../src/index.ts'

errorBody(z.object({ error: z.string(), request_id: z.string() }), (error) => ({ error: error.title }))
