/** Names of operations: what a client calls, so that they are readable and each is there once. */
import { DeclarationError } from '../schema/declaration-error.ts'

export interface Identified {
  readonly method: string
  /** As it stands in the document. */
  readonly path: string
  readonly operationId: string | undefined
}

/** In the order of the routes. Throws a `DeclarationError` where one is declared twice. */
export function toOperationIds(routes: readonly Identified[]): readonly string[] {
  const taken = new Set<string>()
  for (const { method, path, operationId } of routes) {
    if (operationId === undefined) continue
    if (taken.has(operationId)) {
      throw new DeclarationError(
        'DUPLICATE_OPERATION',
        `${method} ${path}`,
        'another route has this operationId',
        'Give one of them another',
      )
    }
    taken.add(operationId)
  }
  return routes.map((route) => route.operationId ?? takeFree(nameOf(route), taken))
}

/** `GET /users/{user_id}/orders` → `getUsersByUserIdOrders`, `GET /` → `getRoot` */
function nameOf({ method, path }: Identified): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const words = segments.map((segment) => (segment.startsWith('{') ? `by ${segment}` : segment)).join(' ')
  return method.toLowerCase() + toPascalCase(segments.length === 0 ? 'root' : words)
}

function toPascalCase(text: string): string {
  return text
    .split(/[^A-Za-z\d]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

function takeFree(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name}${number}`
  taken.add(free)
  return free
}
