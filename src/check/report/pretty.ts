/** The report for a terminal: the number of causes, then each cause with a request that reproduces it. */
import type { Cause } from '../causes.ts'
import type { CheckResult } from '../check.ts'
import type { CoverageRow, Warning } from '../coverage.ts'
import { originOf, toCurl, type Origin } from '../reproduce.ts'
import { RULES } from '../rules/rule.ts'
import { headerOf, textOf } from '../send/wire.ts'

/** Options of `formatResult()`. */
export interface PrettyOptions {
  /** Adds the coverage table. Default: false, the report only counts the responses that were never seen. */
  readonly coverage?: boolean
}

/** The result of a check as text for a terminal. */
export function formatResult(result: CheckResult, { coverage = false }: PrettyOptions = {}): string {
  const { title, target, operations, requests, seed, milliseconds, causes } = result
  const origin = originOf(result)
  const head = `${title === '' ? target : `${title} at ${target}`}: ${count(operations, 'operation')}, ${count(requests, 'request')}, ${(milliseconds / 1000).toFixed(1)} s, seed ${seed}`
  return [
    head,
    ...(coverage ? ['', formatCoverage(result.coverage)] : []),
    ...result.warnings.flatMap((warning) => ['', formatWarning(warning)]),
    ...formatBaselineNotes(result),
    '',
    count(causes.length, 'cause'),
    ...causes.flatMap((cause, index) => ['', formatCause(cause, index + 1, origin)]),
    ...(causes.length === 0 ? [] : ['', neverSeen(result.coverage)]),
  ].join('\n')
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}

function formatCause(
  { id, rule, operation, operations, message, count: times, steps, response }: Cause,
  index: number,
  origin: Origin,
): string {
  const others = operations.length > 1 ? ` and ${count(operations.length - 1, 'other operation')}` : ''
  return [
    `${index}. ${operation === '' ? 'the document' : `${operation}${others}`}`,
    `   ${message}`,
    `   ${rule}: ${RULES[rule]}`,
    ...steps.map((step) => `   ${toCurl(origin, step)}`),
    ...(response === undefined ? [] : [`   → ${describeResponse(response)}`]),
    `   ${id}${times > 1 ? `, seen ${times.toLocaleString('en')} times` : ''}`,
  ].join('\n')
}

const MOST_SHOWN = 160

export function describeResponse(response: NonNullable<Cause['response']>): string {
  if (response.ending === 'none') return `no response: ${response.reason}`
  const text = textOf(response).replaceAll(/[\s\p{Cc}]+/gu, ' ')
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
  return [String(response.status), headerOf(response, 'content-type') ?? '', shown].filter((part) => part !== '').join(' ')
}

const MOST_PLACES = 6

function formatWarning({ message, places }: Warning): string {
  const more = places.length > MOST_PLACES ? [`    and ${places.length - MOST_PLACES} more`] : []
  return [`! ${message}`, ...places.slice(0, MOST_PLACES).map((place) => `    ${place}`), ...more].join('\n')
}

function formatBaselineNotes({ known, expired, unused }: CheckResult): readonly string[] {
  return [
    ...(known.length === 0 ? [] : ['', `${count(known.length, 'cause')} accepted by the baseline`]),
    ...expired.map(({ cause, expires }) => `! The baseline entry ${cause} expired on ${expires}`),
    ...unused.map(({ cause }) => `! The baseline entry ${cause} was not found: remove it if it is fixed`),
  ]
}

function neverSeen(rows: readonly CoverageRow[]): string {
  const unseen = rows.filter(({ count: times, isDeclared }) => isDeclared && times === 0).length
  return `${count(unseen, 'declared response')} of ${rows.filter(({ isDeclared }) => isDeclared).length} never seen: --coverage lists them`
}

function formatCoverage(rows: readonly CoverageRow[]): string {
  const width = Math.max(0, ...rows.map(({ mediaType }) => mediaType.length))
  const lines: string[] = []
  let operation: string | undefined
  for (const row of rows.toSorted((a, b) => a.operation.localeCompare(b.operation) || a.status.localeCompare(b.status))) {
    if (row.operation !== operation) lines.push(row.operation)
    operation = row.operation
    const seen = row.count === 0 ? 'never seen' : `${row.count.toLocaleString('en')}×`
    lines.push(`  ${row.status.padEnd(7)}  ${row.mediaType.padEnd(width)}  ${seen}${row.isDeclared ? '' : ', not declared'}`)
  }
  return lines.join('\n')
}
