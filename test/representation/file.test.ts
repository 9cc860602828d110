import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, empty, get, post, type Routes } from '../../src/index.ts'
import { file, type RootedFileOptions } from '../../src/representation/file.ts'
import type { FileLike } from '../../src/representation/file-like.ts'
import { matrix, type SendRequest } from '../support/matrix.ts'
import { MODIFIED, MODIFIED_FIELD, memoryRoot, pattern } from './memory-root.ts'
import { silent } from '../support/recording-logger.ts'

const root = memoryRoot({
  'hello.txt': 'Hello, world!\n',
  'data.bin': pattern(1024),
  'empty.txt': '',
  'page.html': '<p>é</p>',
  noext: 'x',
  'unknown.zzz': 'x',
  'sub/naïve 日本.txt': 'x',
  'large.bin': pattern(200_000),
  'app.js': 'let a',
  'app.js.br': 'BR',
  'app.js.gz': 'GZIP',
  'style.css': 'a{}',
  'style.css.gz': 'GZIP',
})

function appWith(routes: Routes) {
  return createApp({ logger: silent }).add(routes)
}

const rooted = (options: Omit<RootedFileOptions, 'root'> = {}, prefix = '') =>
  get(`${prefix}/{+path}`, { responses: { 200: file({ root, ...options }) } }, ({ params }) => params.path)

const app = appWith({ any: rooted() })

async function bytesOf(response: Response): Promise<number[]> {
  return [...new Uint8Array(await response.arrayBuffer())]
}

function fieldsOf({ headers }: Response, ...names: string[]): (string | null)[] {
  return names.map((name) => headers.get(name))
}

