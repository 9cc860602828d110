/** Operations by tag; where there are no tags, by the beginning of their path. */
import type { OpenAPIDocument } from '../document.ts'
import type { OperationObject } from '../operation.ts'

export interface ShownOperation {
  /** As it goes over the wire: `GET`. */
  readonly method: string
  readonly path: string
  readonly operation: OperationObject
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly operations: readonly ShownOperation[]
}

const OTHERS = 'others'

/** In the order of the document's tags, then as they come; what belongs nowhere is last. */
export function toGroups({ paths, tags = [] }: OpenAPIDocument): readonly Group[] {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      // An item may have servers of its own.
      .filter(([, operation]) => 'responses' in operation)
      .map(([key, operation]) => ({ method: key.replace(/^x-/, '').toUpperCase(), path, operation })),
  )
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
    .map(([name, operations]) => ({
      id: `tag-${name.replace(/\W+/g, '-')}`,
      name,
      description: tags.find((tag) => tag.name === name)?.description,
      operations,
    }))
}

function isUntagged({ operation }: ShownOperation): boolean {
  return operation.tags === undefined
}

/** `/users/{id}` → `users` */
function beginningOf({ path }: ShownOperation): string {
  return path.split('/')[1] ?? ''
}
