/** A path template of a document → what it matches: `/users/{user_id}`. */

/** The values of a path that the template matches. */
export type PathMatcher = (path: string) => Readonly<Record<string, string>> | undefined

export function compilePath(template: string): PathMatcher {
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
