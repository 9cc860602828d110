/** Resumes streams after a disconnect, and compares streams that end. */
import { EVENT_STREAM, isJSONLines, isSuccess, mediaTypeOf, textOf, type WireResponse, type WireRequest } from '../send/wire.ts'
import { parseEvents, parseLines } from '../rules/stream.ts'
import { replacingHeaders, type Probe } from './probe.ts'

export async function probeStream(probe: Probe): Promise<void> {
  const { good, session } = probe
  if (good === undefined) return
  const got = mediaTypeOf(good.response)
  if (got === EVENT_STREAM && session.settings.isOn('stream-resume')) await probeResume(probe, good.candidate.wire)
  if ((got === EVENT_STREAM || isJSONLines(got)) && session.settings.isOn('stream-end')) await probeEnd(probe, good.candidate.wire)
}

/** Only for operations that declare `Last-Event-ID` and whose events have ids. */
async function probeResume({ operation, ask, find }: Probe, get: WireRequest): Promise<void> {
  const isDeclared = operation.parameters.some(({ in: location, name }) => location === 'header' && name.toLowerCase() === 'last-event-id')
  if (operation.method !== 'GET' || !isDeclared) return
  const { 'last-event-id': _none, ...fresh } = Object.fromEntries(get.headers)
  const start = { ...get, headers: Object.entries(fresh) }
  const first = await ask(start)
  const ids = idsOf(first)
  if (ids.length < 3) return
  const at = Math.floor((ids.length - 1) / 2)
  const wire = replacingHeaders(start, { 'last-event-id': ids[at]! })
  const resumed = await ask(wire)
  const report = (place: string, message: string) => find('stream-resume', { place, message, steps: [start, wire], response: resumed })
  if (!isSuccess(resumed)) {
    if (resumed.status !== 204) report('status', `expected the stream to be resumed, got ${resumed.status}`)
    return
  }
  const [next] = idsOf(resumed)
  // No event arrived in time. A live stream may have no new events.
  if (next === undefined) {
    if (resumed.ending === 'complete') report('gap', 'expected the events after Last-Event-ID, got a clean end without events')
    return
  }
  if (ids.slice(0, at + 1).includes(next)) report('repeat', 'expected the event after Last-Event-ID, got an earlier event')
  else if (ids.includes(next) && next !== ids[at + 1]) report('gap', 'expected the event after Last-Event-ID, got a later event')
}

function idsOf(response: WireResponse): readonly string[] {
  return parseEvents(textOf(response)).events.flatMap(({ id }) => (id === undefined || id === '' ? [] : [id]))
}

/** Requests a stream again that ended cleanly. If it then has fewer items and a clean end, it has failed without an error. */
async function probeEnd({ good, ask, find }: Probe, get: WireRequest): Promise<void> {
  const known = good!.response
  if (known.ending !== 'complete') return
  const responses = [known, await ask(get), await ask(get)].filter((response) => isSuccess(response) && response.ending === 'complete')
  const texts = responses.map(itemsOf).toSorted((a, b) => b.length - a.length)
  const [longest = []] = texts
  const short = texts.find((items) => items.length < longest.length && items.every((item, index) => item === longest[index]))
  if (short !== undefined && longest.length > 0)
    find('stream-end', {
      place: 'length',
      message: 'expected an aborted connection if the stream fails, got a clean end after some of its items',
      steps: [get, get],
      response: known,
    })
}

function itemsOf(response: WireResponse): readonly string[] {
  const text = textOf(response)
  return mediaTypeOf(response) === EVENT_STREAM
    ? parseEvents(text).events.map(({ event = '', data }) => `${event}\n${data}`)
    : parseLines(text).lines
}
