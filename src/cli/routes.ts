/** Lists the routes of an app: the responses of each, how they are encoded, and which parts go through a schema library. */
import type { DescribedResponse } from '../contract/describe.ts'

export function formatRoutes(responses: readonly DescribedResponse[]): string {
  const width = Math.max(0, ...responses.map((response) => contentOf(response).length))
  const lines: string[] = []
  let route: string | undefined
  for (const response of responses) {
    const { where, status, backEnd = '', islands } = response
    if (where !== route) lines.push('', where)
    route = where
    lines.push(`  ${status}  ${contentOf(response).padEnd(width)}  ${backEnd}`.trimEnd())
    for (const { path, reason } of islands) lines.push(`       ${formatPath(path)}: left to its library: ${reason}`)
  }
  return lines.slice(1).join('\n')
}

function contentOf({ mediaType = '', event }: DescribedResponse): string {
  return event === undefined ? mediaType : `${mediaType} ${event}`
}

/** `items[].email` */
function formatPath(path: readonly string[]): string {
  return path.length === 0 ? 'all of it' : path.join('.').replaceAll('.[]', '[]')
}
