/** The wire side of a codec. */
import { z } from 'zod'
import { get } from '../../src/index.ts'

const Day = z.codec(z.iso.date(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString().slice(0, 10) })
get('/day', { responses: { 200: z.object({ day: Day }) } }, () => ({ day: '2024-01-01' }))
