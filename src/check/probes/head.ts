/** HEAD has the headers of GET and no content (RFC 9110 §9.3.2). */
import { headerOf } from '../send/wire.ts'
import type { Probe } from './probe.ts'

/** Headers that a server may omit for HEAD, or that differ between two responses. */
const VOLATILE = new Set([
  'date',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'age',
  'set-cookie',
  'vary',
  'trailer',
])

export async function probeHead({ operation, good, session, ask, find }: Probe): Promise<void> {
  if (operation.method !== 'GET' || good === undefined || good.answer.ending === 'left' || !session.settings.isOn('head')) return
  const get = good.candidate.wire
  const wire = { ...get, method: 'HEAD' }
  const head = await ask(wire)
  const again = await ask(get)
  if (head.ending === 'none') return
  const report = (place: string, message: string) => find('head', { place, message, steps: [wire], answer: head })
  if (head.status !== again.status) return report('status', `expected ${again.status}, the status of GET, got ${head.status}`)
  if (head.body.byteLength > 0) report('content', 'expected no content, got content')
  for (const [name] of good.answer.headers) {
    // Headers that differ between two responses to GET cannot be compared.
    if (VOLATILE.has(name) || headerOf(again, name) !== headerOf(good.answer, name)) continue
    const got = headerOf(head, name)
    if (got === undefined) report(name, `expected the header ${name} of GET, got none`)
    else if (got !== headerOf(good.answer, name)) report(name, `expected the header ${name} of GET, got another value`)
  }
  const length = headerOf(head, 'content-length')
  const expected = headerOf(again, 'content-length')
  if (length !== undefined && expected !== undefined && expected === headerOf(good.answer, 'content-length') && length !== expected)
    report('content-length', 'expected the header content-length of GET, got another value')
}
