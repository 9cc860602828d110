/** The headers of a user: they are added to a request that does not have them. A request without credentials leaves some out. */
import type { LeftOut, WireRequest } from './wire.ts'

type Headers = Readonly<Record<string, string>>

/** Adds the headers and the cookies of a user that the request does not have and does not leave out. */
export function addHeaders(wire: WireRequest, headers: Headers): WireRequest {
  const { leftOut = { headers: [], cookies: [] } } = wire
  const own = new Set(wire.headers.map(([name]) => name))
  const all = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !leftOut.headers.includes(name))
  const added = all.filter(([name]) => name !== 'cookie' && !own.has(name))
  const ownCookies = cookiesIn(wire.headers)
  const names = new Set([...ownCookies.map(cookieName), ...leftOut.cookies])
  const cookies = cookiesIn(all).filter((pair) => !names.has(cookieName(pair)))
  if (cookies.length === 0) return { ...wire, headers: [...wire.headers, ...added] }
  const others = wire.headers.filter(([name]) => name !== 'cookie')
  return { ...wire, headers: [...others, ...added, ['cookie', [...ownCookies, ...cookies].join('; ')]] }
}

/** What a request without these credentials leaves out of the headers of a user. `Cookie` is left out if no other cookie remains. */
export function leaveOut(headers: Headers, { headers: names, cookies: cookieNames }: LeftOut): LeftOut {
  const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const known = new Set(cookiesIn(sent).map(cookieName))
  const cookies = cookieNames.filter((name) => known.has(name))
  const isEmpty = cookies.length > 0 && cookies.length === known.size
  return { headers: isEmpty ? [...names, 'cookie'] : names, cookies }
}

/** The `name=value` pairs of the `Cookie` headers. */
export function cookiesIn(headers: WireRequest['headers']): readonly string[] {
  return headers
    .filter(([name]) => name === 'cookie')
    .flatMap(([, text]) => text.split(';').map((pair) => pair.trim()))
    .filter((pair) => pair !== '')
}

export function cookieName(pair: string): string {
  return pair.split('=', 1)[0]!
}
