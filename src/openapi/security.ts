/** Creates `securitySchemes` and the `security` of an operation from the route's dependencies (OpenAPI 3.1.1 §4.8.27, §4.8.30). */
import type { AnyContract } from '../contract/contract.ts'
import { schemesOf } from '../contract/dependency.ts'
import { InsufficientScope, Unauthorized, type SecurityScheme, type SecuritySchemeObject } from '../contract/security.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Headers } from './headers.ts'

/** Scopes by scheme name. A request must satisfy every scheme of one requirement. If there are several requirements, one is enough. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

/** Returns `undefined` if no dependency declares a scheme. If all credentials are optional, the last requirement is `{}`. */
export function toSecurity({ dependencies, scopes = [] }: AnyContract): readonly SecurityRequirement[] | undefined {
  const schemes = withoutRepeats(schemesOf(dependencies))
  if (schemes.length === 0) return undefined
  const all = schemes.flatMap(alternativesOf)
  const product = schemes.reduce<readonly SecurityRequirement[]>(
    (requirements, scheme) => {
      const satisfied = alternativesOf(scheme).flatMap((each) =>
        requirements.map((requirement) => ({ ...requirement, [each.schemeName]: scopesOf(each, all, scopes) })),
      )
      return scheme.isOptional ? [...satisfied, ...requirements] : satisfied
    },
    [{}],
  )
  return [...new Map(product.map((requirement) => [JSON.stringify(requirement), requirement])).values()]
}

/** Merges dependencies that require the same schemes. The schemes are optional only if all of these dependencies declare them as optional. */
function withoutRepeats(schemes: readonly SecurityScheme[]): readonly SecurityScheme[] {
  const byNames = new Map<string, SecurityScheme>()
  for (const scheme of schemes) {
    const names = JSON.stringify(alternativesOf(scheme).map(({ schemeName }) => schemeName))
    if (byNames.get(names)?.isOptional !== false) byNames.set(names, scheme)
  }
  return [...byNames.values()]
}

function alternativesOf(scheme: SecurityScheme): readonly SecurityScheme[] {
  return scheme.alternatives ?? [scheme]
}

/** Scopes apply to OAuth 2.0 and OpenID Connect. If the route uses neither, they are "role names which are required for the execution" (§4.8.30). */
function scopesOf(scheme: SecurityScheme, all: readonly SecurityScheme[], scopes: readonly string[]): readonly string[] {
  if (all.some(isScoped) && !isScoped(scheme)) return []
  return scopes.filter((scope) => scheme.scopes?.has(scope) ?? true)
}

function isScoped({ object: { type } }: SecurityScheme): boolean {
  return type === 'oauth2' || type === 'openIdConnect'
}

export function toSecuritySchemes(contracts: readonly AnyContract[]): Readonly<Record<string, SecuritySchemeObject>> | undefined {
  const schemes = contracts.flatMap(({ dependencies }) => schemesOf(dependencies).flatMap(alternativesOf))
  if (schemes.length === 0) return undefined
  const byName = schemes.map(({ schemeName, object }) => [schemeName, object] as const)
  return Object.fromEntries(byName.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The headers that a security scheme adds to the responses for missing or insufficient credentials. */
export function toChallengeHeaders(error: AnyErrorClass): Headers {
  const isRefusal = error === Unauthorized || error === InsufficientScope
  if (!isRefusal) return {}
  const header = { description: 'How to authenticate (RFC 9110 §11.6.1)', schema: { type: 'string' } } as const
  return { 'WWW-Authenticate': error === Unauthorized ? { ...header, required: true } : header }
}

/** Checks, while routes are added, that each scheme name is used for only one scheme. */
export class SecurityNames {
  readonly #known = new Map<string, { readonly object: string; readonly where: string }>()

  /** Throws a `DeclarationError` that names both routes. */
  take(schemes: readonly SecurityScheme[], where: string): void {
    for (const { schemeName, object } of schemes.flatMap(alternativesOf)) {
      const text = JSON.stringify(object)
      const known = this.#known.get(schemeName)
      if (known === undefined) this.#known.set(schemeName, { object: text, where })
      else if (known.object !== text)
        throw new DeclarationError(
          'DUPLICATE_SECURITY',
          where,
          `the name ${schemeName} is already used by a different security scheme in ${known.where}`,
          'Set schemeName of one of them',
        )
    }
  }
}
