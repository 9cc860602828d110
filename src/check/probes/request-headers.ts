/** Request headers that change the response of an operation: preconditions (RFC 9110 §13), Range (§14) and Accept (§12). */
import { headerOf, isSuccess, mediaTypeOf, type WireResponse, type WireRequest } from '../send/wire.ts'
import { replacingHeaders, type Probe } from './probe.ts'

const OTHER_TAG = '"riposte-check-no-such-tag"'

export async function probeConditional(probe: Probe): Promise<void> {
  await probeNotModified(probe)
  await probePrecondition(probe)
}

async function probeNotModified({ operation, good, session, ask, find }: Probe): Promise<void> {
  if (operation.method !== 'GET' || good === undefined || !session.settings.isOn('not-modified')) return
  const get = good.candidate.wire
  const fresh = await ask(get)
  const tag = headerOf(fresh, 'etag')
  if (tag === undefined || !isSuccess(fresh)) return
  const report = (place: string, message: string, value: string, response = fresh) =>
    find('not-modified', { place, message, steps: [get, replacingHeaders(get, { 'if-none-match': value })], response })
  if (!/^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag))
    return report('etag', 'expected an entity tag in quotes in ETag, got other text', tag)
  const response = await ask(replacingHeaders(get, { 'if-none-match': tag }))
  const again = await ask(get)
  // The resource has changed between the requests.
  if (headerOf(again, 'etag') !== tag) return
  if (response.status !== 304)
    return report('status', `expected 304 for If-None-Match with the current ETag, got ${response.status}`, tag, response)
  if (response.body.byteLength > 0) report('content', 'expected no content with 304, got content', tag, response)
  const sent = headerOf(response, 'etag')
  if (sent !== undefined && sent !== tag) report('304 etag', 'expected the same ETag with 304, got another', tag, response)
  const other = await ask(replacingHeaders(get, { 'if-none-match': OTHER_TAG }))
  if (other.status === 304) report('other', 'expected content for If-None-Match with another ETag, got 304', OTHER_TAG, other)
}

async function probePrecondition({ operation, good, valid, session, ask, find }: Probe): Promise<void> {
  const start = good ?? valid
  if (start === undefined || !operation.responses.some(({ key }) => key === '412') || !session.settings.isOn('precondition')) return
  const hasTag = operation.method !== 'GET' || headerOf(start.response, 'etag') !== undefined
  if (!hasTag) return
  const wire = replacingHeaders(start.candidate.wire, { 'if-match': OTHER_TAG })
  const response = await ask(wire)
  if (isSuccess(response))
    find('precondition', {
      place: 'status',
      message: `expected 412 for If-Match with another ETag, got ${response.status}`,
      steps: [wire],
      response,
    })
}

export async function probeRange(probe: Probe): Promise<void> {
  const { operation, good, session, ask } = probe
  if (operation.method !== 'GET' || good === undefined || !session.settings.isOn('range')) return
  const full = good.response
  const takesRanges = headerOf(full, 'accept-ranges')?.toLowerCase() === 'bytes'
  if (!takesRanges || full.status !== 200 || full.ending !== 'complete' || full.body.byteLength < 2) return
  const get = good.candidate.wire
  const again = await ask(get)
  if (Buffer.compare(Buffer.from(again.body), Buffer.from(full.body)) !== 0) return
  await probePart(probe, get, full)
  await probeBeyond(probe, get, full)
  await probeInvalid(probe, get)
}

