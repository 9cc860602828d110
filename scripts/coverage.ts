/** What the tests run of `src`, from what V8 wrote down in each test process (`NODE_V8_COVERAGE`). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

interface Script {
  readonly url: string
  readonly functions: readonly { readonly functionName: string; readonly ranges: readonly Range[] }[]
}

export interface FileCoverage {
  /** The path of the file in the repository. */
  readonly file: string
  /** From 0 to 1: characters of code that ran, of all. */
  readonly share: number
  readonly characters: number
}

const SOURCES = pathToFileURL(`${process.cwd()}/src/`).href

/** Reads every report below the folder. A file that no test has loaded is not in it. */
export function readCoverage(folder: string): FileCoverage[] {
  const runs = new Map<string, Uint8Array>()
  for (const name of readdirSync(folder)) {
    for (const script of parseReport(readFileSync(join(folder, name), 'utf8'))) {
      if (script.url.startsWith(SOURCES)) runs.set(script.url, joined(runs.get(script.url), marksOf(script)))
    }
  }
  return [...runs]
    .filter(([, marks]) => marks.length > 0)
    .map(([url, marks]) => ({
      file: `src/${url.slice(SOURCES.length)}`,
      share: marks.reduce((sum, mark) => sum + mark, 0) / marks.length,
      characters: marks.length,
    }))
    .toSorted((one, other) => one.share - other.share)
}

/** A process that was killed leaves a report that is cut. */
function parseReport(text: string): readonly Script[] {
  try {
    return (JSON.parse(text) as { result: readonly Script[] }).result
  } catch {
    return []
  }
}

/** 1 for each character that ran, up to the end of the last function: what follows is the source map, which is no code. */
function marksOf({ functions }: Script): Uint8Array {
  const [whole, ...inner] = functions.flatMap((one) => one.ranges).toSorted((one, other) => lengthOf(other) - lengthOf(one))
  const marks = new Uint8Array(Math.max(0, ...inner.map(({ endOffset }) => endOffset))).fill(whole!.count > 0 ? 1 : 0)
  // Ranges are nested: an inner one is more exact than the one around it.
  for (const { startOffset, endOffset, count } of inner) marks.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  return marks
}

const lengthOf = ({ startOffset, endOffset }: Range) => endOffset - startOffset

function joined(before: Uint8Array | undefined, now: Uint8Array): Uint8Array {
  return before === undefined || before.length !== now.length ? now : now.map((mark, at) => mark | before[at]!)
}

/** The share of all files together. */
export function totalOf(files: readonly FileCoverage[]): number {
  const characters = files.reduce((sum, one) => sum + one.characters, 0)
  return files.reduce((sum, { share, characters: own }) => sum + share * own, 0) / characters
}
