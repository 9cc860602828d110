/** `npm run bench`: encoders under several run times, then whole servers, then streams and guarantees; the tables go to RESULTS.md, the chart to chart.svg. */
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { buildScript } from './build.ts'
import { CASES } from './cases.ts'
import { drawChart } from './chart.ts'
import type { EncoderRow } from './encoders.ts'
import type { ServerRow } from './servers.ts'
import { formatRatio, spreadOf } from './statistics.ts'
import type { StreamRow } from './streams.ts'

/** Processes differ: where the heap lies, what the compiler made of the code. */
const PROCESSES = Number(process.env['BENCH_PROCESSES'] ?? 3)

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** Run times from the package in `runtimes/`. */
const OTHERS = {
  'Node 22': 'node-22/bin/node',
  'Node 24': 'node-24/bin/node',
  'Node 26': 'node-26/bin/node',
  'Bun 1.4': 'bun/bin/bun.exe',
}

function runtimes(): [name: string, program: string][] {
  const others = Object.entries(OTHERS).map(([name, file]): [string, string] => [name, here(`runtimes/node_modules/${file}`)])
  for (const [name, program] of others) if (!existsSync(program)) console.error(`${name}: not measured, it is not installed in runtimes/`)
  return others.filter(([, program]) => existsSync(program))
}

/** What a script prints, as JSON. */
function measure<Rows>(cpu: string, program: string, ...script: readonly string[]): Rows {
  const command = [program, ...script, '--json']
  const [name, ...args] = process.platform === 'linux' ? ['taskset', '-c', cpu, ...command] : command
  return JSON.parse(execFileSync(name!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 })) as Rows
}

const measureEncoders = (script: string, program = process.execPath): EncoderRow[] =>
  joinRuns(Array.from({ length: PROCESSES }, () => measure<EncoderRow[]>('1', program, script)))

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
  const cases = CASES.map((one) => one.name)
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

/** Riposte under each run time, and the fastest peer that refuses a broken value. */
function runtimeTable(runs: ReadonlyMap<string, readonly EncoderRow[]>): string {
  const payloads = [...new Set([...runs.values()].flat().map(({ payload }) => payload))]
  const own = (rows: readonly EncoderRow[], payload: string) =>
    rows.find((row) => row.payload === payload && row.contender === 'riposte')?.ratio
  const peer = (rows: readonly EncoderRow[], payload: string) =>
    Math.min(
      ...rows
        .filter((row) => row.payload === payload && row.contender !== 'riposte' && row.note === 'refuses broken values')
        .map(({ ratio }) => ratio ?? Infinity),
    )
  const format = (ratio = Infinity) => (ratio === Infinity ? '–' : formatRatio(ratio))
  return table(
    ['', ...payloads],
    [...runs].map(([name, rows]) => [name, ...payloads.map((payload) => `${format(own(rows, payload))} (${format(peer(rows, payload))})`)]),
  )
}

function streamTable(rows: readonly StreamRow[]): string {
  const labels = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  return table(
    ['', ...labels],
    rows.map(({ name, figures }) => [name, ...labels.map((label) => figures[label] ?? 'wrong answer')]),
  )
}

const encoderScript = await buildScript('encoders')
const encoders = measureEncoders(encoderScript)
const underOthers = new Map([
  [`Node ${process.versions.node.split('.')[0]}`, encoders],
  ...runtimes().map(([name, program]) => [name, measureEncoders(encoderScript, program)] as const),
])
// The servers that these start have the other processor.
const servers = measure<ServerRow[]>('0', process.execPath, '--import', 'tsx', here('servers.ts'))
const streams = measure<StreamRow[]>('0', process.execPath, '--import', 'tsx', here('streams.ts'))
const channels = measure<StreamRow[]>('0', process.execPath, '--import', 'tsx', here('channels.ts'))
const guarantees = execFileSync(process.execPath, ['--import', 'tsx', here('guarantees.ts')], { encoding: 'utf8' })
writeFileSync(
  here('RESULTS.md'),
  `# Results

${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}.
\`npm run bench\` makes this page again.

## Value to JSON

CPU time relative to \`JSON.stringify\` of data that is clean, filtered and has its dates as text already: **lower is better**. Medians of
${PROCESSES === 1 ? 'one process' : `${PROCESSES} processes`}, all contenders in turn. ⚠: sends a value that breaks its model. A contender whose answer is wrong is not timed.

${encoderTable(encoders)}

The same under other run times: Riposte, and in brackets the fastest of the peers that refuse a broken value.

${runtimeTable(underOthers)}

## Whole servers

Requests for the CPU that a handler written by hand on \`node:http\` takes for one, in the same run: **higher is better**. Median, and the middle
half of the turns. \`floor\` sends bytes that were prepared beforehand.

![Requests for the CPU that a handler written by hand takes for one: Riposte beside its peers](chart.svg)

${serverTable(servers)}

## Files and streams

Work for the CPU that a handler written by hand on \`node:http\` takes for the same: **higher is better**. Memory is what a server grows by.

${streamTable(streams)}

## Channels

Events to all clients of one server, for the CPU that Redis pub/sub and \`node:http\` by hand take for the same: **higher is better**. What is written by
hand keeps no messages: a client that was away has lost them.

${channels.length === 0 ? 'Not measured: Redis and PostgreSQL were missing.' : streamTable(channels)}

## Guarantees

What a client gets where a handler breaks its contract. Each framework is used as its own documentation shows.
${guarantees}`,
)
writeFileSync(here('chart.svg'), drawChart(servers))
