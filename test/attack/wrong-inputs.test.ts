/** Bodies of 1 MiB in which everything is wrong: the work is linear, the answer is short, and the memory is free again. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, form } from '../../src/index.ts'
import { z } from 'zod'

const MEBIBYTE = 1_048_576
const app = createApp()
const models = { dates: z.date(), urls: z.instanceof(URL), bigints: z.bigint(), numbers: z.int(), texts: z.string().min(5) }
for (const [name, item] of Object.entries(models)) app.post(`/${name}`, { body: z.array(item), responses: { 200: z.any() } }, () => 1)
app.post('/form', { body: form(z.object({ n: z.number() })), responses: { 200: z.any() } }, () => 1)

const send = (path: string, body: string, type = 'application/json') =>
  app.request(path, { method: 'POST', headers: { 'content-type': type }, body })

interface Problem {
  readonly errors: readonly { readonly msg: string; readonly type: string }[]
}

const list = (length: number) => `[${'"",'.repeat(length / 3 - 2)}""]`

/** CPU time of this process, in milliseconds. */
async function cpuOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('a list of 1 MiB', () => {
  for (const name of Object.keys(models)) {
    test(`of wrong ${name}: at most 100 issues, the last of which counts the others, in linear time`, async () => {
      await send(`/${name}`, list(MEBIBYTE / 10))
      const small = await cpuOf(() => send(`/${name}`, list(MEBIBYTE / 10)))
      let problem: Problem | undefined
      const large = await cpuOf(async () => {
        problem = (await (await send(`/${name}`, list(MEBIBYTE))).json()) as Problem
      })
      assert.equal(problem?.errors.length, 100)
      assert.match(problem?.errors.at(-1)?.msg ?? '', /^\d+ more issues are not listed$/)
      assert.ok(large < 40 * Math.max(small, 20), `${large} ms of CPU after ${small} ms for a tenth`)
    })
  }
})

test('a number of 1 MiB in a form is refused without looking at its digits', async () => {
  const response = await send('/form', `n=${'1'.repeat(MEBIBYTE - 10)}x`, 'application/x-www-form-urlencoded')
  assert.equal(response.status, 422)
})
