/** Range requests (RFC 9110 §14). */
import { headerOf, isSuccess, mediaTypeOf, type Answer, type WireRequest } from '../send/wire.ts'
import { replacingHeaders } from '../session.ts'
import type { Probe } from './probe.ts'

export async function probeRange(probe: Probe): Promise<void> {
  const { operation, good, session, ask } = probe
  if (operation.method !== 'GET' || good === undefined || !session.settings.isOn('range')) return
  const full = good.answer
  const takesRanges = headerOf(full, 'accept-ranges')?.toLowerCase() === 'bytes'
  if (!takesRanges || full.status !== 200 || full.ending !== 'complete' || full.body.byteLength < 2) return
  const get = good.candidate.wire
  const again = await ask(get)
  if (Buffer.compare(Buffer.from(again.body), Buffer.from(full.body)) !== 0) return
  await probePart(probe, get, full)
  await probeBeyond(probe, get, full)
  await probeInvalid(probe, get)
}

async function probePart({ ask, find }: Probe, get: WireRequest, full: Answer): Promise<void> {
  const size = full.body.byteLength
  for (const { range, from, to } of [
    { range: 'bytes=0-0', from: 0, to: 0 },
    { range: 'bytes=-1', from: size - 1, to: size - 1 },
    { range: 'bytes=1-', from: 1, to: size - 1 },
  ]) {
    const wire = replacingHeaders(get, { range })
    const answer = await ask(wire)
    // A server may ignore a range.
    if (answer.status === 200 || !isSuccess(answer) || mediaTypeOf(answer) === 'multipart/byteranges') {
      if (answer.status >= 400)
        find('range', { place: range, message: `expected 206 for ${range}, got ${answer.status}`, steps: [wire], answer })
      continue
    }
    const contentRange = headerOf(answer, 'content-range')
    const report = (place: string, message: string) => find('range', { place: `${range} ${place}`, message, steps: [wire], answer })
    if (contentRange !== `bytes ${from}-${to}/${size}` && contentRange !== `bytes ${from}-${to}/*`)
      report(
        'content-range',
        `${range}: expected the requested range in Content-Range, got ${contentRange === undefined ? 'none' : 'another range'}`,
      )
    if (Buffer.compare(Buffer.from(answer.body), Buffer.from(full.body.subarray(from, to + 1))) !== 0)
      report('content', `${range}: expected the bytes ${from} to ${to} of the content, got other bytes`)
  }
}

async function probeBeyond({ ask, find }: Probe, get: WireRequest, full: Answer): Promise<void> {
  const size = full.body.byteLength
  const wire = replacingHeaders(get, { range: `bytes=${size}-` })
  const answer = await ask(wire)
  const report = (place: string, message: string) => find('range', { place, message, steps: [wire], answer })
  if (answer.status === 200) return
  if (answer.status !== 416) report('beyond', `expected 416 for a range beyond the end, got ${answer.status}`)
  else if (headerOf(answer, 'content-range') !== `bytes */${size}`)
    report('beyond content-range', 'expected Content-Range with the size, with 416, got none or another value')
}

/** A range whose end is before its start is invalid. A server ignores it, or responds with 416. */
async function probeInvalid({ ask, find }: Probe, get: WireRequest): Promise<void> {
  for (const range of ['bytes=1-0', 'lines=0-1']) {
    const wire = replacingHeaders(get, { range })
    const answer = await ask(wire)
    if (answer.status !== 200 && answer.status !== 416)
      find('range', {
        place: range,
        message: `expected the whole content for the invalid range ${range}, got ${answer.status}`,
        steps: [wire],
        answer,
      })
  }
}
