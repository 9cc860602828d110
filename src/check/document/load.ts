/** The text of a document, from a file or a server, as JSON or YAML → its value, with the files beside it that it refers to. */
import { readFile } from 'node:fs/promises'
import type * as YAML from 'yaml'
import { CheckError } from '../check-error.ts'
import { embedFiles } from './embed.ts'
import { isRecord } from './schema.ts'

/** Its message says what is there instead of a text. */
export class NoTextError extends Error {}

/** Reads the text at a URL. Throws a `NoTextError`. */
export type ReadText = (url: URL) => Promise<string>

/** The text of a file. Throws a `NoTextError`. */
export async function readText(url: URL): Promise<string> {
  return readFile(url, 'utf8').catch(() => {
    throw new NoTextError('no such file')
  })
}

/** Throws a `CheckError` where there is no document. A reference to a file that can't be read is left unchanged. */
export async function loadDocument(url: URL, name: string, readText: ReadText): Promise<Record<string, unknown>> {
  const fail = (got: string, fix: string) =>
    new CheckError('CHECK_DOCUMENT', name, `expected an OpenAPI document as JSON or YAML, got ${got}`, fix)
  const text = await readText(url).catch((error: unknown) => {
    if (error instanceof CheckError) throw error
    throw fail(error instanceof NoTextError ? error.message : 'no text', 'Start the server, or name the document with --document')
  })
  const value = await parseText(text).catch((error: unknown) => {
    throw error instanceof MissingPackageError ? fail('YAML', 'Install the package that reads it: npm i -D yaml') : error
  })
  if (!isRecord(value)) throw fail(text.trimStart().startsWith('<') ? 'HTML' : 'other text', 'Name the document with --document')
  await embedFiles(value, url, async (file) => {
    if (file.protocol !== url.protocol) return undefined
    try {
      return await parseText(await readText(file))
    } catch {
      return undefined
    }
  })
  return value
}

class MissingPackageError extends Error {}

/** `undefined` for what is neither JSON nor YAML. */
async function parseText(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Every text is YAML. A document and the files beside it have keys.
    if (!/^[\w$'"/-][^\n]*:(?:\s|$)/m.test(text) || text.trimStart().startsWith('<')) return undefined
  }
  const { parse } = await importYAML()
  try {
    return parse(text, { maxAliasCount: MOST_ALIASES }) as unknown
  } catch {
    return undefined
  }
}

/** An alias of aliases grows without end. */
const MOST_ALIASES = 10_000

async function importYAML(): Promise<typeof YAML> {
  try {
    return await import('yaml')
  } catch (error) {
    throw new MissingPackageError('yaml', { cause: error })
  }
}
