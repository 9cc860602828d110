/** `npm run bench`: encoders in several processes, then whole servers; the tables go to RESULTS.md, the chart to chart.svg. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { drawChart } from './chart.ts'
import type { EncoderRow } from './encoders.ts'
import type { ServerRow } from './servers.ts'
import { formatRatio, spreadOf } from './statistics.ts'

/** Processes differ: where the heap lies, what the compiler made of the code. */
const PROCESSES = Number(process.env['BENCH_PROCESSES'] ?? 3)

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

function measure<Rows>(file: string, cpu: string): Rows {
  const isPinned = process.platform === 'linux'
  const command = [process.execPath, '--import', 'tsx', here(file), '--json']
  const [name, ...args] = isPinned ? ['taskset', '-c', cpu, ...command] : command
  return JSON.parse(execFileSync(name!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 })) as Rows
}

function joinRuns(runs: readonly (readonly EncoderRow[])[]): EncoderRow[] {
  return runs[0]!.map((row) => {
    const same = runs.map((rows) => rows.find(({ payload, contender }) => payload === row.payload && contender === row.contender)!)
    const ratios = same.map(({ ratio }) => ratio).filter((ratio) => ratio !== undefined)
    if (ratios.length === 0) return row
    return {
      ...row,
      ratio: spreadOf(ratios).median,
      low: Math.min(...same.map(({ low }) => low!)),
      high: Math.max(...same.map(({ high }) => high!)),
    }
  })
}

function encoderTable(rows: readonly EncoderRow[]): string {
  const payloads = [...new Set(rows.map(({ payload }) => payload))]
  const contenders = [...new Set(rows.map(({ contender }) => contender))]
  const cell = (payload: string, contender: string) => {
    const row = rows.find((one) => one.payload === payload && one.contender === contender)
    return row?.ratio === undefined ? (row?.note ?? '–') : `${formatRatio(row.ratio)}${row.note === 'sends broken values' ? ' ⚠' : ''}`
  }
  return table(
    ['', ...payloads],
    contenders.map((contender) => [contender, ...payloads.map((payload) => cell(payload, contender))]),
  )
}

function serverTable(rows: readonly ServerRow[]): string {
  const cases = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))]
  const cell = (ratio: ServerRow['ratios'][string]) =>
    ratio === undefined ? 'wrong answer' : `${formatRatio(ratio.median)} (${formatRatio(ratio.low)}–${formatRatio(ratio.high)})`
  return table(
    ['', ...cases],
    rows.map(({ name, ratios }) => [name, ...cases.map((label) => cell(ratios[label]))]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const encoders = joinRuns(Array.from({ length: PROCESSES }, () => measure<EncoderRow[]>('encoders.ts', '1')))
const servers = measure<ServerRow[]>('servers.ts', '0')
writeFileSync(
  here('RESULTS.md'),
  `# Results

${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}.
\`npm run bench\` makes this page anew.

## Value to JSON

CPU time relative to \`JSON.stringify\` of data that is clean, filtered and has its dates as text already: **lower is better**. Medians of
${PROCESSES} processes, all contenders in turn. ⚠: sends a value that breaks its model. A contender whose answer is wrong is not timed.

${encoderTable(encoders)}

## Whole servers

Requests for the CPU that a handler written by hand on \`node:http\` takes for one, in the same run: **higher is better**. Median, and the middle
half of the turns. \`floor\` sends bytes that were prepared beforehand.

${serverTable(servers)}
`,
)
writeFileSync(here('chart.svg'), drawChart(servers))
