/** A root of files in memory, and what was opened from it. */
import type { FileLike, FileRoot } from '../../src/representation/file-like.ts'

export const MODIFIED = Date.UTC(2024, 0, 2, 3, 4, 5)
export const MODIFIED_FIELD = 'Tue, 02 Jan 2024 03:04:05 GMT'

/** Byte `i` is `i & 255`: a part shows its place in the whole. */
export const pattern = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => i & 255)

export interface MemoryRoot extends FileRoot {
  /** Content that is being read. */
  reading: number
  /** Content that was begun to be read. */
  begun: number
}

/** With `canReadWhole`, small files are read at once, as those of a disk are. */
export function memoryRoot(files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>, canReadWhole = true): MemoryRoot {
  const root: MemoryRoot = {
    reading: 0,
    begun: 0,
    open: (path) => Promise.resolve(Object.hasOwn(files, path) ? toFile(path, files[path]!) : undefined),
  }
  return root

  function toFile(path: string, content: string | Uint8Array<ArrayBuffer>): FileLike {
    const blob = new Blob([content])
    return {
      name: path.slice(path.lastIndexOf('/') + 1),
      size: blob.size,
      lastModified: MODIFIED + 678,
      etag: `"${path.replaceAll(/[^\w.]/g, '-')}"`,
      slice(start, end) {
        const part = blob.slice(start, end)
        return { stream: () => read(part), ...(canReadWhole ? { arrayBuffer: () => (root.begun++, part.arrayBuffer()) } : {}) }
      },
    }
  }

  async function* read(part: Blob): AsyncGenerator<Uint8Array, void, void> {
    root.reading++
    root.begun++
    try {
      for (let at = 0; at < part.size; at += 65_536) yield new Uint8Array(await part.slice(at, at + 65_536).arrayBuffer())
    } finally {
      root.reading--
    }
  }
}
