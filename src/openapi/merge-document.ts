/** The document of a mounted application → a part of this one: its paths below the mount, its components and operations under names of their own. */
import type { MaybePromise } from '../maybe-promise.ts'
import type { Mounted, Route } from '../routing/route.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { OpenAPIDocument } from './document.ts'
import { toSecurity, toSecuritySchemes, type SecurityRequirement } from './security.ts'

type JSONObject = Readonly<Record<string, unknown>>

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'])

/** Keys whose value is an object of names that users chose. */
const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'responses',
  'headers',
  'content',
  'links',
  'callbacks',
  'encoding',
  'variables',
  'paths',
])

/** Keys whose value is data, not a part of the document. */
const DATA: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'const', 'enum'])

/** With what the mounted applications declare. Rejects with a `DeclarationError` if their documents do not fit in. */
export async function withMounted(own: OpenAPIDocument, routes: Iterable<Route>): Promise<OpenAPIDocument> {
  let merged = own
  for (const route of routes) {
    const { mounted } = route
    if (mounted === undefined) continue
    const { document } = mounted
    const other = await (typeof document === 'function' ? (document as () => MaybePromise<object>)() : document)
    merged = mergeDocument(merged, route, mounted, other)
  }
  return merged
}

/** Throws a `DeclarationError` if the document can't be merged: another version, or a path or name that is taken. */
function mergeDocument(own: OpenAPIDocument, { path, contract }: Route, { name }: Mounted, other: object): OpenAPIDocument {
  const fail = (what: string, fix: string): never => {
    throw new DeclarationError('MOUNT_DOCUMENT', `mount(${path}) document`, what, fix)
  }
  const given = other as JSONObject & { readonly paths?: JSONObject; readonly components?: Readonly<Record<string, JSONObject>> }
  if (typeof given['openapi'] !== 'string' || !/^3\.[12]\./.test(given['openapi']))
    fail('expected OpenAPI 3.1 or 3.2, got another document', 'Convert it')
  const rename = renamer(name, path)
  const guards = toSecurity(contract)
  const paths: Record<string, unknown> = { ...own.paths }
  for (const [template, item] of Object.entries(given.paths ?? {})) {
    const full = template === '/' ? path : path + template
    if (full in paths) fail(`${full} is a path of this app already`, 'Keep one of the two')
    paths[full] = toItem(rename.value(item) as JSONObject, rename.security(given['security']), guards)
  }
  const components: Record<string, JSONObject> = { ...(own.components as Readonly<Record<string, JSONObject>>) }
  for (const [section, parts] of Object.entries(given.components ?? {})) {
    const renamed = Object.fromEntries(Object.entries(parts).map(([key, part]) => [rename.name(key), rename.value(part)]))
    const taken = Object.keys(renamed).find((key) => key in (components[section] ?? {}))
    if (taken !== undefined) fail(`components.${section}.${taken} exists already`, 'Give the mount another name')
    components[section] = { ...components[section], ...renamed }
  }
  const schemes = toSecuritySchemes([contract])
  if (schemes !== undefined) components['securitySchemes'] = { ...components['securitySchemes'], ...schemes }
  return { ...own, paths, components, ...toTags(own, given) } as OpenAPIDocument
}

function toTags({ tags = [] }: OpenAPIDocument, { tags: others }: JSONObject): Pick<OpenAPIDocument, 'tags'> {
  const known = new Set(tags.map((tag) => tag.name))
  const added = (Array.isArray(others) ? (others as NonNullable<OpenAPIDocument['tags']>) : []).filter((tag) => !known.has(tag.name))
  return tags.length + added.length === 0 ? {} : { tags: [...tags, ...added] }
}

/** Security of the whole document is written at each operation. A request must satisfy the guards of the mount too. */
function toItem(item: JSONObject, ofDocument: unknown, guards: readonly SecurityRequirement[] | undefined): JSONObject {
  return Object.fromEntries(
    Object.entries(item).map(([key, operation]) => {
      if (!METHODS.has(key)) return [key, operation]
      const { security = ofDocument, ...rest } = operation as JSONObject
      const required = guards === undefined ? security : require(guards, security)
      return [key, { ...rest, ...(required !== undefined && { security: required }) }]
    }),
  )
}

function require(guards: readonly SecurityRequirement[], own: unknown): readonly SecurityRequirement[] {
  const inner = Array.isArray(own) && own.length > 0 ? (own as readonly SecurityRequirement[]) : [{}]
  return inner.flatMap((requirement) => guards.map((guard) => ({ ...guard, ...requirement })))
}

/** Puts the name of a mount in front of the names that its document uses. */
function renamer(prefix: string, mount: string) {
  const name = (key: string): string => `${prefix}_${key}`
  const reference = (text: string): string =>
    text
      .replace(/^(#\/components\/[^/]+\/)/, `$1${prefix}_`)
      .replace(/^#\/paths\//, `#/paths/${mount.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  const security = (requirements: unknown): unknown =>
    Array.isArray(requirements)
      ? requirements.map((requirement: object) =>
          Object.fromEntries(Object.entries(requirement).map(([key, scopes]) => [name(key), scopes as unknown])),
        )
      : requirements
  const entry = (key: string, value: unknown): unknown => {
    if ((key === '$ref' || key === 'operationRef') && typeof value === 'string') return reference(value)
    if (key === 'operationId' && typeof value === 'string') return name(value)
    if (key === 'security') return security(value)
    if (key === 'mapping' && isObject(value)) return mapValues(value, (to) => (typeof to === 'string' ? toMapping(to) : to))
    if (DATA.has(key) || key.startsWith('x-')) return value
    return MAPS.has(key) && isObject(value) ? mapValues(value, walk) : walk(value)
  }
  /** A name of a schema, or a reference to it. */
  const toMapping = (to: string): string => (/^[\w.-]+$/.test(to) ? name(to) : reference(to))
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, entry(key, inner)])) : value
  }
  return { name, security, value: walk }
}

function isObject(value: unknown): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapValues(record: JSONObject, map: (value: unknown) => unknown): JSONObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
