/** Bodies of 1 MiB in which everything is wrong. */
import type { Attack } from './main.ts'
import { startVictim, type Attacked } from './victim.ts'

const MEBIBYTE = 1_048_576
const MOST_CPU_MS = 1_000
const MOST_ISSUES = 100
const JSON_TYPE = 'application/json'
/** A server that is not done by then is counted as one that never answers. */
const GIVE_UP_MS = 60_000

interface Body {
  readonly path: string
  readonly type: string
  readonly content: (bytes: number) => string
}

const list = (bytes: number) => `[${'"",'.repeat(bytes / 3 - 2)}""]`
const text = (bytes: number) => `n=${'1'.repeat(bytes - 3)}x`

const bodies: readonly Body[] = [
  ...['dates', 'urls', 'bigints', 'numbers', 'texts'].map((name) => ({ path: `/lists/${name}`, type: JSON_TYPE, content: list })),
  { path: '/form', type: 'application/x-www-form-urlencoded', content: text },
]

async function send(victim: Attacked, { path, type, content }: Body, bytes: number): Promise<number> {
  const before = await victim.measure()
  const response = await fetch(`http://127.0.0.1:${victim.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: content(bytes),
    signal: AbortSignal.timeout(GIVE_UP_MS),
  })
  const { errors } = (await response.json()) as { readonly errors: readonly { readonly msg: string }[] }
  const cpuMs = (await victim.measure()).cpuMs - before.cpuMs
  if (response.status !== 422) throw new Error(`expected 422, got ${response.status}`)
  if (errors.length > MOST_ISSUES) throw new Error(`${errors.length} issues, expected at most ${MOST_ISSUES}`)
  if (type === JSON_TYPE && !/^\d+ more issues/.test(errors.at(-1)?.msg ?? '')) throw new Error('the other issues are not counted')
  if (cpuMs > MOST_CPU_MS) throw new Error(`${cpuMs.toFixed(0)} ms of CPU time, expected at most ${MOST_CPU_MS}`)
  return cpuMs
}

export const wrongBodies: readonly Attack[] = bodies.map((body) => ({
  name: `1 MiB to ${body.path}`,
  async run(options) {
    await using victim = await startVictim(options)
    // The code of a server that has answered before is compiled.
    for (let count = 0; count < 20; count += 1) await send(victim, body, 9_999)
    return `${(await send(victim, body, MEBIBYTE)).toFixed(0)} ms of CPU time`
  },
}))
