/** Server ratios as one SVG: a group of bars for each case. */
import type { ServerRow } from './servers.ts'
import { formatRatio } from './statistics.ts'

const CASES = ['user', 'page20', 'page100', 'create']
const BAR = 16
const GAP = 26
const LEFT = 110
const WIDTH = 760

export function drawChart(rows: readonly ServerRow[]): string {
  const shown = rows.filter(({ name }) => name !== 'floor')
  const most = Math.max(...shown.flatMap(({ ratios }) => CASES.map((label) => ratios[label]?.median ?? 0)))
  const scale = (WIDTH - LEFT - 60) / most
  let y = 30
  const parts: string[] = []
  for (const label of CASES) {
    parts.push(`<text x="0" y="${y + 4}" class="case">${label}</text>`)
    y += GAP - 8
    for (const { name, ratios } of shown) {
      const ratio = ratios[label]?.median
      if (ratio === undefined) continue
      parts.push(
        `<text x="${LEFT - 8}" y="${y + 12}" class="name">${name}</text>`,
        `<rect x="${LEFT}" y="${y}" width="${(ratio * scale).toFixed(1)}" height="${BAR - 3}" class="${name === 'riposte' ? 'own' : 'peer'}"/>`,
        `<text x="${(LEFT + ratio * scale + 6).toFixed(1)}" y="${y + 12}">${formatRatio(ratio)}</text>`,
      )
      y += BAR
    }
    y += GAP
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" font-family="system-ui, sans-serif" font-size="12">
<style>text { fill: #333 } .name { text-anchor: end } .case { font-weight: 600 } .own { fill: #c2274f } .peer { fill: #b9b4ae }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .peer { fill: #6a6661 } }</style>
<text x="0" y="12">Requests for the CPU that node:http by hand takes for one: higher is better</text>
${parts.join('\n')}
</svg>
`
}
