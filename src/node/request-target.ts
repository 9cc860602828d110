/** The target of a request line (RFC 9112 §3.2), taken apart. */

export interface RequestTarget {
  /** `host[:port]` of an absolute-form target: it counts instead of the `Host` field (§3.2.2). */
  readonly authority: string | undefined
  /** Still percent-encoded; begins with `/`, or is `*`. */
  readonly path: string
  /** Still percent-encoded, without its `?`. */
  readonly search: string
}

/** `absolute-form = absolute-URI`. User information in it is an error (RFC 9110 §4.2.4). */
const ABSOLUTE_FORM = /^https?:\/\/([^/?@]+)([/?][^]*)?$/i

/** `undefined` where it is no target that an origin server takes. A fragment is never sent. */
export function parseTarget(target: string): RequestTarget | undefined {
  if (target.includes('#')) return undefined
  if (target.startsWith('/')) return split(target, undefined)
  if (target === '*') return { authority: undefined, path: '*', search: '' }
  const [, authority, rest = ''] = ABSOLUTE_FORM.exec(target) ?? []
  if (authority === undefined || !isHost(authority)) return undefined
  return split(rest.startsWith('/') ? rest : `/${rest}`, authority)
}

function split(pathAndQuery: string, authority: string | undefined): RequestTarget {
  const mark = pathAndQuery.indexOf('?')
  if (mark === -1) return { authority, path: pathAndQuery, search: '' }
  return { authority, path: pathAndQuery.slice(0, mark), search: pathAndQuery.slice(mark + 1) }
}

/** `Host = uri-host [ ":" port ]` (RFC 9110 §7.2). Two `Host` fields, joined, are none. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i

/** What was right a moment ago: nearly all requests name the same host. */
let usual = ''

export function isHost(text: string): boolean {
  if (text === usual) return true
  if (!HOST.test(text)) return false
  usual = text
  return true
}
