/** One route for each of the small response classes: HTML, text, redirect, header fields, events. */
import { setTimeout as pause } from 'node:timers/promises'
import { get, html, redirect, sse, text } from 'riposte'
import { z } from 'zod'

export const page = get('/page', { responses: { 200: html() } }, () => '<html><body><h1>Hello</h1></body></html>')

export const oldPath = get('/old-path', { responses: { 301: redirect() } }, () => '/new-path')

export const newPath = get('/new-path', { responses: { 200: text() } }, () => 'You are on the new path')

export const data = get(
  '/data',
  {
    responses: {
      200: {
        body: z.object({ data: z.string() }),
        headers: { 'X-Custom-Header': z.string(), 'Cache-Control': z.string() },
      },
    },
  },
  ({ reply }) => reply(200, { data: 'value' }, { headers: { 'X-Custom-Header': 'custom-value', 'Cache-Control': 'max-age=3600' } }),
)

const TICKS = 100
const INTERVAL_MS = 100

/** A client that comes back with `Last-Event-ID` goes on where it was. */
export const stream = get('/stream', { responses: { 200: sse(z.int()) } }, async function* ({ event, lastEventId, signal }) {
  for (let tick = Number(lastEventId ?? -1) + 1; tick < TICKS; tick++) {
    yield event.message(tick, { id: String(tick) })
    await pause(INTERVAL_MS, undefined, { signal })
  }
})
