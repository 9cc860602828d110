/** Compiles a path template of a document, such as `/users/{user_id}`, into a matcher. */

/** Returns the values of the parameters of a path, or `undefined` if the template does not match. */
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
