/** Copies the files that a document refers to into it: `$ref: ./user.yaml#/User` becomes `$ref: '#/x-files/0/User'`. */
import { referencesIn } from './references.ts'

/** The key of the copied files in the document. */
export const FILES = 'x-files'

/** Reads the value of a file; `undefined` if it cannot be read. */
export type ReadFile = (url: URL) => Promise<unknown>

const MOST_FILES = 2_000

/** Changes the document in place. A reference to a file that cannot be read is left unchanged. */
export async function embedFiles(document: Record<string, unknown>, url: URL, readFile: ReadFile): Promise<void> {
  const files: unknown[] = []
  const start = withoutHash(url)
  const pointers = new Map<string, string | undefined>([[start.href, '']])
  const open = [{ value: document as unknown, base: start }]
  // A YAML alias puts the same object into several places.
  const seen = new Set<object>()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { base } = next
    for (const holder of referencesIn(next.value)) {
      if (seen.has(holder) || (base === start && holder.$ref.startsWith('#'))) continue
      seen.add(holder)
      const target = URL.canParse(holder.$ref, base.href) ? new URL(holder.$ref, base) : undefined
      if (target === undefined) continue
      const file = withoutHash(target)
      if (!pointers.has(file.href)) {
        const value = files.length < MOST_FILES ? await readFile(file) : undefined
        pointers.set(file.href, value === undefined ? undefined : `/${FILES}/${files.length}`)
        if (value !== undefined) {
          files.push(value)
          open.push({ value, base: file })
        }
      }
      const pointer = pointers.get(file.href)
      if (pointer !== undefined) holder.$ref = `#${pointer}${target.hash.slice(1)}`
    }
  }
  if (files.length > 0) document[FILES] = files
}

function withoutHash(url: URL): URL {
  const copy = new URL(url)
  copy.hash = ''
  return copy
}
