/** The report as an HTML page without external resources: causes, warnings and the coverage table. */
import type { Cause } from '../causes.ts'
import type { CheckResult } from '../check.ts'
import { originOf, toCurl, type Origin } from '../reproduce.ts'
import { RULES } from '../rules/rule.ts'
import { xml as escape } from './machine.ts'
import { count, describeResponse } from './pretty.ts'

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --bad: #c62828; --good: #2e7d32; --warn: #b26a00 }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #81c784; --warn: #ffb74d } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.5rem; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 2rem 0 .75rem }
p { margin: .25rem 0 } .facts { opacity: .75 }
.verdict { font-size: 1.25rem; font-weight: 600; margin: 1rem 0 } .bad { color: var(--bad) } .good { color: var(--good) } .warn { color: var(--warn) }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; overflow: hidden }
summary { cursor: pointer; padding: .6rem .8rem; background: var(--soft) } summary strong { overflow-wrap: anywhere }
summary span { display: block; overflow-wrap: anywhere } details > div { padding: .6rem .8rem }
code, pre { font: 13px/1.5 ui-monospace, monospace } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem; border-radius: 6px; margin: .4rem 0 }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: 0 .5rem; font-size: .8rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
td.n, th.n { text-align: right; white-space: nowrap } ul { margin: .25rem 0 .75rem }
`

/** The result of a check as an HTML page that needs no network. */
export function formatHTML(result: CheckResult): string {
  const { title, target, operations, requests, milliseconds, seed, causes, known, warnings } = result
  const origin = originOf(result)
  const name = escape(title === '' ? target : title)
  const verdict =
    causes.length === 0 ? '<p class="verdict good">0 causes</p>' : `<p class="verdict bad">${count(causes.length, 'cause')}</p>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}: ${count(causes.length, 'cause')}</title>
<style>${STYLE}</style>
<h1>${name}</h1>
<p class="facts">${escape(target)} · ${count(operations, 'operation')} · ${count(requests, 'request')} · ${(milliseconds / 1000).toFixed(1)} s · seed ${seed}</p>
${verdict}
${causes.map((cause) => formatCause(cause, origin, true)).join('\n')}
${known.length === 0 ? '' : `<h2>Accepted by the baseline</h2>\n${known.map((cause) => formatCause(cause, origin, false)).join('\n')}`}
${warnings.length === 0 ? '' : `<h2 class="warn">Warnings</h2>\n${warnings.map(({ message, places }) => `<p>${escape(message)}</p><ul>${places.map((place) => `<li><code>${escape(place)}</code></li>`).join('')}</ul>`).join('\n')}`}
<h2>Coverage</h2>
<table>
<thead><tr><th>Operation</th><th>Status</th><th>Media type</th><th class="n">Responses</th></tr></thead>
<tbody>
${rowsOf(result)}
</tbody>
</table>
</html>
`
}

function formatCause(
  { id, rule, operation, operations, message, count: times, steps, response }: Cause,
  origin: Origin,
  isOpen: boolean,
): string {
  const where = operation === '' ? 'the document' : operation
  const others =
    operations.length > 1
      ? `<p>Also: ${operations
          .slice(1)
          .map((each) => `<code>${escape(each)}</code>`)
          .join(', ')}</p>`
      : ''
  const commands = steps.length === 0 ? '' : `<pre>${escape(steps.map((step) => toCurl(origin, step)).join('\n'))}</pre>`
  return `<details id="${escape(id)}"${isOpen ? ' open' : ''}>
<summary><strong>${escape(where)}</strong> <span>${escape(message)}</span></summary>
<div><p><span class="tag">${rule}</span> ${escape(RULES[rule])}</p>${others}${commands}${response === undefined ? '' : `<p>Response</p><pre>${escape(describeResponse(response))}</pre>`}<p class="facts"><code>${escape(id)}</code>, seen ${times.toLocaleString('en')}×</p></div>
</details>`
}

function rowsOf({ coverage }: CheckResult): string {
  return coverage
    .toSorted((a, b) => a.operation.localeCompare(b.operation) || a.status.localeCompare(b.status))
    .map(({ operation, status, mediaType, count: times, isDeclared }) => {
      const seen =
        times === 0
          ? '<span class="warn">never seen</span>'
          : `${times.toLocaleString('en')}${isDeclared ? '' : ' <span class="bad">not declared</span>'}`
      return `<tr><td><code>${escape(operation)}</code></td><td>${escape(status)}</td><td>${escape(mediaType)}</td><td class="n">${seen}</td></tr>`
    })
    .join('\n')
}
