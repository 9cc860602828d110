/** Merges the document of a mounted application into the app's own: its paths get the mount's path, its names the mount's name as a prefix. */
import type { MaybePromise } from '../maybe-promise.ts'
import type { Mounted, Route } from '../routing/route.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { isObject } from '../schema/object-value.ts'
import type { OpenAPIDocument } from './document.ts'
import { toSecurity, toSecuritySchemes, type SecurityRequirement } from './security.ts'

type JSONObject = Readonly<Record<string, unknown>>

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'])

/** Keys whose value is an object with user-defined names as keys. */
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

/** Keys whose value is data, in which nothing is renamed. */
const DATA: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'const', 'enum'])

/** Adds the documents of mounted applications. Rejects with a `DeclarationError` if one of them can't be merged. */
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

/** Throws a `DeclarationError` if the document has an unsupported version, or a path or a name that already exists. */
function mergeDocument(own: OpenAPIDocument, { path, contract }: Route, { name }: Mounted, other: object): OpenAPIDocument {
  const fail = (what: string, fix: string): never => {
    throw new DeclarationError('MOUNT_DOCUMENT', `mount(${path}) document`, what, fix)
  }
  const given = other as JSONObject & { readonly paths?: JSONObject; readonly components?: Readonly<Record<string, JSONObject>> }
  if (typeof given['openapi'] !== 'string' || !/^3\.[12]\./.test(given['openapi']))
    fail('expected a document of OpenAPI 3.1 or 3.2, got another version', 'Convert the document to OpenAPI 3.1')
  const rename = renamer(name, path)
  const guards = toSecurity(contract)
  const paths: Record<string, unknown> = { ...own.paths }
  for (const [template, item] of Object.entries(given.paths ?? {})) {
    const full = template === '/' ? path : path + template
    if (full in paths) fail(`this app already has the path ${full}`, 'Remove one of the two')
    paths[full] = toItem(rename.value(item) as JSONObject, rename.security(given['security']), guards)
  }
  const components: Record<string, JSONObject> = { ...(own.components as Readonly<Record<string, JSONObject>>) }
  for (const [section, parts] of Object.entries(given.components ?? {})) {
    const renamed = Object.fromEntries(Object.entries(parts).map(([key, part]) => [rename.name(key), rename.value(part)]))
    const taken = Object.keys(renamed).find((key) => key in (components[section] ?? {}))
    if (taken !== undefined) fail(`components.${section}.${taken} already exists`, 'Give the mount another name')
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

/** Copies the security of the whole document into each operation, and adds the guards of the mount, which every request must satisfy. */
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

/** Adds the name of a mount as a prefix to the names in its document. */
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
  /** The mapping of a discriminator contains names of schemas or references. */
  const toMapping = (to: string): string => (/^[\w.-]+$/.test(to) ? name(to) : reference(to))
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, entry(key, inner)])) : value
  }
  return { name, security, value: walk }
}

function mapValues(record: JSONObject, map: (value: unknown) => unknown): JSONObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
