/** Reads the operations of an OpenAPI 3.0, 3.1 or 3.2 document. A part that it cannot read is a problem of the document, not an exception. */
import { CheckError } from '../check-error.ts'
import { normaliseSchemas } from './normalise.ts'
import type { Description, DocumentProblem, Operation, PathMatcher, SecurityRequirement, SecurityScheme } from './operation.ts'
import { readParts, type Reader } from './parts.ts'
import { childOf, follow, isRecord } from './schema.ts'
import { findProblems } from './problems.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query']

/** Changes the schemas of the document in place. Throws a `CheckError` (`CHECK_DOCUMENT`) if it is not an OpenAPI 3 document. */
export function readDocument(document: unknown, where: string): Description {
  if (!isRecord(document)) throw new CheckError('CHECK_DOCUMENT', where, 'expected an OpenAPI document', 'Give the URL or the file of one')
  const { openapi, info } = document
  const version = typeof openapi === 'string' ? /^3\.[012]/.exec(openapi)?.[0] : undefined
  if (version === undefined) {
    const given =
      typeof openapi === 'string' ? openapi : typeof document['swagger'] === 'string' ? `Swagger ${document['swagger']}` : 'no version'
    throw new CheckError('CHECK_DOCUMENT', where, `expected OpenAPI 3.0, 3.1 or 3.2, got ${given}`, 'Convert the document first')
  }
  if (version === '3.0') normaliseSchemas(document)
  const problems: DocumentProblem[] = []
  const reader: Reader = { root: document, problems }
  const operations = readOperations(reader)
  return {
    title: isRecord(info) && typeof info['title'] === 'string' ? info['title'] : '',
    version,
    root: document,
    operations,
    schemes: readSchemes(document),
    problems: [...problems, ...findProblems(document, version, operations)],
  }
}

function readOperations(reader: Reader): readonly Operation[] {
  const { root, problems } = reader
  const paths = isRecord(root['paths']) ? root['paths'] : {}
  const operations: Operation[] = []
  for (const [path, given] of Object.entries(paths)) {
    if (path.startsWith('x-')) continue
    const item = follow(root, { pointer: childOf('/paths', path), value: given })
    if (item === undefined || !isRecord(item.value)) {
      problems.push({ place: path, message: 'expected a path item, got a reference without a target' })
      continue
    }
    const additional = isRecord(item.value['additionalOperations']) ? item.value['additionalOperations'] : {}
    const declared = [
      ...METHODS.filter((method) => isRecord((item.value as Record<string, unknown>)[method])).map((method) => ({
        method: method.toUpperCase(),
        pointer: childOf(item.pointer, method),
        value: (item.value as Record<string, unknown>)[method] as Readonly<Record<string, unknown>>,
      })),
      ...Object.entries(additional).map(([method, value]) => ({
        method,
        pointer: childOf(item.pointer, 'additionalOperations', method),
        value: isRecord(value) ? value : {},
      })),
    ]
    for (const { method, pointer, value } of declared) {
      const key = `${method} ${path}`
      const basePath = basePathOf(value['servers'] ?? item.value['servers'] ?? root['servers'])
      operations.push({
        key,
        method,
        path,
        basePath,
        match: compilePath(basePath + path),
        operationId: typeof value['operationId'] === 'string' ? value['operationId'] : undefined,
        security: securityOf(value['security'] ?? root['security']),
        ...readParts(reader, {
          key,
          pointer,
          operation: value,
          shared: { pointer: childOf(item.pointer, 'parameters'), value: item.value['parameters'] },
        }),
      })
    }
  }
  return operations
}

/** The path of the first server URL. Its host is ignored, because the check has its own target. */
function basePathOf(servers: unknown): string {
  const first = (Array.isArray(servers) ? (servers[0] as unknown) : undefined) ?? {}
  if (!isRecord(first) || typeof first['url'] !== 'string') return ''
  const variables = isRecord(first['variables']) ? first['variables'] : {}
  const url = first['url'].replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
    const variable = variables[name]
    return isRecord(variable) && typeof variable['default'] === 'string' ? variable['default'] : name
  })
  return url
    .replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')
    .replace(/\/+$/, '')
    .replace(/^(?=[^/])/, '/')
}

/** `/users/{user_id}` → a function that matches the paths of users. */
function compilePath(template: string): PathMatcher {
  const names: string[] = []
  const source = template.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  const pattern = new RegExp(`^${source}$`)
  return (path) => {
    const match = pattern.exec(path)
    return match === null ? undefined : Object.fromEntries(names.map((name, index) => [name, decode(match[index + 1]!)]))
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function securityOf(given: unknown): readonly SecurityRequirement[] {
  return Array.isArray(given) ? given.filter(isRecord).map((each) => each as SecurityRequirement) : []
}

function readSchemes(root: Readonly<Record<string, unknown>>): ReadonlyMap<string, SecurityScheme> {
  const components = isRecord(root['components']) ? root['components'] : {}
  const schemes = isRecord(components['securitySchemes']) ? components['securitySchemes'] : {}
  return new Map(
    Object.entries(schemes).flatMap(([name, given]) => {
      const value = follow(root, { pointer: '', value: given })?.value
      if (!isRecord(value)) return []
      return [
        [
          name,
          {
            name,
            type: text(value['type']),
            scheme: text(value['scheme']).toLowerCase(),
            in: text(value['in']),
            parameter: text(value['name']),
          },
        ],
      ]
    }),
  )
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
