/** One page of a source, as facts: whatever the shape, a page is turned here. */
import { DeclarationError } from '../schema/declaration-error.ts'
import type { CountMode } from './counting.ts'
import type { Asked, Changes, PageFacts, ShapeDefinition, Targets, TurnOptions } from './definition.ts'
import type { PaginationSource } from './source.ts'

/** Throws an `InvalidCursor`, or a `PageNotFound` if the shape is strict. */
export async function turn(
  shape: ShapeDefinition,
  source: PaginationSource<unknown>,
  query: Readonly<Record<string, unknown>>,
  options: TurnOptions,
): Promise<PageFacts> {
  const asked: Asked = Object.fromEntries(Object.entries(shape.names).map(([name, meaning]) => [meaning, query[name]]))
  const mode = (asked.total as CountMode | undefined) ?? shape.modes[0]!
  const limit = (asked.size ?? asked.limit) as number
  const { facts, targets } = await shape.turn(shape, source, { asked, limit, mode }, options)
  const links = options.toLinks?.(named(targets, shape))
  if (links === undefined && Object.values(shape.fields).includes('links')) {
    throw new DeclarationError(
      'PAGE_LINKS',
      'paginate()',
      'expected the request, for links in the content, got none',
      'Declare the page with pagination()',
    )
  }
  return { ...facts, links }
}

/** Meanings → names in the query. */
function named(targets: Targets, { names }: ShapeDefinition): Targets {
  const nameOf = new Map(Object.entries(names).map(([name, meaning]) => [meaning as string, name]))
  const rename = (changes: Changes | undefined) =>
    changes && Object.fromEntries(Object.entries(changes).map(([meaning, value]) => [nameOf.get(meaning)!, value]))
  return { first: rename(targets.first), prev: rename(targets.prev), next: rename(targets.next), last: rename(targets.last) }
}
