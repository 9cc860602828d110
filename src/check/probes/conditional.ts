/** Conditional requests (RFC 9110 §13): 304 and 412. */
import { declaresStatus } from '../document/operation.ts'
import { headerOf, isSuccess } from '../send/wire.ts'
import { replacingHeaders } from '../session.ts'
import type { Probe } from './probe.ts'

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
  const report = (place: string, message: string, value: string, answer = fresh) =>
    find('not-modified', { place, message, steps: [get, replacingHeaders(get, { 'if-none-match': value })], answer })
  if (!/^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag))
    return report('etag', 'expected an entity tag in quotes in ETag, got other text', tag)
  const answer = await ask(replacingHeaders(get, { 'if-none-match': tag }))
  const again = await ask(get)
  // The resource has changed between the requests.
  if (headerOf(again, 'etag') !== tag) return
  if (answer.status !== 304)
    return report('status', `expected 304 for If-None-Match with the current ETag, got ${answer.status}`, tag, answer)
  if (answer.body.byteLength > 0) report('content', 'expected no content with 304, got content', tag, answer)
  const sent = headerOf(answer, 'etag')
  if (sent !== undefined && sent !== tag) report('etag', 'expected the same ETag with 304, got another', tag, answer)
  const other = await ask(replacingHeaders(get, { 'if-none-match': OTHER_TAG }))
  if (other.status === 304) report('other', 'expected content for If-None-Match with another ETag, got 304', OTHER_TAG, other)
}

async function probePrecondition({ operation, good, valid, session, ask, find }: Probe): Promise<void> {
  const start = good ?? valid
  if (
    start === undefined ||
    !declaresStatus(operation, 412) ||
    !operation.responses.some(({ key }) => key === '412') ||
    !session.settings.isOn('precondition')
  )
    return
  const hasTag = operation.method !== 'GET' || headerOf(start.answer, 'etag') !== undefined
  if (!hasTag) return
  const wire = replacingHeaders(start.candidate.wire, { 'if-match': OTHER_TAG })
  const answer = await ask(wire)
  if (isSuccess(answer))
    find('precondition', {
      place: 'status',
      message: `expected 412 for If-Match with another ETag, got ${answer.status}`,
      steps: [wire],
      answer,
    })
}
