/** Reports for machines: JSON, JUnit, and annotations of GitHub Actions. */
import type { Cause } from '../causes.ts'
import type { CheckResult } from '../check.ts'
import { originOf, toCurl, type Origin } from '../reproduce.ts'
import { describeResponse } from './pretty.ts'

/** The result as JSON. Each request is a curl line. */
export function formatJSON(result: CheckResult): string {
  const origin = originOf(result)
  return `${JSON.stringify(
    {
      ...result,
      milliseconds: Math.round(result.milliseconds),
      causes: result.causes.map((cause) => toPlain(cause, origin)),
      known: result.known.map((cause) => toPlain(cause, origin)),
    },
    undefined,
    2,
  )}\n`
}

function toPlain({ steps, response, ...cause }: Cause, origin: Origin): object {
  return {
    ...cause,
    curl: steps.map((step) => toCurl(origin, step)),
    response:
      response === undefined
        ? undefined
        : { status: response.status, headers: response.headers, ending: response.ending, shown: describeResponse(response) },
  }
}

/** The result as JUnit XML, with one test case for each operation and one failure for each cause. */
export function formatJUnit(result: CheckResult): string {
  const origin = originOf(result)
  const operations = [
    ...new Set([...result.coverage.map(({ operation }) => operation), ...result.causes.map(({ operation }) => operation)]),
  ]
  const cases = operations.map((operation) => {
    const failures = result.causes.filter((cause) => cause.operation === operation)
    const inner = failures.map(
      ({ rule, message, steps, id }) =>
        `<failure type="${xml(rule)}" message="${xml(message)}">${xml([...steps.map((step) => toCurl(origin, step)), id].join('\n'))}</failure>`,
    )
    return `  <testcase classname="riposte check" name="${xml(operation === '' ? 'the document' : operation)}">${inner.join('')}</testcase>`
  })
  const failed = operations.filter((operation) => result.causes.some((cause) => cause.operation === operation)).length
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="${xml(result.title || result.target)}" tests="${operations.length}" failures="${failed}" time="${(result.milliseconds / 1000).toFixed(3)}">\n${cases.join('\n')}\n</testsuite>\n`
}

export function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  // XML does not allow other control characters, even escaped.
  return text
    .replaceAll(/[&<>"']/g, (char) => entities[char]!)
    .replaceAll(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
}

/** The result as annotations of GitHub Actions. https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
export function formatGitHub(result: CheckResult): string {
  const lines = result.causes.map(
    ({ rule, operation, message, id }) =>
      `::error title=${property(`riposte check: ${rule}`)}::${data(`${operation} ${message} (${id})`.trim())}`,
  )
  const warnings = result.warnings.map(
    ({ kind, message, places }) => `::warning title=${property(`riposte check: ${kind}`)}::${data(`${message}: ${places.join('; ')}`)}`,
  )
  return [...lines, ...warnings, ''].join('\n')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
