/** Renders a form for the credentials of each security scheme. Scripts add the credentials to requests and to the example code. */
import type { SecuritySchemeObject } from '../../contract/security.ts'
import type { OpenAPIDocument } from '../document.ts'
import { html, join, verbatim, type Content, type HTML } from './html.ts'
import { markdown } from './markdown.ts'
import type { OperationObject } from '../operation.ts'

export type Schemes = Readonly<Record<string, SecuritySchemeObject>>

export function schemesOf({ components }: OpenAPIDocument): Schemes {
  return (components.securitySchemes ?? {}) as Schemes
}

export function toAuthorize(document: OpenAPIDocument): HTML | undefined {
  const schemes = Object.entries(schemesOf(document))
  if (schemes.length === 0) return undefined
  return html`<details class="authorize" id="authorize" hidden>
    <summary>Authorize</summary>
    ${schemes.map(([name, scheme]) => toScheme(name, scheme))}
  </details>`
}

function toScheme(name: string, scheme: SecuritySchemeObject): HTML {
  const tokenUrl = tokenUrlOf(scheme)
  return html`<form
    class="scheme"
    data-scheme="${name}"
    data-kind="${kindOf(scheme)}"
    data-in="${scheme.in}"
    data-name="${scheme.name}"
    data-token-url="${tokenUrl?.url}"
    data-grant="${tokenUrl?.grant}"
  >
    <h4>${name} <span class="of">${scheme.scheme ?? scheme.type}</span></h4>
    ${markdown(scheme.description)} ${toScopes(scheme)}
    ${fieldsOf(scheme).map(([field, label, type]) => html`<label>${label}<input type="${type}" name="${field}" autocomplete="off" /></label>`)}
    <p class="buttons"><button type="submit">Authorize</button><button type="button" class="forget" hidden>Forget</button></p>
    <output></output>
  </form>`
}

/** The scopes of all flows, with their descriptions. */
function scopesOf({ flows = {} }: SecuritySchemeObject): readonly (readonly [name: string, description: string])[] {
  const all = Object.values(flows as Readonly<Record<string, { readonly scopes?: Readonly<Record<string, string>> }>>)
  return Object.entries(Object.assign({}, ...all.map((flow) => flow.scopes)) as Readonly<Record<string, string>>) // scopes are texts by name
}

function toScopes(scheme: SecuritySchemeObject): HTML | undefined {
  const scopes = scopesOf(scheme)
  if (scopes.length === 0) return undefined
  return html`<ul class="fields">
    ${scopes.map(([name, description]) => html`<li><code class="name">${name}</code> <span class="note">${description}</span></li>`)}
  </ul>`
}

type Field = readonly [name: string, label: string, type: 'text' | 'password']

const TOKEN: Field = ['token', 'Token', 'text']
const OWN_TOKEN: Field = ['token', 'or a token', 'text']
const KEY: Field = ['token', 'Key', 'text']

function fieldsOf(scheme: SecuritySchemeObject): readonly Field[] {
  if (scheme.scheme === 'basic')
    return [
      ['username', 'User name', 'text'],
      ['password', 'Password', 'password'],
    ]
  const scopes: readonly Field[] = scopesOf(scheme).length === 0 ? [] : [['scope', 'Scopes', 'text']]
  switch (tokenUrlOf(scheme)?.grant) {
    case 'password':
      return [['username', 'User name', 'text'], ['password', 'Password', 'password'], ...scopes, OWN_TOKEN]
    case 'client_credentials':
      return [['client_id', 'Client id', 'text'], ['client_secret', 'Client secret', 'password'], ...scopes, OWN_TOKEN]
    default:
      return [scheme.type === 'apiKey' ? KEY : TOKEN]
  }
}

/** Returns `undefined` for flows in which a script can't request a token. The user then enters one. */
export function tokenUrlOf({ flows }: SecuritySchemeObject): { readonly url: string; readonly grant: string } | undefined {
  const { password, clientCredentials } = (flows ?? {}) as Record<string, { readonly tokenUrl: string } | undefined>
  if (password !== undefined) return { url: password.tokenUrl, grant: 'password' }
  return clientCredentials === undefined ? undefined : { url: clientCredentials.tokenUrl, grant: 'client_credentials' }
}

function kindOf({ type, scheme }: SecuritySchemeObject): string {
  return type === 'apiKey' ? 'key' : (scheme ?? 'bearer')
}

/** The credentials that the first security requirement adds to a call. A script replaces the placeholders in angle brackets. */
interface CallCredentials {
  readonly headers: readonly (readonly [name: string, value: Content])[]
  readonly cookies: readonly (readonly [name: string, value: Content])[]
  readonly query: readonly (readonly [name: string, value: Content])[]
}

export function toCredentials({ security = [] }: OperationObject, schemes: Schemes): CallCredentials {
  const used = Object.keys(security[0] ?? {}).flatMap((name) => (schemes[name] === undefined ? [] : [[name, schemes[name]] as const]))
  const keysIn = (location: string) =>
    used.flatMap(([name, scheme]) =>
      scheme.type === 'apiKey' && scheme.in === location ? [[scheme.name ?? '', blank(name, '<key>')] as const] : [],
    )
  const authorization = used.flatMap(([name, { type, scheme }]): readonly (readonly [string, Content])[] => {
    if (type === 'apiKey') return []
    return [['Authorization', scheme === 'basic' ? ['Basic ', blank(name, '<base64>')] : ['Bearer ', blank(name, '<token>')]]]
  })
  return { headers: [...authorization, ...keysIn('header')], cookies: keysIn('cookie'), query: keysIn('query') }
}

function blank(scheme: string, text: string): HTML {
  return verbatim`<span class="credential" data-scheme="${scheme}" data-blank="${text}">${text}</span>`
}

/** Lists the security requirements of an operation. One of them is enough. */
export function toSecurity({ security = [] }: OperationObject): HTML | undefined {
  if (security.length === 0) return undefined
  return html`<ul class="fields">
    ${security.map((requirement, index) => {
      const names = Object.entries(requirement)
      return html`<li>${index === 0 ? '' : 'or '}${names.length === 0 ? 'none' : join(names.map(toRequirement), ' and ')}</li>`
    })}
  </ul>`
}

function toRequirement([name, scopes]: readonly [string, readonly string[]]): HTML {
  const needed = scopes.length === 0 ? undefined : html` <span class="of">${scopes.join(', ')}</span>`
  return html`<a class="ref" href="#authorize">${name}</a>${needed}`
}
