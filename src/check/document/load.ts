/** The text of a document, from a file or a server, as JSON or YAML → its value, with the files beside it that it refers to. */
import { readFile } from 'node:fs/promises'
import type * as YAML from 'yaml'
import { CheckError } from '../check-error.ts'
import { embedFiles } from './embed.ts'
import { isRecord } from './schema.ts'

/** A document or a file of it can't be read. The message says what is there instead. */
export class UnreadableError extends Error {
  readonly fix: string

  constructor(got: string, fix: string, options?: ErrorOptions) {
    super(got, options)
    this.fix = fix
  }
}

/** Reads the text at a URL. Throws an `UnreadableError`. */
export type ReadText = (url: URL) => Promise<string>

/** The text of a file. Throws an `UnreadableError`. */
export async function readText(url: URL): Promise<string> {
  return readFile(url, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UnreadableError(`no file that can be read (${error.code ?? error.message})`, 'Name the file of the document', {
      cause: error,
    })
  })
}

/** Throws a `CheckError` if there is no document. A reference to a file that can't be read is left unchanged. */
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
    // The credentials of the check are for the host of the document alone.
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

/** `undefined` for what is neither JSON nor YAML. Throws an `UnreadableError` for YAML with an error, or without the package that reads it. */
async function parseText(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Every text is YAML. A document and the files beside it have keys.
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

/** An alias of aliases grows without end. */
const MOST_ALIASES = 10_000

async function importYAML(): Promise<typeof YAML> {
  try {
    return await import('yaml')
  } catch (error) {
    throw new MissingPackageError('YAML', 'Install the package that reads it: npm i -D yaml', { cause: error })
  }
}
