/** The methods of a path (RFC 9110 §9): HEAD has the headers of GET, undeclared methods get a 405, and OPTIONS lists the declared ones. */
import { headerOf, isSuccess, type WireRequest } from '../send/wire.ts'
import type { Probe } from './probe.ts'
import type { Operation } from '../document/operation.ts'

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
  if (operation.method !== 'GET' || good === undefined || good.response.ending === 'left' || !session.settings.isOn('head')) return
  const get = good.candidate.wire
  const wire = { ...get, method: 'HEAD' }
  const head = await ask(wire)
  const again = await ask(get)
  if (head.ending === 'none') return
  const report = (place: string, message: string) => find('head', { place, message, steps: [wire], response: head })
  if (head.status !== again.status) return report('status', `expected ${again.status}, the status of GET, got ${head.status}`)
  if (head.body.byteLength > 0) report('content', 'expected no content, got content')
  for (const [name] of good.response.headers) {
    // Headers that differ between two responses to GET cannot be compared.
    if (VOLATILE.has(name) || headerOf(again, name) !== headerOf(good.response, name)) continue
    const got = headerOf(head, name)
    if (got === undefined) report(name, `expected the header ${name} of GET, got none`)
    else if (got !== headerOf(good.response, name)) report(name, `expected the header ${name} of GET, got another value`)
  }
  const length = headerOf(head, 'content-length')
  const expected = headerOf(again, 'content-length')
  if (length !== undefined && expected !== undefined && expected === headerOf(good.response, 'content-length') && length !== expected)
    report('content-length', 'expected the header content-length of GET, got another value')
}

export async function probeMethods(probe: Probe): Promise<void> {
  const { operation, session, valid } = probe
  if (valid === undefined) return
  const path = valid.candidate.wire.path.split('?')[0]!
  const declared = methodsAt(session.description.operations, path)
  // Only for the first operation of each path.
  if (
    session.description.operations.find((each) => each.path === operation.path && session.operations.includes(each))?.method !==
    operation.method
  )
    return
  const headers = valid.candidate.wire.headers.filter(([name]) => name !== 'content-type')
  if (session.settings.isOn('method')) await probeUndeclared(probe, { path, declared, headers })
  if (session.settings.isOn('options')) await probeOptions(probe, { path, declared, headers })
}

interface Place {
  readonly path: string
  readonly declared: readonly string[]
  readonly headers: WireRequest['headers']
}

/** The methods of every template that matches the path: `/users/me` also matches `/users/{user_id}`. */
function methodsAt(operations: readonly Operation[], path: string): readonly string[] {
  return [...new Set(operations.filter(({ match }) => match(path) !== undefined).map(({ method }) => method))]
}

async function probeUndeclared({ session, ask, find }: Probe, { path, declared, headers }: Place): Promise<void> {
  // GET and PROPFIND are safe. Methods that may change data are only sent if that is allowed.
  const candidates = ['GET', ...(session.isUnsafe ? ['DELETE', 'PUT', 'PATCH', 'POST'] : []), 'PROPFIND'].filter(
    (method) => !declared.includes(method),
  )
  for (const method of candidates.slice(0, session.isUnsafe ? 2 : 1)) {
    const wire = { method, path, headers, body: undefined }
    const response = await ask(wire)
    if (response.ending === 'none' || response.status === 501) continue
    const report = (place: string, message: string) => find('method', { place, message, steps: [wire], response })
    // A server may hide its methods from clients without access.
    if (response.status === 401 || response.status === 403 || response.status === 429) continue
    if (isSuccess(response)) report('success', 'expected 405 for a method that is not declared, got success')
    else if (response.status !== 405) report('status', `expected 405 for a method that is not declared, got ${response.status}`)
    else if (headerOf(response, 'allow') === undefined) report('allow', 'expected Allow with 405, got none')
    else reportAllow(headerOf(response, 'allow')!, declared, report)
  }
}

async function probeOptions({ ask, find }: Probe, { path, declared, headers }: Place): Promise<void> {
  if (declared.includes('OPTIONS')) return
  const wire = { method: 'OPTIONS', path, headers, body: undefined }
  const response = await ask(wire)
  if (!isSuccess(response)) return
  const report = (place: string, message: string) => find('options', { place, message, steps: [wire], response })
  const allow = headerOf(response, 'allow')
  if (allow === undefined) report('allow', 'expected Allow in the response to OPTIONS, got none')
  else reportAllow(allow, declared, report)
}

function reportAllow(allow: string, declared: readonly string[], report: (place: string, message: string) => void): void {
  const listed = allow.split(',').map((method) => method.trim().toUpperCase())
  const missing = declared.filter((method) => !listed.includes(method))
  const more = listed.filter(
    (method) => method !== '' && !declared.includes(method) && method !== 'OPTIONS' && !(method === 'HEAD' && declared.includes('GET')),
  )
  if (missing.length > 0)
    report(`allow without ${missing.join(', ')}`, `expected the declared methods in Allow, got none of ${missing.join(', ')}`)
  if (more.length > 0) report(`allow with ${more.join(', ')}`, `expected only declared methods in Allow, got also ${more.join(', ')}`)
}
