/** A browser's own EventSource on a channel: a page that shows a live feed, whose connection is lost and resumed without a gap. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { z } from 'zod'
import { channel } from '../../src/channel/index.ts'
import { createApp, html, sse } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { noBrowser, openBrowser } from '../support/browser.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Order = z.object({ n: z.int(), text: z.string() })

const PAGE = `<!doctype html><html lang="en"><title>Live orders</title>
<style>body { font: 16px system-ui; margin: 2rem; max-width: 40rem } li { padding: .3rem 0; border-bottom: 1px solid #ddd } #state { color: #666 }</style>
<h1>Live orders</h1><p id="state">connecting</p><ol id="orders"></ol>
<script>
  const state = document.getElementById('state')
  const source = new EventSource('/orders')
  source.onopen = () => { state.textContent = 'open' }
  source.onerror = () => { state.textContent = 'lost' }
  source.addEventListener('order', ({ data }) => {
    const item = document.createElement('li')
    item.textContent = JSON.parse(data).text
    document.getElementById('orders').append(item)
  })
</script></html>`

function createFeed() {
  const orders = channel('orders', Order)
  const app = createApp({ logger: new RecordingLogger() })
  app.get('/', { responses: { 200: html() } }, () => PAGE)
  app.get(
    '/orders',
    { responses: { 200: sse({ order: Order, gap: z.object({}), position: z.object({}) }, { retryMs: 50 }) } },
    async function* ({ event, lastEventId, signal }) {
      for await (const item of orders.subscribe(lastEventId, signal)) {
        if (item.kind === 'message') yield event.order(item.data, { id: item.id })
        else if (item.kind === 'gap') yield event.gap({}, { id: item.id })
        else yield event.position({}, { id: item.id })
      }
    },
  )
  return { app, orders }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

describe("a browser's EventSource", { skip: noBrowser }, () => {
  let browser: Browser

  before(async () => {
    browser = await openBrowser()
  })
  after(() => browser.close())

  test('shows events as they are published, and resumes without a gap after the server was away', async () => {
    const { app, orders } = createFeed()
    const options = { port: await freePort(), stopOnSignals: false }
    let server = await serve(app, options)
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.getByText('open', { exact: true }).waitFor()
    for (const n of [1, 2]) await orders.publish({ n, text: `Order ${n}, Zoë ✓` })
    await page.getByText('Order 2, Zoë ✓').waitFor()

    await server.stop()
    await page.getByText('lost').waitFor()
    for (const n of [3, 4]) await orders.publish({ n, text: `Order ${n}, while nobody listened` })
    server = await serve(app, options)
    await page.getByText('Order 4, while nobody listened').waitFor()
    await orders.publish({ n: 5, text: 'Order 5, live again' })
    await page.getByText('Order 5, live again').waitFor()

    assert.deepEqual(await page.locator('#orders li').allTextContents(), [
      'Order 1, Zoë ✓',
      'Order 2, Zoë ✓',
      'Order 3, while nobody listened',
      'Order 4, while nobody listened',
      'Order 5, live again',
    ])
    const picture = process.env['SCREENSHOT']
    if (picture !== undefined) await page.screenshot({ path: picture })
    await page.close()
    await server.stop()
  })
})
