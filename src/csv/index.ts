/** Rows as CSV (RFC 4180), each checked and filtered by its model. */
import { renderChunks, type ToChunk } from '../representation/chunks.ts'
import type { Representation } from '../representation/representation.ts'
import { toSlowClientLimit, type SlowClientOptions } from '../reply/slow-client.ts'
import { toItems, type Sequence } from '../reply/sequence.ts'
import { compileEncoder } from '../schema/encode.ts'
import { bigintToText, toBase64 } from '../schema/encode/closures/scalars.ts'
import type { Accepted, AnySchema } from '../schema/schema.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Node } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { wrapped } from '../schema/walk-node.ts'

/** Options of `csv()`. */
export interface CSVOptions extends SlowClientOptions {
  /** Whether a line of column names precedes the rows. Default: true. */
  readonly header?: boolean
  /** Whether `'` is put in front of a text that a spreadsheet would run as a formula: a text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return. Default: false. */
  readonly escapeFormulas?: boolean
}

/**
 * Comma-separated values of a model (RFC 4180).
 * The columns are the fields of the model, in their order. A union has the columns of all its options. Dates are written as RFC 3339, bytes as base64,
 * objects and lists as JSON. Null and missing values are empty. A row that breaks its model ends the content with an error.
 *
 * @throws {DeclarationError} if rows of the model may be something else than objects with named fields (`CSV_MODEL`)
 */
export function csv<S extends AnySchema>(
  schema: S,
  { header = true, escapeFormulas = false, ...limits }: CSVOptions = {},
): Representation<Sequence<Accepted<S>>> {
  const names = namesOf(readModel(schema))
  const slowClient = toSlowClientLimit(limits)
  const toCell = (value: unknown) =>
    quote(typeof value === 'string' && escapeFormulas && /^[=+\-@\t\r]/.test(value) ? `'${value}` : textOf(value))
  return {
    kind: 'csv',
    mediaType: 'text/csv; charset=utf-8',
    content: { form: { type: 'string', contentMediaType: 'text/csv', description: `Columns: ${names.join(', ')}` } },
    compile() {
      const { filter } = compileEncoder(schema)
      const toChunk: ToChunk = (item) => {
        if (item === HEADER) return `${names.map(quote).join(',')}\r\n`
        const row = filter(item) as Readonly<Record<string, unknown>>
        return `${names.map((name) => toCell(row[name])).join(',')}\r\n`
      }
      return (reply, value, exchange) => {
        const items = toItems(value)
        return renderChunks(reply, header && items !== undefined ? withHeader(items) : value, exchange, { toChunk, slowClient })
      }
    },
  }
}

const HEADER = Symbol()

/** Yields the header after the first row was read, so that an error before the first row is an ordinary error response. */
async function* withHeader(items: AsyncIterator<unknown> | Iterator<unknown>): AsyncGenerator {
  let isDone = false
  try {
    const first = await items.next()
    yield HEADER
    for (let next = first; next.done !== true; next = await items.next()) yield next.value
    isDone = true
  } finally {
    if (!isDone) await items.return?.()
  }
}

/** The columns of a union are the fields of all its options. A row leaves the fields of other options empty. */
function namesOf(node: Node): readonly string[] {
  if (node.kind === 'object' && node.properties.length > 0) return node.properties.map(({ name }) => name)
  if (node.kind === 'union') return [...new Set(node.options.flatMap(namesOf))]
  if (node.kind === 'intersection') return [...new Set([...namesOf(node.left), ...namesOf(node.right)])]
  const isAlwaysObject = node.kind === 'default' || node.kind === 'reference' || node.kind === 'island' || node.kind === 'codec'
  const inner = isAlwaysObject ? wrapped(node, 'response') : undefined
  if (inner !== undefined) return namesOf(inner)
  throw new DeclarationError('CSV_MODEL', 'csv()', `expected objects with named fields, got ${node.kind}`, 'Name its fields')
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return toBase64(value)
  if (typeof value === 'string') return value
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value, (_name, each: unknown) => bigintToText(each))
}

/** `field = (escaped / non-escaped)` (RFC 4180 §2). Quotes a text that contains a comma, a quote or a line break, or that begins or ends with a space. */
function quote(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
