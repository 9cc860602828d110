/** Finds problems of a document itself, before any request is sent. */
import type { DocumentProblem, Operation } from './operation.ts'
import { follow, objectsIn, valueAt, isRecord } from './schema.ts'

export function findProblems(
  root: Readonly<Record<string, unknown>>,
  version: string,
  operations: readonly Operation[],
): readonly DocumentProblem[] {
  return [
    ...operationIds(operations),
    ...pathParameters(operations),
    ...operations
      .filter(({ responses }) => responses.length === 0)
      .map(({ key }) => ({ place: `${key} responses`, message: 'expected a response, got none' })),
    ...securityNames(root, operations),
    ...(version === '3.2' ? [] : itemSchemas(operations, root, version)),
    ...danglingReferences(root),
  ]
}

function operationIds(operations: readonly Operation[]): readonly DocumentProblem[] {
  const first = new Map<string, string>()
  return operations.flatMap(({ key, operationId }) => {
    if (operationId === undefined) return []
    const other = first.get(operationId)
    first.set(operationId, other ?? key)
    return other === undefined ? [] : [{ place: `${key} operationId`, message: `expected a unique id, got that of ${other}` }]
  })
}

function pathParameters(operations: readonly Operation[]): readonly DocumentProblem[] {
  return operations.flatMap(({ key, path, parameters }) => {
    const names = Array.from(path.matchAll(/\{[+./;?&#]?([^}*]+)\*?\}/g), ([, name]) => name!)
    const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    return [
      ...names
        .filter((name) => !declared.includes(name))
        .map((name) => ({ place: `${key} path.${name}`, message: 'expected a declared path parameter, got none' })),
      ...declared
        .filter((name) => !names.includes(name))
        .map((name) => ({ place: `${key} path.${name}`, message: 'expected the parameter in the path, got none' })),
    ]
  })
}

function securityNames(root: unknown, operations: readonly Operation[]): readonly DocumentProblem[] {
  const schemes = valueAt(root, '/components/securitySchemes')
  const known = isRecord(schemes) ? Object.keys(schemes) : []
  return operations.flatMap(({ key, security }) => {
    const unknown = security.flatMap((each) => Object.keys(each)).filter((name) => !known.includes(name))
    return [...new Set(unknown)].map((name) => ({ place: `${key} security.${name}`, message: 'expected a declared scheme, got none' }))
  })
}

/** `itemSchema` is new in OpenAPI 3.2. Readers of an older document ignore it. */
function itemSchemas(operations: readonly Operation[], root: unknown, version: string): readonly DocumentProblem[] {
  return operations.flatMap(({ key, responses }) =>
    responses.flatMap(({ key: status, contents }) =>
      contents
        .filter(({ itemSchema }) => itemSchema?.pointer.endsWith('/itemSchema') === true && valueAt(root, itemSchema.pointer) !== undefined)
        .map(() => ({ place: `${key} responses.${status}`, message: `expected OpenAPI 3.2 for itemSchema, got ${version}` })),
    ),
  )
}

function danglingReferences(root: unknown): readonly DocumentProblem[] {
  const references = new Set<string>()
  const ids = new Set<unknown>()
  for (const { $ref, $id } of objectsIn(root)) {
    if (typeof $ref === 'string') references.add($ref)
    if ($id !== undefined) ids.add($id)
  }
  return [...references]
    .filter((reference) => !ids.has(reference) && follow(root, { pointer: '', value: { $ref: reference } }) === undefined)
    .map((reference) => ({
      place: reference,
      message: reference.startsWith('#')
        ? 'expected a reference into this document, got one without a target'
        : 'expected a file that can be read, got none',
    }))
}
