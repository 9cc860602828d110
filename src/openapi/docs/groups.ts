/** Reads the operations of a document, and groups them by tag, or by the first segment of their path if they have no tags. */
import { nameOf } from './example.ts'
import type { OpenAPIDocument } from '../document.ts'
import type { OperationObject } from '../operation.ts'
import type { ParameterObject } from '../parameters.ts'
import type { ServerObject } from '../settings.ts'

export interface ShownOperation {
  /** In upper case: `GET`. */
  readonly method: string
  readonly path: string
  /** References to parameters and bodies are resolved. An operation without `security` gets that of the document. */
  readonly operation: OperationObject
  /** The URLs of the servers of this operation or its path; `undefined` if it has the servers of the document. */
  readonly serverURLs: readonly string[] | undefined
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly operations: readonly ShownOperation[]
}

const OTHERS = 'others'

/** Groups are in the order of the document's tags, then in the order of the operations. Operations without a group are last. */
export function toGroups(document: OpenAPIDocument): readonly Group[] {
  const { paths, tags = [] } = document
  const all = toOperations(paths, document)
  const beginnings = all.filter(isUntagged).map(beginningOf)
  const isShared = (beginning: string) => beginnings.indexOf(beginning) !== beginnings.lastIndexOf(beginning)
  const byName = new Map<string, ShownOperation[]>(tags.map(({ name }) => [name, []]))
  const others: ShownOperation[] = []
  for (const shown of all) {
    const beginning = beginningOf(shown)
    const name = shown.operation.tags?.[0] ?? (isShared(beginning) ? beginning : undefined)
    if (name === undefined) others.push(shown)
    else byName.set(name, [...(byName.get(name) ?? []), shown])
  }
  return [...byName, [byName.size === 0 ? 'operations' : OTHERS, others] as const]
    .filter(([, operations]) => operations.length > 0)
    .map(([name, operations], index) => ({
      id: `tag-${name.replace(/\W+/g, '-')}${/^[\w-]+$/.test(name) ? '' : `-${index}`}`,
      name,
      description: tags.find((tag) => tag.name === name)?.description,
      operations,
    }))
}

/** A mounted document, or one from a `document` hook, may have references and fields of a Path Item, and may lack operation ids. */
export function toOperations(paths: OpenAPIDocument['paths'], document: OpenAPIDocument): readonly ShownOperation[] {
  return Object.entries(paths).flatMap(([path, item]) => {
    const { parameters: shared = [], servers } = item as unknown as PathItemFields // a document of another tool may have them
    return Object.entries(item)
      .filter(([, operation]) => typeof operation === 'object' && 'responses' in operation)
      .map(([key, given]): ShownOperation => {
        const method = key.replace(/^x-/, '').toUpperCase()
        const own = (given.parameters ?? []).map((parameter) => dereference(parameter, document))
        const isOverridden = ({ name, in: location }: ParameterObject) => own.some((other) => other.name === name && other.in === location)
        const inherited = shared.map((parameter) => dereference(parameter, document)).filter((parameter) => !isOverridden(parameter))
        const operation = {
          ...given,
          operationId: given.operationId ?? [method.toLowerCase(), ...(path.match(/\w+/g) ?? [])].join('-'),
          parameters: [...inherited, ...own].map(withSchema),
          ...(given.requestBody !== undefined && { requestBody: dereference(given.requestBody, document) }),
          ...((given.security ?? document.security) !== undefined && { security: given.security ?? document.security! }),
        }
        const ownServers = given.servers ?? servers
        return { method, path, operation, serverURLs: ownServers && toServerURLs(ownServers) }
      })
  })
}

interface PathItemFields {
  readonly parameters?: readonly ParameterObject[]
  readonly servers?: readonly ServerObject[]
}

/** Resolves a reference such as `#/components/parameters/Page`. References to anything else are kept. */
function dereference<Part extends object>(part: Part, { components }: OpenAPIDocument): Part {
  if (!('$ref' in part) || typeof part.$ref !== 'string') return part
  const [, , kind = ''] = part.$ref.split('/')
  const all = (components as Readonly<Record<string, Readonly<Record<string, Part>> | undefined>>)[kind]
  return all?.[nameOf(part.$ref)] ?? part
}

/** A parameter has either `schema`, or `content` with one media type (OpenAPI 3.1.1 §4.8.12.2). */
function withSchema(parameter: ParameterObject): ParameterObject {
  const { content = {} } = parameter as { readonly content?: Readonly<Record<string, { readonly schema?: ParameterObject['schema'] }>> }
  return { ...parameter, schema: parameter.schema ?? Object.values(content)[0]?.schema ?? {} }
}

function isUntagged({ operation }: ShownOperation): boolean {
  return operation.tags === undefined || operation.tags.length === 0
}

/** `/users/{id}` → `users` */
function beginningOf({ path }: ShownOperation): string {
  return path.split('/')[1] ?? ''
}

type Variables = Readonly<Record<string, { readonly default: string }>>

/** Replaces variables by their defaults: `https://{region}.example.com` → `https://eu.example.com`. */
function toServerURL({ url, variables = {} }: ServerObject & { readonly variables?: Variables }): string {
  return url.replace(/\{([^{}]+)\}/g, (whole, name: string) => variables[name]?.default ?? whole)
}

export function toServerURLs(servers: readonly ServerObject[]): readonly string[] {
  return servers.map(toServerURL)
}
