/** What a client sees of the app, alike on each runtime. */
import assert from 'node:assert/strict'

export interface Check {
  readonly name: string
  /** Resolves with nothing, rejects where the answer is another. */
  readonly run: (url: string) => Promise<void>
}

const checks: Record<string, (url: string) => Promise<void>> = {
  async 'a declared answer, without what is not declared'(url) {
    const response = await fetch(`${url}/items/1234567890123456789`)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(await response.text(), '{"id":1234567890123456789,"name":"x"}')
  },

  async 'long integers in content'(url) {
    const body = '{"id":1234567890123456789,"name":"x"}'
    const response = await fetch(`${url}/items`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    assert.equal(response.status, 201)
    assert.equal(await response.text(), body)
  },

  async 'errors: 404, 405, 413, 415, 422'(url) {
    const json = { 'content-type': 'application/json' }
    const requests: [status: number, path: string, init: RequestInit][] = [
      [404, '/none', {}],
      [405, '/items/1', { method: 'PUT' }],
      [413, '/items', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(5_000)) }],
      [415, '/items', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'x' }],
      [422, '/items', { method: 'POST', headers: json, body: '{}' }],
    ]
    for (const [status, path, init] of requests) {
      const response = await fetch(url + path, init)
      assert.equal(response.status, status, path)
      assert.equal(response.headers.get('content-type'), 'application/problem+json')
      await response.text()
    }
  },

  async 'a request without content has none'(url) {
    const optional = await fetch(`${url}/optional`, { method: 'POST' })
    assert.equal(await optional.text(), 'nothing')
    const required = await fetch(`${url}/items`, { method: 'POST' })
    assert.equal(required.status, 422)
    await required.text()
  },

  async 'HEAD and 204 have no content'(url) {
    const head = await fetch(`${url}/items/1`, { method: 'HEAD' })
    assert.equal(await head.text(), '')
    const none = await fetch(`${url}/items/1`, { method: 'DELETE' })
    assert.deepEqual([none.status, await none.text()], [204, ''])
  },

  async 'each cookie has its own field'(url) {
    const response = await fetch(`${url}/cookies`)
    assert.deepEqual(
      response.headers.getSetCookie().map((field) => field.slice(0, 3)),
      ['a=1', 'b=2'],
    )
    await response.text()
  },

  async 'a Blob of 200,000 bytes: whole, in part, in parts'(url) {
    const whole = await fetch(`${url}/blob`)
    assert.equal((await whole.arrayBuffer()).byteLength, 200_000)
    const part = await fetch(`${url}/blob`, { headers: { range: 'bytes=100000-199999' } })
    assert.equal(part.status, 206)
    assert.equal((await part.arrayBuffer()).byteLength, 100_000)
    const parts = await fetch(`${url}/blob`, { headers: { range: 'bytes=0-9,100000-199999' } })
    assert.match(parts.headers.get('content-type') ?? '', /^multipart\/byteranges/)
    assert.ok((await parts.arrayBuffer()).byteLength > 100_010)
  },

  async 'a stream'(url) {
    assert.equal(await (await fetch(`${url}/stream`)).text(), '0;1;2;3;4;')
  },

  async 'a stream that breaks never looks complete'(url) {
    const response = await fetch(`${url}/broken`)
    await assert.rejects(response.text())
  },

  async 'the heartbeat of an event stream, after another client has left'(url) {
    const first = new AbortController()
    const one = await fetch(`${url}/quiet`, { signal: first.signal })
    await one.body!.getReader().read()
    first.abort()
    const second = new AbortController()
    const { body } = await fetch(`${url}/quiet`, { signal: second.signal })
    let received = ''
    for await (const chunk of body!) {
      received += Buffer.from(chunk as Uint8Array).toString()
      if (received.split(':\n\n').length > 3) break
    }
    second.abort()
  },

  async 'a client that leaves ends its stream, and an error in its clean-up ends nothing else'(url) {
    const leaving = new AbortController()
    const { body } = await fetch(`${url}/left`, { signal: leaving.signal })
    await body!.getReader().read()
    leaving.abort()
    await untilLogged(url, 'left')
  },

  async 'background tasks run to their end, after an answer and after a stream'(url) {
    await (await fetch(`${url}/task`, { method: 'POST' })).text()
    await (await fetch(`${url}/streamed-task`)).text()
    await untilLogged(url, 'task done')
    await untilLogged(url, 'streamed task done')
  },

  async 'a background task that fails is logged and ends nothing else'(url) {
    await (await fetch(`${url}/failing-task`, { method: 'POST' })).text()
    await untilLogged(url, 'POST /failing-task: after the response: Error: task failed')
  },

  async 'the document and its page'(url) {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { readonly openapi: string }
    assert.match(document.openapi, /^3\./)
    assert.match(await (await fetch(`${url}/docs`)).text(), /^<!doctype html>/i)
  },
}

async function untilLogged(url: string, entry: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const log = (await (await fetch(`${url}/log`)).json()) as string[]
    if (log.includes(entry)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not logged: ${entry}`)
}

export const CHECKS: readonly Check[] = Object.entries(checks).map(([name, run]) => ({ name, run }))
