/** The docs page in a real browser, in its light and dark themes: it loads nothing else, causes no errors, and can be browsed. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { createDocument } from '../../src/openapi/document.ts'
import { createDocsPage } from '../../src/openapi/docs/page.ts'
import { noBrowser, openBrowser } from '../support/browser.ts'
import { routes, settings } from './bookshop.ts'

/** Runs in the page, and returns each text whose contrast is less than 4.5 to 1 (WCAG 2.2 §1.4.3). */
const FAINT = `
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number)
    return text.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((part, index) => part * a + below[index] * (1 - a))
  const background = (element) => {
    if (element === null) return [255, 255, 255]
    const color = parse(getComputedStyle(element).backgroundColor)
    return color[3] === 1 ? color.slice(0, 3) : over(color, background(element.parentElement))
  }
  const luminance = (color) => color
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0)
  const faint = new Map()
  for (const element of document.querySelectorAll('body *:not(script)')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue
    const below = background(element)
    const [light, dark] = [luminance(over(parse(getComputedStyle(element).color), below)), luminance(below)].sort((a, b) => b - a)
    const ratio = (light + 0.05) / (dark + 0.05)
    if (ratio < 4.5) faint.set(element.tagName + '.' + element.className, ratio.toFixed(2))
  }
  return Object.fromEntries(faint)
`

describe('the docs page', { skip: noBrowser }, () => {
  const { servers: _, ...here } = settings
  let browser: Browser
  let address: string
  const server = createServer((_request, response) => {
    void createDocsPage(createDocument(routes, here), 'openapi.json').then(({ html, policy }) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(html)
    })
  })

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    browser = await openBrowser()
  })

  after(async () => {
    await browser.close()
    server.close()
  })

  /** Complaints are messages of the console, violations of the policy, and errors of the page. */
  async function open(colorScheme: 'light' | 'dark', width = 1280): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
    const complaints: string[] = []
    const requests: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(`${address}/api/docs`)
    return { page, complaints, requests }
  }

  for (const scheme of ['light', 'dark'] as const) {
    test(`loads no other file, causes no errors, and has enough contrast: ${scheme}`, async () => {
      const { page, complaints, requests } = await open(scheme)
      assert.deepEqual(complaints, [])
      assert.deepEqual(
        requests.filter((url) => !url.startsWith('data:')),
        [`${address}/api/docs`],
      )
      assert.equal(await page.title(), 'Bookshop')
      await page.getByRole('button', { name: 'Unfold all' }).click()
      await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`)
      assert.deepEqual(await page.evaluate(`(() => {${FAINT}})()`), {})
      await page.close()
    })
  }

  test('calls have the URL of the API', async () => {
    const { page } = await open('light')
    assert.equal(await page.locator('#getBooks pre.curl').textContent(), `curl '${address}/api/books'`)
    await page.close()
  })

  test('the filter finds operations that contain all words', async () => {
    const { page } = await open('light')
    await page.keyboard.press('/')
    await page.keyboard.type('cover post')
    assert.deepEqual(await page.locator('.operation:visible').evaluateAll((cards) => cards.map(({ id }) => id)), ['postBooksByBookIdCover'])
    assert.equal(await page.locator('nav section > a:not(.group):visible').count(), 1)
    await page.close()
  })

  test('a link unfolds its operation, and clears a filter that hides it', async () => {
    const { page } = await open('light')
    const card = page.locator('#getCategories')
    assert.equal(await card.getAttribute('open'), null)
    await page.goto(`${page.url()}#getCategories`)
    await page.locator('#getCategories[open]').waitFor()
    await page.locator('nav input').fill('orders')
    assert.equal(await card.isVisible(), false)
    await page.evaluate(`location.hash = ''; location.hash = 'getCategories'`)
    await card.waitFor()
    assert.equal(await page.locator('nav input').inputValue(), '')
    await page.locator('#getCategories a.ref').first().click()
    await page.locator('#model-Category[open]').waitFor()
    await page.close()
  })

  test('without scripts, everything can be read', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${address}/api/docs`)
    const card = page.locator('#getBooks')
    await card.locator('> summary').click()
    await card.locator('pre.curl').waitFor()
    assert.equal(await card.locator('pre.fetch').isVisible(), false)
    await card.getByLabel('fetch').check()
    await card.locator('pre.fetch').waitFor()
    assert.equal(await page.locator('nav a', { hasText: 'List books' }).isVisible(), true)
    assert.equal(await page.locator('.try, nav input, .theme').filter({ visible: true }).count(), 0)
    await context.close()
  })

  test('on a phone, the operations are a menu, and the page is not wider than the screen', async () => {
    const { page } = await open('light', 390)
    const link = page.locator('nav a', { hasText: 'List books' })
    assert.equal(await link.isVisible(), false)
    await page.locator('nav summary', { hasText: 'Menu' }).click()
    await link.click()
    await page.locator('#getBooks[open]').waitFor()
    assert.equal(await link.isVisible(), false)
    await page.evaluate(`for (const details of document.querySelectorAll('details:not(.operations)')) details.open = true`)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
    await page.close()
  })

  test('the selected theme is stored', async () => {
    const { page } = await open('light')
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    const button = page.locator('.theme')
    await button.click()
    assert.equal(await button.textContent(), '☀ Light')
    await button.click()
    assert.equal(await button.textContent(), '☾ Dark')
    assert.notEqual(await background(), light)
    await page.reload()
    assert.equal(await button.textContent(), '☾ Dark')
    assert.notEqual(await background(), light)
    await page.close()
  })

  test('an operation can be opened and sent with the keyboard', async () => {
    const { page } = await open('light')
    await page.locator('#getBooks > summary').focus()
    await page.keyboard.press('Enter')
    await page.locator('#getBooks .try > summary').focus()
    await page.keyboard.press('Enter')
    await page.locator('#getBooks form [name=q]').focus()
    await page.keyboard.press('Control+Enter')
    await page.locator('#getBooks output .status').waitFor()
    await page.close()
  })
})
