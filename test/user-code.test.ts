/** Nothing that a user's function does ends the process, leaves a rejection unheard or a client without a response. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import {
  createApp,
  defineRepresentation,
  dependency,
  errorBody,
  multipart,
  stream,
  text,
  type App,
  type FileStore,
  type Logger,
} from '../src/index.ts'
import { matrix } from './support/matrix.ts'
import { RecordingLogger } from './support/recording-logger.ts'

const unheard: unknown[] = []
const hear = (error: unknown) => unheard.push(error)
before(() => {
  process.on('unhandledRejection', hear)
  process.on('uncaughtException', hear)
})
after(() => {
  process.off('unhandledRejection', hear)
  process.off('uncaughtException', hear)
})

const hostile = new Proxy(new Error('hidden'), {
  get() {
    throw new Error('not readable')
  },
  getPrototypeOf() {
    throw new Error('not readable')
  },
})

class Unnamed extends Error {
  override get message(): string {
    throw new Error('no message')
  }
}

class OddPromise extends Promise<unknown> {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
  override then(): never {
    throw new Error('odd then')
  }
}

function boom(): never {
  throw new Error('boom')
}

/** What a function may do instead of its work. */
const MISDEEDS: Readonly<Record<string, () => unknown>> = {
  'throws an error': () => {
    throw new Error('boom')
  },
  'throws undefined': () => {
    // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- that is what is tested
    throw undefined
  },
  'throws an error that cannot be inspected': () => {
    throw hostile
  },
  'throws an error without a message': () => {
    throw new Unnamed()
  },
  rejects: () => Promise.reject(new Error('boom')),
  'rejects with an error that cannot be inspected': () => Promise.reject(hostile),
  'returns a thenable that throws': () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
    then() {
      throw new Error('boom')
    },
  }),
  'returns an object whose then cannot be read': () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
    get then() {
      throw new Error('boom')
    },
  }),
  'returns a promise with a then of its own': () => new OddPromise(() => undefined),
}

const Text = { responses: { 200: text() } }
const broken: Logger = {
  error: () => boom(),
  warn: () => boom(),
  info: () => undefined,
}

