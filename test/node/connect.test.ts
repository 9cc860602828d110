import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp } from '../../src/index.ts'
import type { ConnectMiddleware } from '../../src/node/index.ts'
import { fakeApp, gatedSource, replyWith } from '../support/fake-app.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

async function answerBehind(...connect: ConnectMiddleware[]): Promise<{ answer: string; logged: string[]; asked: number }> {
  let asked = 0
  const app = fakeApp(() => {
    asked += 1
    return replyWith('answer', ['x-app', '1'])
  })
  await using server = await listen(app, { connect })
  using wire = new Wire(server.port)
  const answer = await wire.send(GET).whole()
  return { answer, logged: app.logged, asked }
}

test('middleware runs in order, in front of the app, and what it sets is sent', async () => {
  const order: string[] = []
  const { answer } = await answerBehind(
    (_message, response, next) => {
      order.push('first')
      response.setHeader('x-first', '1')
      next()
    },
    async (_message, response, next) => {
      await new Promise((resolve) => setImmediate(resolve))
      order.push('second')
      response.setHeader('x-app', 'overridden')
      next()
    },
  )
  assert.deepEqual(order, ['first', 'second'])
  assert.match(answer, /x-first: 1\r\n/)
  assert.match(answer, /x-app: 1\r\n/)
  assert.match(answer, /answer$/)
})

test('middleware may answer itself', async () => {
  const { answer, asked } = await answerBehind((_message, response) => response.writeHead(401).end('theirs'))
  assert.match(answer, /^HTTP\/1.1 401 Unauthorized\r\n[^]*theirs/)
  assert.equal(asked, 0)
})

test('middleware that fails is a 500 without details', async () => {
  const failure = new Error('SECRET')
  for (const failing of [
    (_message, _response, next) => next(failure),
    () => {
      throw failure
    },
    () => Promise.reject(failure),
  ] satisfies ConnectMiddleware[]) {
    const { answer, asked, logged } = await answerBehind(failing)
    assert.match(answer, /^HTTP\/1.1 500 Internal Server Error\r\n/)
    assert.doesNotMatch(answer, /SECRET/)
    assert.equal(asked, 0)
    assert.equal(logged.length, 1)
  }
})

test('a pipelined request reaches middleware in its turn', async () => {
  const events: string[] = []
  const app = fakeApp(async ({ path }) => {
    await new Promise((resolve) => setImmediate(resolve))
    events.push(`app ${path}`)
    return replyWith('')
  })
  const connect: ConnectMiddleware = (message, _response, next) => {
    events.push(`connect ${message.url}`)
    next()
  }
  await using server = await listen(app, { connect: [connect] })
  using wire = new Wire(server.port)
  await wire.send(`GET /1 HTTP/1.1\r\nHost: x\r\n\r\n${GET}`).whole()
  assert.deepEqual(events, ['connect /1', 'app /1', 'connect /', 'app /'])
})

test('an error of middleware that has a 4xx status is answered with it, in the error body of the app', async () => {
  for (const [error, status] of [
    [Object.assign(new Error('SECRET'), { status: 401 }), 401],
    [Object.assign(new Error('SECRET'), { statusCode: 413 }), 413],
    [Object.assign(new Error('SECRET'), { status: 502 }), 500],
    [Object.assign(new Error('SECRET'), { status: 'SECRET' }), 500],
    ['SECRET', 500],
  ] as const) {
    const app = createApp({ logger: new RecordingLogger() })
    await using server = await listen(app, { connect: [(_message, _response, next) => next(error)] })
    const response = await fetch(server.url)
    assert.equal(response.status, status)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.doesNotMatch(await response.text(), /SECRET/)
  }
})

/** As `compression()` of npm does. */
const holdBack: ConnectMiddleware = (_message, response, next) => {
  const held: unknown[] = []
  const write = response.write.bind(response) as (chunk: unknown) => boolean
  const flush = () => held.splice(0).forEach((chunk) => write(chunk))
  const end = response.end.bind(response)
  Object.assign(response, {
    flush,
    write: (chunk: unknown) => held.push(chunk) > 0,
    end: () => {
      flush()
      return end()
    },
  })
  next()
}

test('middleware that holds a stream back is asked to flush it', async () => {
  const last = deferred()
  await using server = await listen(
    fakeApp(() => replyWith(gatedSource(last))),
    { connect: [holdBack] },
  )
  using wire = new Wire(server.port).send(GET)
  await wire.until('first')
  last.resolve()
  assert.match(await wire.whole(), /last/)
})
