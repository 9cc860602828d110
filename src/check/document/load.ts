/** Loads a document, JSON or YAML, from a file or a server, with the files that it refers to. */
import { readFile } from 'node:fs/promises'
import type * as YAML from 'yaml'
import { CheckError } from '../check-error.ts'
import { isRecord, referencesIn } from './schema.ts'

/** A document, or a file that it refers to, cannot be read. The message says what was found instead. */
export class UnreadableError extends Error {
  readonly fix: string

  constructor(got: string, fix: string, options?: ErrorOptions) {
    super(got, options)
    this.fix = fix
  }
}

/** Reads the text at a URL. Throws an `UnreadableError`. */
type ReadText = (url: URL) => Promise<string>

/** Reads the text of a file. Throws an `UnreadableError`. */
export async function readText(url: URL): Promise<string> {
  return readFile(url, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UnreadableError(`no file that can be read (${error.code ?? error.message})`, 'Name the file of the document', {
      cause: error,
    })
  })
}

/** Throws a `CheckError` if the document cannot be read. A reference to a file that cannot be read is left unchanged. */
export async function loadDocument(url: URL, name: string, readText: ReadText): Promise<Record<string, unknown>> {
  const fail = (got: string, fix: string) =>
    new CheckError('CHECK_DOCUMENT', name, `expected an OpenAPI document as JSON or YAML, got ${got}`, fix)
  const refuse = (error: unknown): never => {
    throw error instanceof UnreadableError ? fail(error.message, error.fix) : error
  }
  const text = await readText(url).catch(refuse)
  const value = await parseText(text).catch(refuse)
  if (!isRecord(value)) throw fail(text.trimStart().startsWith('<') ? 'HTML' : 'other text', 'Name the document with --document')
  await embedFiles(value, url, async (file) => {
    // The credentials of the check are only sent to the host of the document.
    if (file.protocol !== url.protocol || file.host !== url.host) return undefined
    try {
      return await parseText(await readText(file))
    } catch (error) {
      if (error instanceof MissingPackageError) throw error
      return undefined
    }
  }).catch(refuse)
  return value
}

class MissingPackageError extends UnreadableError {}

/** Returns `undefined` if the text is neither JSON nor YAML. Throws an `UnreadableError` for YAML with an error, or if the package `yaml` is not installed. */
async function parseText(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Every text is valid YAML, so only text with keys is read as YAML.
    if (!/^[\w$'"/-][^\n]*:(?:\s|$)/m.test(text) || text.trimStart().startsWith('<')) return undefined
  }
  const { parse, YAMLParseError } = await importYAML()
  try {
    return parse(text, { maxAliasCount: MOST_ALIASES }) as unknown
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined
    throw new UnreadableError(line === undefined ? 'YAML with an error' : `YAML with an error in line ${line}`, 'Correct it', {
      cause: error,
    })
  }
}

/** Aliases of aliases may grow exponentially. */
const MOST_ALIASES = 10_000

async function importYAML(): Promise<typeof YAML> {
  try {
    return await import('yaml')
  } catch (error) {
    throw new MissingPackageError('YAML', 'Install the package that reads it: npm i -D yaml', { cause: error })
  }
}

/** The key of the copied files in the document. */
export const FILES = 'x-files'

/** Reads the value of a file; `undefined` if it cannot be read. */
type ReadFile = (url: URL) => Promise<unknown>

const MOST_FILES = 2_000

/** Changes the document in place. A reference to a file that cannot be read is left unchanged. */
async function embedFiles(document: Record<string, unknown>, url: URL, readFile: ReadFile): Promise<void> {
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