const send = (request: SendRequest, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  request(path, { method, headers })

matrix('the whole file', app, async (request) => {
  const response = await send(request, '/hello.txt')
  assert.equal(response.status, 200)
  assert.equal(await response.text(), 'Hello, world!\n')
  assert.deepEqual(fieldsOf(response, 'content-type', 'content-length', 'etag', 'last-modified', 'accept-ranges', 'content-disposition'), [
    'text/plain; charset=utf-8',
    '14',
    '"hello.txt"',
    MODIFIED_FIELD,
    'bytes',
    null,
  ])
  assert.deepEqual(await bytesOf(await send(request, '/large.bin')), [...pattern(200_000)])
  const nothing = await send(request, '/empty.txt')
  assert.deepEqual([nothing.status, nothing.headers.get('content-length'), await nothing.text()], [200, '0', ''])
})

matrix('the media type is told by the name', app, async (request) => {
  const types: Record<string, string> = {
    'page.html': 'text/html; charset=utf-8',
    noext: 'application/octet-stream',
    'unknown.zzz': 'application/octet-stream',
    'app.js': 'text/javascript; charset=utf-8',
    'data.bin': 'application/octet-stream',
  }
  for (const [name, type] of Object.entries(types)) assert.equal((await send(request, `/${name}`)).headers.get('content-type'), type)
})

matrix('a missing file is a 404', app, async (request) => {
  const response = await send(request, '/nope.txt', { range: 'bytes=0-1', 'if-none-match': '*' })
  assert.equal(response.status, 404)
  assert.deepEqual(fieldsOf(response, 'content-disposition', 'etag', 'accept-ranges'), [null, null, null])
  assert.doesNotMatch(await response.text(), /nope/)
})

matrix('HEAD has the same fields and reads nothing', app, async (request) => {
  for (const path of ['/hello.txt', '/large.bin', '/empty.txt']) {
    const got = await send(request, path)
    await got.arrayBuffer()
    const { begun } = root
    const head = await send(request, path, { range: 'bytes=0-1' }, 'HEAD')
    const names = ['content-type', 'content-length', 'etag', 'last-modified', 'accept-ranges']
    assert.equal(head.status, 200)
    assert.deepEqual(fieldsOf(head, ...names), fieldsOf(got, ...names))
    assert.equal(await head.text(), '')
    assert.equal(root.begun, begun)
  }
})

describe('conditions', () => {
  const later = 'Wed, 03 Jan 2024 00:00:00 GMT'
  const earlier = 'Mon, 01 Jan 2024 00:00:00 GMT'
  const cases: readonly (readonly [expected: number, headers: Record<string, string>])[] = [
    [304, { 'if-none-match': '"hello.txt"' }],
    [304, { 'if-none-match': 'W/"hello.txt"' }],
    [304, { 'if-none-match': '"other", "hello.txt"' }],
    [304, { 'if-none-match': '*' }],
    [200, { 'if-none-match': '"other"' }],
    [200, { 'if-none-match': '"other"', 'if-modified-since': later }],
    [304, { 'if-modified-since': MODIFIED_FIELD }],
    [304, { 'if-modified-since': later }],
    [200, { 'if-modified-since': earlier }],
    [200, { 'if-modified-since': 'yesterday' }],
    [200, { 'if-match': '"hello.txt"' }],
    [200, { 'if-match': '*' }],
    [412, { 'if-match': '"other"' }],
    [412, { 'if-match': 'W/"hello.txt"' }],
    [200, { 'if-unmodified-since': MODIFIED_FIELD }],
    [412, { 'if-unmodified-since': earlier }],
    [200, { 'if-match': '"hello.txt"', 'if-unmodified-since': earlier }],
    [412, { 'if-match': '"other"', 'if-none-match': '"hello.txt"' }],
    [304, { 'if-match': '"hello.txt"', 'if-none-match': '"hello.txt"', range: 'bytes=0-1' }],
    [412, { 'if-match': '"other"', range: 'bytes=0-1' }],
  ]
  matrix('in the order of RFC 9110 §13.2.2', app, async (request) => {
    for (const [expected, headers] of cases) {
      for (const method of ['GET', 'HEAD']) {
        const response = await send(request, '/hello.txt', headers, method)
        assert.equal(response.status, expected, `${method} ${JSON.stringify(headers)}`)
        await response.arrayBuffer()
      }
    }
  })
  matrix('304 keeps what a cache needs, and nothing of the content', app, async (request) => {
    const response = await send(request, '/hello.txt', { 'if-none-match': '*' })
    assert.equal(await response.text(), '')
    assert.deepEqual(fieldsOf(response, 'etag', 'content-type', 'content-length', 'last-modified', 'accept-ranges'), [
      '"hello.txt"',
      null,
      null,
      null,
      null,
    ])
  })
})

describe('ranges', () => {
  matrix('one', app, async (request) => {
    const cases: readonly (readonly [range: string, start: number, end: number])[] = [
      ['bytes=0-0', 0, 0],
      ['bytes=500-599', 500, 599],
      ['bytes=-1', 1023, 1023],
      ['bytes=1000-', 1000, 1023],
      ['bytes=1000-5000', 1000, 1023],
      ['bytes=-5000', 0, 1023],
      ['Bytes= 0-1', 0, 1],
      ['bytes=0-3,4-5', 0, 5],
      ['bytes=5000-,0-0', 0, 0],
    ]
    for (const [range, start, end] of cases) {
      const response = await send(request, '/data.bin', { range })
      assert.equal(response.status, 206, range)
      assert.deepEqual(fieldsOf(response, 'content-range', 'content-length', 'content-type', 'etag', 'last-modified'), [
        `bytes ${start}-${end}/1024`,
        String(end - start + 1),
        'application/octet-stream',
        '"data.bin"',
        MODIFIED_FIELD,
      ])
      assert.deepEqual(await bytesOf(response), [...pattern(1024)].slice(start, end + 1))
    }
    const large = await send(request, '/large.bin', { range: 'bytes=1-190000' })
    assert.deepEqual(await bytesOf(large), [...pattern(200_000)].slice(1, 190_001))
  })

  matrix('several', app, async (request) => {
    const response = await send(request, '/data.bin', { range: 'bytes=20-29,0-9,-1' })
    assert.equal(response.status, 206)
    assert.equal(response.headers.get('content-range'), null)
    const [, boundary] = /^multipart\/byteranges; boundary=(\S+)$/.exec(response.headers.get('content-type') ?? '')!
    const content = new TextDecoder('latin1').decode(await response.arrayBuffer())
    assert.equal(response.headers.get('content-length'), String(content.length))
    const part = (start: number, end: number) =>
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${start}-${end}/1024\r\n\r\n` +
      new TextDecoder('latin1').decode(pattern(1024).slice(start, end + 1)) +
      '\r\n'
    assert.equal(content, `${part(20, 29)}${part(0, 9)}${part(1023, 1023)}--${boundary}--\r\n`)
  })

  matrix('none that can be satisfied is 416', app, async (request) => {
    for (const [path, range, size] of [
      ['/data.bin', 'bytes=1024-', 1024],
      ['/data.bin', 'bytes=-0', 1024],
      ['/data.bin', 'bytes=2000-,3000-4000', 1024],
      ['/empty.txt', 'bytes=0-', 0],
    ] as const) {
      const response = await send(request, path, { range })
      assert.deepEqual([response.status, response.headers.get('content-range')], [416, `bytes */${size}`], range)
      await response.arrayBuffer()
    }
  })

  matrix('an invalid range is ignored', app, async (request) => {
    for (const range of ['', 'bytes', 'bytes=', 'bytes=x', 'bytes=4-3', 'items=0-1', 'bytes=0-1,x', 'bytes 0-1', 'bytes=--1']) {
      const response = await send(request, '/data.bin', { range })
      assert.deepEqual([response.status, response.headers.get('content-length')], [200, '1024'], range)
      await response.arrayBuffer()
    }
  })

  matrix('If-Range', app, async (request) => {
    for (const [expected, ifRange] of [
      [206, '"data.bin"'],
      [200, 'W/"data.bin"'],
      [200, '"other"'],
      [206, MODIFIED_FIELD],
      [200, 'Tue, 02 Jan 2024 03:04:06 GMT'],
      [200, 'Tue, 02 Jan 2024 03:04:04 GMT'],
      [200, 'garbage'],
    ] as const) {
      const response = await send(request, '/data.bin', { range: 'bytes=0-9', 'if-range': ifRange })
      assert.equal(response.status, expected, ifRange)
      assert.equal((await response.arrayBuffer()).byteLength, expected === 206 ? 10 : 1024)
    }
  })
})

const other = appWith({
  post: post('/post', { responses: { 200: file({ root }) } }, () => 'data.bin'),
  missing: get('/missing', { responses: { 404: file({ root }), 200: empty() } }, ({ reply }) => reply(404, 'data.bin')),
  created: get('/created', { responses: { 201: file({ root }) } }, () => 'data.bin'),
})

matrix('other methods and statuses', other, async (request) => {
  const headers = { range: 'bytes=0-9', 'if-none-match': '*' }
  for (const [path, method, status] of [
    ['/post', 'POST', 200],
    ['/missing', 'GET', 404],
  ] as const) {
    const response = await send(request, path, headers, method)
    assert.deepEqual([response.status, response.headers.get('accept-ranges')], [status, null])
    assert.equal((await response.arrayBuffer()).byteLength, 1024)
  }
  const created = await send(request, '/created', { range: 'bytes=0-9' })
  assert.equal(created.status, 201)
  assert.equal((await created.arrayBuffer()).byteLength, 1024)
  assert.equal((await send(request, '/created', { 'if-none-match': '*' })).status, 304)
})

const named = appWith({
  download: rooted({ mediaType: 'application/octet-stream', disposition: 'attachment' }, '/download'),
  renamed: rooted({ fileName: 'data 1.csv', mediaType: 'text/csv' }, '/renamed'),
  inline: rooted({ disposition: 'inline' }, '/inline'),
  chosen: get(
    '/chosen',
    {
      query: { name: z.string().optional(), disposition: z.enum(['inline', 'attachment']).optional() },
      responses: { 200: file({ root }) },
    },
    ({ query }) => ({ path: 'hello.txt', fileName: query.name, disposition: query.disposition }),
  ),
})

matrix('Content-Disposition', named, async (request) => {
  const dispositionOf = async (path: string) => fieldsOf(await send(request, path), 'content-disposition', 'content-type')
  const text = 'text/plain; charset=utf-8'
  assert.deepEqual(
    await dispositionOf('/download/hello.txt'),
    ['attachment; filename="hello.txt"', 'application/octet-stream'].map(unquoted),
  )
  assert.deepEqual(await dispositionOf('/renamed/hello.txt'), ['attachment; filename="data 1.csv"', 'text/csv; charset=utf-8'])
  assert.deepEqual((await dispositionOf('/inline/hello.txt'))[0], unquoted('inline; filename="hello.txt"'))
  const unicode = (await dispositionOf(`/download/${encodeURI('sub/naïve 日本.txt')}`))[0]!
  assert.match(unicode, /^attachment; filename="naive __\.txt"; filename\*=UTF-8''na%C3%AFve%20%E6%97%A5%E6%9C%AC\.txt$/)
  assert.deepEqual(await dispositionOf('/chosen'), [null, text])
  assert.deepEqual(await dispositionOf('/chosen?name=x.txt'), [unquoted('attachment; filename="x.txt"'), text])
  assert.deepEqual(await dispositionOf('/chosen?name=x.txt&disposition=inline'), [unquoted('inline; filename="x.txt"'), text])
  assert.deepEqual(await dispositionOf('/chosen?disposition=attachment'), [unquoted('attachment; filename="hello.txt"'), text])
})

/** A name that is a token needs no quotes. */
function unquoted(field: string): string {
  return field.replace(/"([\w.]+)"/, '$1')
}

const precompressed = appWith({ any: rooted({ precompressed: true }) })

matrix('precompressed copies of a file', precompressed, async (request) => {
  const get = async (path: string, acceptEncoding?: string, more: Record<string, string> = {}) => {
    const response = await send(request, path, { ...(acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding }), ...more })
    assert.equal(response.headers.get('vary'), 'Accept-Encoding')
    return [
      response.status,
      response.headers.get('content-encoding'),
      await response.text(),
      response.headers.get('content-type'),
      response.headers.get('etag'),
    ]
  }
  const js = 'text/javascript; charset=utf-8'
  const css = 'text/css; charset=utf-8'
  assert.deepEqual(await get('/app.js', 'gzip, deflate, br'), [200, 'br', 'BR', js, '"app.js.br-br"'])
  assert.deepEqual(await get('/app.js', 'gzip'), [200, 'gzip', 'GZIP', js, '"app.js.gz-gzip"'])
  assert.deepEqual(await get('/app.js', 'br;q=0.1, gzip'), [200, 'gzip', 'GZIP', js, '"app.js.gz-gzip"'])
  assert.deepEqual(await get('/app.js', 'br;q=0, *'), [200, 'gzip', 'GZIP', js, '"app.js.gz-gzip"'])
  assert.deepEqual(await get('/app.js', 'deflate'), [200, null, 'let a', js, '"app.js"'])
  assert.deepEqual(await get('/style.css', 'br, gzip'), [200, 'gzip', 'GZIP', css, '"style.css.gz-gzip"'])
  assert.deepEqual((await get('/app.js', 'br', { 'if-none-match': '"app.js"' }))[0], 200)
  assert.deepEqual(await get('/app.js', 'br', { 'if-none-match': '"app.js.br-br"' }), [304, null, '', null, '"app.js.br-br"'])
  assert.deepEqual(await get('/app.js', 'br', { range: 'bytes=1-1' }), [206, 'br', 'R', js, '"app.js.br-br"'])
})

const custom = appWith({
  fields: get('/fields', { responses: { 200: file({ root }) } }, ({ response }) => {
    response.headers.set('etag', '"mine"')
    response.headers.set('last-modified', 'Sun, 01 Jan 2023 00:00:00 GMT')
    response.headers.set('content-type', 'text/csv')
    response.headers.set('cache-control', 'max-age=60')
    response.headers.set('content-disposition', 'inline')
    response.headers.set('x-other', '1')
    response.cookies.set('a', '1')
    return 'data.bin'
  }),
  given: get(
    '/given',
    { responses: { 200: { body: file({ root }), headers: { 'Cache-Control': z.string(), 'X-Count': z.int() } } } },
    ({ reply }) => reply(200, 'data.bin', { headers: { 'Cache-Control': 'no-store', 'X-Count': 7 } }),
  ),
})

matrix('fields that the handler sets win', custom, async (request) => {
  const names = ['etag', 'last-modified', 'content-type', 'cache-control', 'content-disposition', 'x-other']
  const own = ['"mine"', 'Sun, 01 Jan 2023 00:00:00 GMT', 'text/csv', 'max-age=60', 'inline', '1']
  const whole = await send(request, '/fields')
  assert.deepEqual(fieldsOf(whole, ...names), own)
  await whole.arrayBuffer()
  assert.equal((await send(request, '/fields', { 'if-none-match': '"data.bin"' })).status, 200)
  const same = await send(request, '/fields', { 'if-none-match': '"mine"' })
  assert.deepEqual([same.status, ...fieldsOf(same, ...names)], [304, '"mine"', null, null, 'max-age=60', null, '1'])
  assert.match(same.headers.get('set-cookie') ?? '', /^a=1/)
  const parts = await send(request, '/fields', { range: 'bytes=0-0,2-2', 'if-range': '"mine"' })
  assert.match(parts.headers.get('content-type') ?? '', /^multipart\/byteranges/)
  assert.match(await parts.text(), /\r\nContent-Type: text\/csv\r\n/)
  const given = await send(request, '/given', { range: 'bytes=0-0' })
  assert.deepEqual([given.status, ...fieldsOf(given, 'cache-control', 'x-count', 'content-length')], [206, 'no-store', '7', '1'])
})

describe('files that the handler has itself', () => {
  const content = 'a,b\n1,2\n'
  const files: Record<string, FileLike> = {
    file: new File([content], 'data.csv', { type: 'text/csv', lastModified: MODIFIED }),
    named: new File([content], 'page.html', { lastModified: MODIFIED }),
    blob: new Blob([content]),
    typed: new Blob([content], { type: 'image/png' }),
    future: new File([content], 'x', { lastModified: Date.UTC(9999, 0) }),
    ancient: {
      size: content.length,
      lastModified: NaN,
      type: 'no type',
      name: 'a.json',
      slice: (start, end) => new Blob([content]).slice(start, end),
    },
  }
  const ofName = get('/{name}', { responses: { 200: file() } }, ({ params }) => files[params.name]!)
  const presented = get('/answer/{name}', { responses: { 200: file({ disposition: 'inline' }) } }, ({ params }) => ({
    file: files[params.name]!,
    fileName: 'other.csv',
  }))
  const handled = appWith({ ofName, presented })
  matrix('are sent as those of a root', handled, async (request) => {
    const names = ['content-type', 'content-length', 'last-modified', 'etag']
    const expected: Record<string, (string | null)[]> = {
      file: ['text/csv; charset=utf-8', '8', MODIFIED_FIELD, null],
      named: ['text/html; charset=utf-8', '8', MODIFIED_FIELD, null],
      blob: ['application/octet-stream', '8', null, null],
      typed: ['image/png', '8', null, null],
      ancient: ['application/json', '8', null, null],
    }
    for (const [name, fields] of Object.entries(expected)) {
      const response = await send(request, `/${name}`)
      assert.deepEqual(fieldsOf(response, ...names), fields, name)
      assert.equal(await response.text(), content)
    }
    const part = await send(request, '/file', { range: 'bytes=4-6', 'if-range': MODIFIED_FIELD })
    assert.deepEqual([part.status, await part.text()], [206, '1,2'])
    assert.equal((await send(request, '/file', { 'if-modified-since': MODIFIED_FIELD })).status, 304)
    assert.equal((await send(request, '/answer/file')).headers.get('content-disposition'), unquoted('inline; filename="other.csv"'))
  })
  matrix('were not changed in the future', handled, async (request) => {
    const response = await send(request, '/future')
    assert.ok(Date.parse(response.headers.get('last-modified')!) <= Date.now())
    await response.arrayBuffer()
  })
})

describe('a value that is not a file', () => {
  const broken = appWith({
    root: get('/root', { responses: { 200: file({ root }) } }, () => 7 as never),
    object: get('/object', { responses: { 200: file({ root }) } }, () => ({ file: 'x' }) as never),
    path: get('/path', { responses: { 200: file() } }, () => 'hello.txt' as never),
    nothing: get('/nothing', { responses: { 200: file() } }, () => undefined as never),
    etag: get('/etag', { responses: { 200: file() } }, () => Object.assign(new Blob(['x']), { etag: 'unquoted' })),
  })
  matrix('breaks the contract', broken, async (request) => {
    for (const path of ['/root', '/object', '/path', '/nothing', '/etag']) assert.equal((await send(request, path)).status, 500, path)
  })
})

const given = (length: number, size: number, canReadWhole: boolean): FileLike => ({
  size,
  type: 'text/plain',
  slice: (start, end) => {
    const part = new Blob(['x'.repeat(Math.max(0, length - (size - (end - start))))])
    return { stream: () => part.stream(), ...(canReadWhole ? { arrayBuffer: () => part.arrayBuffer() } : {}) }
  },
})

describe('a FileLike that gives more or fewer bytes than its size', () => {
  const logged: string[] = []
  const broken = createApp({ logger: { ...silent, error: (_fields, message) => void logged.push(message) } })
  for (const [path, length, size, canReadWhole] of [
    ['/few', 500, 1000, true],
    ['/many', 1500, 1000, true],
    ['/few-streamed', 500, 1000, false],
    ['/many-streamed', 1500, 1000, false],
    ['/few-large', 150_000, 200_000, true],
  ] as const)
    broken.get(path, { responses: { 200: file() } }, () => given(length, size, canReadWhole))
  for (const [path, size] of [
    ['/negative', -1],
    ['/fraction', 1.5],
    ['/nan', Number.NaN],
  ] as const)
    broken.get(path, { responses: { 200: file() } }, () => given(1, size, true))

  matrix('is a 500, or is cut where the head was sent, in a range too', broken, async (request) => {
    for (const path of ['/few', '/many', '/few-streamed', '/many-streamed', '/few-large'])
      for (const range of [undefined, 'bytes=0-899', 'bytes=0-299,400-899']) {
        const headers: Record<string, string> = range === undefined ? {} : { range }
        logged.length = 0
        const isComplete = await send(request, path, headers).then(
          async (response) =>
            response.status < 300 &&
            (await response.arrayBuffer().then(
              () => true,
              () => false,
            )),
          () => false,
        )
        assert.equal(isComplete, false, `${path} ${range}`)
        assert.match(logged.join(), /content/, `${path} ${range}`)
      }
  })
  matrix('or has a size that is not a number of bytes is a 500', broken, async (request) => {
    for (const path of ['/negative', '/fraction', '/nan']) assert.equal((await send(request, path)).status, 500, path)
  })
})

/** The first read of the first file fails, as that of a deleted file does. */
const replaced = (next: string | undefined) => {
  let opened = 0
  const first: FileLike = {
    size: 5,
    etag: '"old"',
    name: 'a.txt',
    slice: () => ({ stream: () => new Blob([]).stream(), arrayBuffer: () => Promise.reject(new Error('ENOENT')) }),
  }
  const second = next === undefined ? undefined : Object.assign(new File([next], 'a.txt'), { etag: '"new"' })
  const app = appWith(
    get('/', { responses: { 200: file({ root: { open: async () => (opened++ % 2 === 0 ? first : second) } }) } }, () => 'a.txt'),
  )
  return app
}
describe('a file that is replaced between finding and reading it', () => {
  matrix('is looked up once more', replaced('replaced'), async (request) => {
    const response = await send(request, '/')
    assert.deepEqual(
      [response.status, ...fieldsOf(response, 'etag', 'content-length'), await response.text()],
      [200, '"new"', '8', 'replaced'],
    )
    const part = await send(request, '/', { range: 'bytes=0-2' })
    assert.deepEqual([part.status, ...fieldsOf(part, 'etag', 'content-range'), await part.text()], [206, '"new"', 'bytes 0-2/8', 'rep'])
  })
  matrix('is a 404 where it is gone then', replaced(undefined), async (request) => {
    assert.equal((await send(request, '/')).status, 404)
  })
})

describe('Last-Modified', () => {
  const times = { epoch: 0, nix: 1_000, zip: Date.UTC(1980, 0), npm: Date.UTC(1985, 9, 26, 8, 15), before: -1, first: Date.UTC(1990, 0) }
  const ofTime = get('/{name}', { responses: { 200: file() } }, ({ params }) => {
    const lastModified = times[params.name as keyof typeof times]
    return new File(['x'], 'a.txt', { lastModified })
  })
  const app = appWith({ ofTime })
  matrix('is left out where a build tool set the time', app, async (request) => {
    for (const name of ['epoch', 'nix', 'zip', 'npm', 'before']) {
      const response = await send(request, `/${name}`, { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:01 GMT' })
      assert.deepEqual([response.status, response.headers.get('last-modified')], [200, null], name)
    }
    assert.equal((await send(request, '/first')).headers.get('last-modified'), 'Mon, 01 Jan 1990 00:00:00 GMT')
  })
})

test('content is read to its end, or left, and never read for nothing', async () => {
  const streamed = memoryRoot({ 'large.bin': pattern(2_000_000) }, false)
  const { fetch } = appWith(get('/', { responses: { 200: file({ root: streamed }) } }, () => 'large.bin'))
  const request = (headers: Record<string, string> = {}) => fetch(new Request('http://localhost/', { headers }))
  await (await request({ 'if-none-match': '*' })).arrayBuffer()
  assert.equal(streamed.begun, 0)
  for (const headers of [{}, { range: 'bytes=0-1500000' }, { range: 'bytes=0-1000000,1200000-1900000' }]) {
    await (await request(headers)).arrayBuffer()
    assert.equal(streamed.reading, 0)
    const reader = (await request(headers)).body!.getReader()
    await reader.read()
    await reader.read()
    assert.equal(streamed.reading, 1)
    await reader.cancel()
    assert.equal(streamed.reading, 0)
  }
})
