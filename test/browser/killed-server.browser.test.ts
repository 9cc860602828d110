/** A server that is killed and started again, with a browser's EventSource and a client of `eventsource-parser`: each message arrives once and in order. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { channel } from '../../src/channel/index.ts'
import { redisStore } from '../../src/redis/index.ts'
import { ResumingClient } from '../channel/resuming-client.ts'
import { openRedis } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { noBrowser, openBrowser } from '../support/browser.ts'
import { startProgram } from '../support/program.ts'
import { REDIS_URL } from '../support/servers.ts'

const PROGRAM = join(import.meta.dirname, '../channel/kill-server.program.ts')
const PATH = '/channels/numbers'
const ROUND = 20

test('three kills: the first one before any message', { skip: noBrowser }, async (t) => {
  const prefix = `test:${crypto.randomUUID()}:`
  const redis = await openRedis(t, prefix)
  if (redis === undefined) return
  const store = redisStore(redis, { prefix })
  afterwards(t, () => store.close())
  const numbers = channel('numbers', z.object({ n: z.int() }), { store })
  let published = 0
  const publish = async (count: number) => {
    for (const end = published + count; published < end; published++) await numbers.publish({ n: published })
  }
  const start = (port: string) => startProgram(t, PROGRAM, 'Redis', REDIS_URL, prefix, '1000', port)

  let server = start('0')
  const port = await server.readLine()
  const browser = await openBrowser()
  afterwards(t, () => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${port}/memory`)
  await page.evaluate(`
    seen = []
    ids = new Set()
    source = new EventSource('${PATH}')
    source.addEventListener('message', ({ data }) => seen.push(JSON.parse(data).n))
    source.addEventListener('position', ({ lastEventId }) => ids.add(lastEventId))
    source.addEventListener('gap', () => seen.push('gap'))`)
  const client = new ResumingClient({ path: PATH, port: () => Number(port), isCut: () => false, pause: () => sleep(20) })
  const run = client.run()
  await page.waitForFunction('ids.size > 0')
  while (client.next === undefined) await sleep(5)

  for (let kill = 0; kill < 3; kill++) {
    await server.kill()
    await publish(ROUND)
    server = start(port)
    await server.readLine()
    await publish(ROUND)
    await page.waitForFunction(`seen.length >= ${published}`)
    while (client.next < published) await sleep(5)
  }

  const expected = Array.from({ length: published }, (_, n) => n)
  assert.deepEqual(await page.evaluate('seen'), expected)
  assert.deepEqual([client.faults, client.gaps, client.next], [[], 0, published])
  client.end()
  await run
})
