/** The files of the conformance app where a runtime has no disk. The bundler puts the contents in: base64 by path. */
import type { FileLike, FileRoot } from '../../src/index.ts'

declare const FIXTURES: Readonly<Record<string, string>>

/** What the fixtures on a disk have. */
const MODIFIED = Date.parse('2024-01-02T03:04:05Z')
const TYPES: Readonly<Record<string, string>> = { txt: 'text/plain', html: 'text/html', json: 'application/json', csv: 'text/csv' }

const decode = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

export const files: FileRoot = {
  async open(path) {
    const content = path.startsWith('.') ? undefined : FIXTURES[`files/${path}`]
    if (content === undefined) return undefined
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? ''
    const blob = new Blob([decode(content)], { type })
    return {
      size: blob.size,
      type,
      name: path.slice(path.lastIndexOf('/') + 1),
      lastModified: MODIFIED,
      etag: `"${path.length}-${blob.size}"`,
      slice: sliceOf(blob),
    }
  },
}

function sliceOf(blob: Blob): FileLike['slice'] {
  return (start, end) => {
    const part = blob.slice(start, end)
    return {
      arrayBuffer: () => part.arrayBuffer(),
      stream: async function* () {
        yield new Uint8Array(await part.arrayBuffer())
      },
    }
  }
}

export const downloads: FileRoot = { open: async (name) => (name.includes('/') ? undefined : files.open(name)) }

export function openLargeFile(): Iterable<Uint8Array> {
  return [decode(FIXTURES['large_file.csv'] ?? '')]
}
