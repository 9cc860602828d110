/** An operation with a declared security scheme refuses requests without credentials, and with wrong ones. */
import { allowsAnyone, type SecurityRequirement, type SecurityScheme } from '../document/operation.ts'
import { cookieName, cookiesIn, leaveOut } from '../send/user-headers.ts'
import { isSuccess, type LeftOut, type WireRequest } from '../send/wire.ts'
import type { Probe } from './probe.ts'

export async function probeSecurity({ operation, valid, session, find }: Probe): Promise<void> {
  const schemes = neededSchemes(operation.security, session.description.schemes)
  if (valid === undefined || schemes.length === 0 || !session.settings.isOn('security')) return
  // Other headers of the user stay: the operation may need one, such as that of a tenant, before it looks at the credentials.
  const leftOut = leaveOut(session.settings.headers, namesOf(schemes))
  for (const { what, change } of [
    { what: 'without credentials', change: (wire: WireRequest, scheme: SecurityScheme) => withCredentials(wire, scheme, undefined) },
    {
      what: 'with wrong credentials',
      change: (wire: WireRequest, scheme: SecurityScheme) => withCredentials(wire, scheme, wrongFor(scheme)),
    },
  ]) {
    const wire: WireRequest = { ...schemes.reduce(change, anonymous(valid.candidate.wire, schemes)), leftOut }
    const response = await session.ask(wire)
    const exchange = { candidate: { ...valid.candidate, phase: 'probes', verdict: 'unknown', wire } as const, response }
    session.keep(exchange)
    if (response.ending === 'none' || response.status === 401 || response.status === 403 || response.status === 429) continue
    if (
      isSuccess(response) ||
      response.status === 404 ||
      response.status >= 500 ||
      (response.status >= 300 && response.status < 400 && response.status !== 302 && response.status !== 303)
    ) {
      find('security', { place: what, message: `${what}: expected 401 or 403, got ${response.status}`, steps: [wire], response })
    }
  }
}

/** The schemes of an operation. Empty if credentials are optional. */
export function neededSchemes(
  security: readonly SecurityRequirement[],
  schemes: ReadonlyMap<string, SecurityScheme>,
): readonly SecurityScheme[] {
  if (allowsAnyone(security)) return []
  return [...new Set(security.flatMap((requirement) => Object.keys(requirement)))]
    .flatMap((name) => schemes.get(name) ?? [])
    .filter(({ type }) => type !== 'mutualTLS')
}

/** The headers and cookies that the schemes name. */
function namesOf(schemes: readonly SecurityScheme[]): LeftOut {
  const [cookies, headers] = [schemes.filter(isCookie), schemes.filter((scheme) => !isCookie(scheme) && !isQuery(scheme))]
  return { headers: headers.map(headerOf), cookies: cookies.map(({ parameter }) => parameter) }
}

function isCookie({ type, in: location }: SecurityScheme): boolean {
  return type === 'apiKey' && location === 'cookie'
}

function isQuery({ type, in: location }: SecurityScheme): boolean {
  return type === 'apiKey' && location === 'query'
}

/** In lower case. */
function headerOf({ type, parameter }: SecurityScheme): string {
  return type === 'apiKey' ? parameter.toLowerCase() : 'authorization'
}

/** Removes the credentials of every scheme. */
function anonymous(wire: WireRequest, schemes: readonly SecurityScheme[]): WireRequest {
  return schemes.reduce((sum, scheme) => withCredentials(sum, scheme, undefined), wire)
}

function wrongFor({ type, scheme }: SecurityScheme): string {
  if (type === 'http' && scheme === 'basic') return `Basic ${Buffer.from('riposte-check:wrong').toString('base64')}`
  if (type === 'apiKey') return 'riposte-check-wrong'
  return 'Bearer riposte-check-wrong'
}

function withCredentials(wire: WireRequest, scheme: SecurityScheme, value: string | undefined): WireRequest {
  const { parameter } = scheme
  if (isQuery(scheme)) {
    const [path = '', query = ''] = wire.path.split('?')
    const rest = query.split('&').filter((pair) => pair !== '' && !pair.startsWith(`${encodeURIComponent(parameter)}=`))
    const all = value === undefined ? rest : [...rest, `${encodeURIComponent(parameter)}=${value}`]
    return { ...wire, path: all.length === 0 ? path : `${path}?${all.join('&')}` }
  }
  const name = isCookie(scheme) ? 'cookie' : headerOf(scheme)
  const others = wire.headers.filter(([each]) => each !== name)
  if (!isCookie(scheme)) return { ...wire, headers: value === undefined ? others : [...others, [name, value]] }
  const cookies = cookiesIn(wire.headers).filter((pair) => cookieName(pair) !== parameter)
  const all = value === undefined ? cookies : [...cookies, `${parameter}=${value}`]
  return { ...wire, headers: all.length === 0 ? others : [...others, [name, all.join('; ')]] }
}