/** Each place where the framework calls a function of the user. */
const PLACES: Readonly<Record<string, (app: App, misdeed: () => unknown) => void>> = {
  handler: (app, misdeed) => app.get('/', Text, () => misdeed() as string),
  'dependency, entered': (app, misdeed) => {
    app.get('/', { dependencies: { value: dependency(() => misdeed()) }, ...Text }, () => 'x')
  },
  'dependency, left': (app, misdeed) => {
    const value = dependency(async function* () {
      yield 1
      await misdeed()
    })
    app.get('/', { dependencies: { value }, ...Text }, () => 'x')
  },
  'dependency, left after the response': (app, misdeed) => {
    const value = dependency({ scope: 'response' }, async function* () {
      yield 1
      await misdeed()
    })
    app.get('/', { dependencies: { value }, ...Text }, () => 'x')
  },
  'middleware before next': (app, misdeed) => {
    app.use(async ({ path }, next) => {
      if (path === '/') await misdeed()
      return next()
    })
    app.get('/', Text, () => 'x')
  },
  'middleware after next': (app, misdeed) => {
    app.use(async ({ path }, next) => {
      const reply = await next()
      return path === '/' ? ((await misdeed()) as never) : reply
    })
    app.get('/', { responses: { 200: stream('text/plain') } }, async function* () {
      try {
        yield 'x'
      } finally {
        await misdeed()
      }
    })
  },
  'stream, before its first item': (app, misdeed) => {
    app.get('/', { responses: { 200: stream('text/plain') } }, async function* () {
      yield (await misdeed()) as string
    })
  },
  'background task': (app, misdeed) => {
    app.get('/', Text, ({ background }) => {
      background.add(misdeed)
      return 'x'
    })
  },
  'refinement of an input': (app, misdeed) => {
    app.get(
      '/',
      {
        query: {
          q: z
            .string()
            .default('a')
            .refine(misdeed as () => boolean),
        },
        ...Text,
      },
      () => 'x',
    )
  },
  'finally of a synchronous generator that a middleware drops': (app, misdeed) => {
    app.use(async ({ path }, next) => {
      const reply = await next()
      return path === '/' ? ((await misdeed()) as never) : reply
    })
    app.get('/', { responses: { 200: stream('text/plain') } }, function* () {
      try {
        yield 'x'
      } finally {
        boom()
      }
    })
  },
  'transform of a response': (app, misdeed) => {
    // Responses are encoded synchronously: zod itself drops the promise of a transform.
    const transform = () => (misdeed.name.startsWith('rejects') ? boom() : misdeed())
    app.get('/', { responses: { 200: z.string().transform(transform) } }, () => 'x' as never)
  },
  'transform of an input': (app, misdeed) => {
    app.get('/', { query: { q: z.string().default('a').transform(misdeed) }, ...Text }, () => 'x')
  },
  'encode of a representation': (app, misdeed) => {
    app.get('/', { responses: { 200: defineRepresentation({ mediaType: 'text/csv', encode: misdeed as () => string }) } }, () => 'x')
  },
  'decode of a representation': (app, misdeed) => {
    app.post('/', { body: defineRepresentation({ mediaType: 'text/csv', decode: misdeed }), ...Text }, () => 'x')
  },
  'store of a file': (app, misdeed) => {
    app.post('/', { body: multipart(z.object({ f: z.any() }), { store: misdeed as FileStore }), ...Text }, () => 'x')
  },
  'clean-up of a stored file': (app, misdeed) => {
    const store: FileStore = async (_, cleanUp) => {
      cleanUp(misdeed)
      return 'stored'
    }
    app.post('/', { body: multipart(z.object({ f: z.any() }), { store }), ...Text }, () => 'x')
  },
  'listener of onSent': (app, misdeed) => {
    app.use(({ onSent }, next) => {
      onSent(misdeed)
      return next()
    })
    app.get('/', Text, () => 'x')
  },
  'error body': (app, misdeed) => {
    app.get('/', { errorBody: errorBody(z.object({ a: z.string() }), misdeed as () => { a: string }), ...Text }, () => {
      throw new Error('first')
    })
  },
  'error handler': (app, misdeed) => {
    app.onError(RangeError, Text, misdeed as () => string)
    app.get('/', Text, () => {
      throw new RangeError('first')
    })
  },
}

const PART = '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n'
const FORM: RequestInit = { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: PART }

/** What is sent where it is no GET. */
const REQUESTS: Readonly<Record<string, RequestInit>> = {
  'decode of a representation': { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'x' },
  'store of a file': FORM,
  'clean-up of a stored file': FORM,
}

for (const [place, build] of Object.entries(PLACES)) {
  for (const [what, misdeed] of Object.entries(MISDEEDS)) {
    for (const logger of [new RecordingLogger(), broken]) {
      const app = createApp({ logger, openapiPath: false, docsPath: false })
      build(app, misdeed)
      app.get('/alive', Text, () => 'alive')
      const name = `${place} ${what}${logger === broken ? ', and the logger throws' : ''}: the client has a response and the app lives`
      matrix(name, app, async (request) => {
        const response = await request('/', REQUESTS[place])
        assert.ok([200, 422, 500].includes(response.status), `${response.status}`)
        await response.text().catch(() => undefined)
        assert.equal((await request('/alive')).status, 200)
        await app.drain()
        // Node looks for unheard rejections after each turn of its loop.
        await new Promise(setImmediate)
        assert.deepEqual(unheard.splice(0), [])
      })
    }
  }
}

test('a message is one line of the log, whatever text is in it', async () => {
  const logger = new RecordingLogger()
  const app = createApp({ logger })
  app.get('/', Text, () => {
    throw new Error('no such a\nERROR: forged line\u001B[31m')
  })
  assert.equal((await app.request('/')).status, 500)
  assert.deepEqual(logger.takeMessages(), ['GET /: Error: no such a\\u000aERROR: forged line\\u001b[31m'])
})

test('a client that leaves is no error in the log', async () => {
  const logger = new RecordingLogger()
  const app = createApp({ logger })
  const client = new AbortController()
  app.get('/', Text, async ({ signal }) => {
    client.abort()
    signal.throwIfAborted()
    return 'x'
  })
  await app.request('/', { signal: client.signal })
  assert.deepEqual(logger.takeMessages(), [])
})
