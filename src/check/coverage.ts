/** Counts the responses of each operation by status and media type. */
import { responseFor, type Operation } from './document/operation.ts'
import { contentFor } from './rules/answer.ts'
import { mediaTypeOf, type Answer } from './send/wire.ts'

/** How often a response was seen: an operation, a status and a media type. */
export interface CoverageRow {
  readonly operation: string
  /** `200`, `4XX` or `default`; the status itself if it is not declared. */
  readonly status: string
  /** Empty for a response without content. */
  readonly mediaType: string
  readonly count: number
  readonly isDeclared: boolean
}

export class Coverage {
  readonly #rows = new Map<string, { readonly row: Omit<CoverageRow, 'count'>; count: number }>()

  constructor(operations: readonly Operation[]) {
    for (const { key, responses } of operations) {
      for (const { key: status, contents } of responses) {
        const types = contents.length === 0 ? [''] : contents.map(({ mediaType }) => mediaType)
        for (const mediaType of types)
          this.#rows.set(`${key}\n${status}\n${mediaType}`, { row: { operation: key, status, mediaType, isDeclared: true }, count: 0 })
      }
    }
  }

  take(operation: Operation, answer: Answer): void {
    if (answer.ending === 'none') return
    const declared = responseFor(operation, answer.status)
    const got = mediaTypeOf(answer) ?? ''
    const content = declared === undefined || got === '' ? undefined : contentFor(declared, got)
    const status = declared?.key ?? String(answer.status)
    const mediaType = declared?.contents.length === 0 ? '' : (content?.mediaType ?? got)
    const key = `${operation.key}\n${status}\n${mediaType}`
    const known = this.#rows.get(key) ?? { row: { operation: operation.key, status, mediaType, isDeclared: false }, count: 0 }
    known.count += 1
    this.#rows.set(key, known)
  }

  list(): readonly CoverageRow[] {
    return [...this.#rows.values()].map(({ row, count }) => ({ ...row, count }))
  }
}