async function probePart({ ask, find }: Probe, get: WireRequest, full: WireResponse): Promise<void> {
  const size = full.body.byteLength
  for (const { range, from, to } of [
    { range: 'bytes=0-0', from: 0, to: 0 },
    { range: 'bytes=-1', from: size - 1, to: size - 1 },
    { range: 'bytes=1-', from: 1, to: size - 1 },
  ]) {
    const wire = replacingHeaders(get, { range })
    const response = await ask(wire)
    // A server may ignore a range.
    if (response.status === 200 || !isSuccess(response) || mediaTypeOf(response) === 'multipart/byteranges') {
      if (response.status >= 400)
        find('range', { place: range, message: `expected 206 for ${range}, got ${response.status}`, steps: [wire], response })
      continue
    }
    const contentRange = headerOf(response, 'content-range')
    const report = (place: string, message: string) => find('range', { place: `${range} ${place}`, message, steps: [wire], response })
    if (contentRange !== `bytes ${from}-${to}/${size}` && contentRange !== `bytes ${from}-${to}/*`)
      report(
        'content-range',
        `${range}: expected the requested range in Content-Range, got ${contentRange === undefined ? 'none' : 'another range'}`,
      )
    if (Buffer.compare(Buffer.from(response.body), Buffer.from(full.body.subarray(from, to + 1))) !== 0)
      report('content', `${range}: expected the bytes ${from} to ${to} of the content, got other bytes`)
  }
}

async function probeBeyond({ ask, find }: Probe, get: WireRequest, full: WireResponse): Promise<void> {
  const size = full.body.byteLength
  const wire = replacingHeaders(get, { range: `bytes=${size}-` })
  const response = await ask(wire)
  const report = (place: string, message: string) => find('range', { place, message, steps: [wire], response })
  if (response.status === 200) return
  if (response.status !== 416) report('beyond', `expected 416 for a range beyond the end, got ${response.status}`)
  else if (headerOf(response, 'content-range') !== `bytes */${size}`)
    report('beyond content-range', 'expected the size in Content-Range with 416, got none or another value')
}

/** A range whose end is before its start is invalid. A server ignores it, or responds with 416. */
async function probeInvalid({ ask, find }: Probe, get: WireRequest): Promise<void> {
  for (const range of ['bytes=1-0', 'lines=0-1']) {
    const wire = replacingHeaders(get, { range })
    const response = await ask(wire)
    if (response.status !== 200 && response.status !== 416)
      find('range', {
        place: range,
        message: `expected the whole content for the invalid range ${range}, got ${response.status}`,
        steps: [wire],
        response,
      })
  }
}

const NOTHING = 'application/x-riposte-check'

export async function probeNegotiation(probe: Probe): Promise<void> {
  const { operation, good, session, ask, find } = probe
  if (good === undefined) return
  const isSafe = operation.method === 'GET' || operation.method === 'HEAD'
  const types = [
    ...new Set(
      operation.responses.filter(({ key }) => key.startsWith('2')).flatMap(({ contents }) => contents.map(({ mediaType }) => mediaType)),
    ),
  ].filter((type) => !type.includes('*') && type !== 'multipart/byteranges')
  const get = good.candidate.wire
  if (isSafe && types.length > 1 && session.settings.isOn('vary')) {
    const responses: { readonly type: string; readonly response: WireResponse }[] = []
    for (const type of types) responses.push({ type, response: await ask(replacingHeaders(get, { accept: type })) })
    const successes = responses.filter(({ response }) => isSuccess(response))
    const isNegotiated = new Set(successes.map(({ response }) => mediaTypeOf(response))).size > 1
    for (const { type, response } of isNegotiated ? successes : []) {
      const wire = replacingHeaders(get, { accept: type })
      const vary = headerOf(response, 'vary')?.toLowerCase() ?? ''
      if (!vary.includes('accept') && vary !== '*')
        find('vary', {
          place: 'vary',
          message: 'expected Accept in Vary, because it selects the content, got none',
          steps: [wire],
          response,
        })
      if (mediaTypeOf(response) !== type)
        find('vary', {
          place: type,
          message: `expected ${type} for Accept: ${type}, got ${mediaTypeOf(response) ?? 'no media type'}`,
          steps: [wire],
          response,
        })
    }
  }
  if (!operation.responses.some(({ key }) => key === '406') || !isSafe || !session.settings.isOn('not-acceptable')) return
  const wire = replacingHeaders(get, { accept: NOTHING })
  const response = await ask(wire)
  if (isSuccess(response))
    find('not-acceptable', {
      place: 'status',
      message: `expected 406 for an Accept that nothing matches, got ${response.status}`,
      steps: [wire],
      response,
    })
}
