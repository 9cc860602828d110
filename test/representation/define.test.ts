/** Representations of a user's own: MessagePack and CSV as responses, request bodies, negotiated lists and errors. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type } from 'arktype'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { pack, unpack } from 'msgpackr'
import { z } from 'zod'
import { createApp, defineError, defineRepresentation, DeclarationError, errorBody, fastapi, json, type Schema } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const msgpack = <S extends Schema>(schema: S) =>
  defineRepresentation({ mediaType: 'application/vnd.msgpack', schema, encode: pack, decode: ({ bytes }) => unpack(bytes) as unknown })

const Sensor = z.object({ id: z.int(), name: z.string().min(1), at: z.date(), raw: z.instanceof(Uint8Array), note: z.string().optional() })
const Row = z.object({ id: z.int(), name: z.string(), active: z.boolean(), day: z.date().optional() })
const Rows = z.array(Row)

const csv = defineRepresentation({
  mediaType: 'text/csv',
  schema: Rows,
  textValues: true,
  encode: (rows) =>
    stringify(
      rows.map((row) => ({ ...row, day: row.day?.toISOString() })),
      { header: true, cast: { boolean: String } },
    ),
  decode: ({ text }) => parse(text, { columns: true, skip_empty_lines: true, cast: (cell) => (cell === '' ? undefined : cell) }) as unknown,
})

const logger = new RecordingLogger()
const app = createApp({ logger, errorBody: fastapi(), bodyLimitBytes: 2000 })

app.post('/sensors', { body: msgpack(Sensor), responses: { 201: msgpack(Sensor) } }, ({ body }) => ({ ...body, secret: 'SECRET' }))
app.post('/any', { body: msgpack(z.unknown()), responses: { 200: z.string() } }, ({ body }) => JSON.stringify(body) ?? 'nothing')
app.post('/rows', { body: csv, responses: { 200: csv } }, ({ body }) => body.map((row) => ({ ...row, secret: 'SECRET' })))
app.post('/either', { body: [json(Rows), csv, msgpack(Rows)], responses: { 200: [json(Rows), csv, msgpack(Rows)] } }, ({ body }) => body)

const at = new Date('2026-01-02T03:04:05.678Z')
const sensor = { id: 7, name: 'Ω', at, raw: Uint8Array.of(0, 255, 1) }

const send = (type: string, body: string | Uint8Array, headers = {}) => ({
  method: 'POST',
  headers: { 'content-type': type, ...headers },
  body,
})
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

const problemsOf = async (response: Response) => {
  const { detail } = (await response.json()) as { detail: { loc: unknown[]; type: string; msg: string }[] }
  return [response.status, ...detail.map(({ loc, type }) => `${loc.join('.')} ${type}`)]
}

matrix('MessagePack', app, async (request) => {
  const post = (path: string, body: Uint8Array, type = 'application/vnd.msgpack') => request(path, send(type, body))
  const created = await post('/sensors', pack({ ...sensor, extra: 'not declared' }))
  assert.deepEqual([created.status, created.headers.get('content-type')], [201, 'application/vnd.msgpack'])
  const { raw, ...fields } = unpack(await bytesOf(created)) as typeof sensor
  assert.deepEqual(fields, { id: 7, name: 'Ω', at }, 'a date is a date, and nothing undeclared is sent')
  assert.deepEqual([...raw], [0, 255, 1])

  const asJSON = await post('/sensors', pack({ ...sensor, at: at.toISOString(), raw: 'AP8B' }))
  assert.equal(asJSON.status, 201, 'the form in JSON is read too')

  assert.deepEqual(await problemsOf(await post('/sensors', pack({ id: 'x', name: '', raw: sensor.raw }))), [
    422,
    'body.id number_type',
    'body.name string_too_short',
    'body.at missing',
  ])
  const cut = await post('/sensors', pack(sensor).subarray(0, 20))
  assert.deepEqual(
    [cut.status, await cut.json()],
    [422, { detail: [{ loc: ['body'], msg: 'The content is not valid application/vnd.msgpack', type: 'content_invalid' }] }],
  )
  assert.deepEqual(await problemsOf(await post('/sensors', new Uint8Array())), [422, 'body missing'])

  const other = await post('/sensors', pack(sensor), 'application/json')
  assert.deepEqual([other.status, other.headers.get('accept')], [415, 'application/vnd.msgpack'])
  assert.equal((await post('/sensors', pack({ ...sensor, name: 'x'.repeat(3000) }))).status, 413)

  let deep: unknown = 1
  for (let level = 0; level < 600; level++) deep = [deep]
  assert.deepEqual(await problemsOf(await post('/any', pack(deep))), [422, 'body content_invalid'])
  const polluted = await post('/any', Uint8Array.of(0x81, 0xa9, ...Buffer.from('__proto__'), 0x81, 0xa1, 0x78, 1))
  assert.doesNotMatch(await polluted.text(), /"__proto__"/)
})

matrix('CSV', app, async (request) => {
  const post = async (body: string | Uint8Array, type = 'text/csv') => {
    const response = await request('/rows', send(type, body))
    return [response.status, response.headers.get('content-type'), await response.text()]
  }
  const text = 'id,name,active,day\n1,"Ada, ""the"" first",true,2026-01-02T00:00:00.000Z\n2,Zoë,false,\n'
  assert.deepEqual(await post(text), [200, 'text/csv; charset=utf-8', text])
  assert.deepEqual((await post(text, 'text/csv; charset=utf-8'))[0], 200)

  const [status, , problems] = await post('id,name,active\nx,Ada,perhaps\n2,,true\n')
  assert.equal(status, 422)
  assert.deepEqual(
    (JSON.parse(String(problems)) as { detail: { loc: unknown[]; type: string }[] }).detail.map(
      ({ loc, type }) => `${loc.join('.')} ${type}`,
    ),
    ['body.0.id int_parsing', 'body.0.active bool_parsing', 'body.1.name missing'],
  )
  const quoted = await post('id,name,active\n1,"SENT,true\n')
  assert.match(String(quoted[2]), /content_invalid/)
  assert.doesNotMatch(String(quoted[2]), /SENT/, 'no message repeats what was sent')
  assert.match(String((await post(Uint8Array.of(0xe9)))[2]), /string_unicode/)
  assert.equal((await post(text, 'text/csv; charset=latin1'))[0], 415)
})

matrix('a list of representations, read by Content-Type and chosen by Accept', app, async (request) => {
  const rows = [{ id: 1, name: 'Ada', active: true }]
  const bodies: Record<string, string | Uint8Array> = {
    'application/json': JSON.stringify(rows),
    'text/csv': 'id,name,active\n1,Ada,true\n',
    'application/vnd.msgpack': pack(rows),
  }
  for (const [type, body] of Object.entries(bodies)) {
    for (const accept of Object.keys(bodies)) {
      const response = await request('/either', send(type, body, { accept }))
      assert.equal(response.headers.get('content-type')?.split(';')[0], accept)
      assert.equal(response.headers.get('vary'), 'Accept')
      if (accept === 'application/vnd.msgpack') assert.deepEqual(unpack(await bytesOf(response)), rows)
    }
  }
  assert.equal((await request('/either', send('text/csv', bodies['text/csv']!, { accept: 'image/png' }))).status, 406)
})

test('the document describes bodies, responses and the errors of reading', async () => {
  const document = (await (await app.request('/openapi.json')).json()) as { paths: Record<string, { post: Record<string, unknown> }> }
  const { requestBody, responses } = document.paths['/either']!.post as {
    requestBody: { content: Record<string, { schema: unknown }> }
    responses: Record<string, { content: object }>
  }
  const types = ['application/json', 'text/csv', 'application/vnd.msgpack']
  assert.deepEqual(Object.keys(requestBody.content), types)
  assert.deepEqual(Object.keys(responses['200']!.content), types)
  assert.deepEqual(requestBody.content['text/csv'], requestBody.content['application/json'], 'the model is the same in each')
  assert.deepEqual(
    ['413', '415', '422'].filter((status) => !(status in responses)),
    [],
  )
})

describe('encode', () => {
  const plain = { mediaType: 'text/plain', schema: z.object({ id: z.int() }) } as const
  const value = { id: 1, secret: 'SECRET' }
  let isStarted = false

  const ways = createApp({ logger })
  const failing = new Error('out of paper')
  const declare = (path: string, encode: (value: { id: number }) => never) =>
    ways.get(path, { responses: { 200: defineRepresentation({ ...plain, encode }) } }, () => value)
  const encoders: Record<string, (value: { id: number }) => unknown> = {
    '/async': async (one) => JSON.stringify(one),
    '/stream': async function* (one) {
      isStarted = true
      yield 'begin '
      yield new TextEncoder().encode(JSON.stringify(one))
    },
    '/list': () => ['a', 'b'],
    '/rejects': () => Promise.reject(failing),
    '/number': () => 7,
    '/number-in-stream': () => [7],
    '/late': function* () {
      yield 'x'.repeat(10)
      throw failing
    },
  }
  for (const [path, encode] of Object.entries(encoders)) declare(path, encode as never)

  matrix('may be asynchronous, and may be a stream', ways, async (request) => {
    for (const [path, text] of Object.entries({ '/async': '{"id":1}', '/stream': 'begin {"id":1}', '/list': 'ab' })) {
      const response = await request(path)
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/plain; charset=utf-8'])
      assert.equal(await response.text(), text)
    }
    isStarted = false
    assert.equal((await request('/stream', { method: 'HEAD' })).status, 200)
    assert.equal(isStarted, false, 'HEAD starts no stream')
  })

  matrix('that fails before its first chunk is a 500, and later cuts the response', ways, async (request) => {
    for (const path of ['/rejects', '/number', '/number-in-stream']) assert.equal((await request(path)).status, 500, path)
    assert.match(
      logger.takeMessages().join('\n'),
      /RESPONSE_BREACH: GET \/number-in-stream 200: encode\(\): expected string or Uint8Array, got number/,
    )
    await assert.rejects(async () => (await request('/late')).text())
  })
})

describe('errors', () => {
  const Failure = z.object({ code: z.string().optional(), message: z.string(), data: z.unknown().optional() })
  const NotFound = defineError('NOT_FOUND', { status: 404, detail: 'No such row', data: z.object({ id: z.int() }) })
  const own = defineRepresentation({
    mediaType: 'application/x-failure',
    schema: Failure,
    encode: async (failure) => JSON.stringify(failure),
    fromError: ({ status }) => ({ message: `status ${status}` }),
  })
  const packed = errorBody(msgpack(Failure), ({ detail }, { code, data }) => ({ code, message: String(detail), data }))

  const failingApp = createApp({ logger, errorBody: packed })
  failingApp.get('/declared', { responses: { 200: z.string() }, errors: [NotFound] }, ({ fail }) => {
    throw fail(NotFound, { id: 7, secret: 'SECRET' } as { id: number })
  })
  failingApp.get('/own', { responses: { 200: z.string(), 404: own } }, () => {
    throw new NotFound({ id: 7 })
  })

  matrix('are sent in a representation with fromError', failingApp, async (request) => {
    const declared = await request('/declared')
    assert.deepEqual([declared.status, declared.headers.get('content-type')], [404, 'application/vnd.msgpack'])
    const failure = unpack(await bytesOf(declared)) as unknown
    assert.deepEqual(failure, { code: 'NOT_FOUND', message: 'No such row', data: { id: 7 } }, 'data is filtered by the model of the error')
    const response = await request('/own')
    assert.deepEqual(
      [response.status, await response.text()],
      [404, '{"message":"status 404"}'],
      'fromError, and nothing of the error itself',
    )
    assert.equal((unpack(await bytesOf(await request('/nowhere'))) as { message: string }).message, 'Not Found')
  })
})

describe('a representation for one direction only', () => {
  const readOnly = defineRepresentation({ mediaType: 'text/csv', schema: Rows, decode: () => [] })
  const writeOnly = defineRepresentation({ mediaType: 'text/csv', schema: Rows, encode: () => '' })

  test('without encode is refused as a response', () => {
    assert.throws(
      () => createApp({ logger }).get('/', { responses: { 200: readOnly } }, () => []),
      (error) => error instanceof DeclarationError && /RESPONSE_FORM.*text\/csv can be read but not sent/.test(error.message),
    )
  })
  test('without decode is refused as a body', () => {
    assert.throws(
      () => createApp({ logger }).post('/', { body: writeOnly, responses: { 200: Rows } }, () => []),
      (error) => error instanceof DeclarationError && /REQUEST_BODY.*can be sent but not read/.test(error.message),
    )
  })
})

test('a representation without a model passes values through its own code alone', async () => {
  const lines = defineRepresentation({
    mediaType: 'text/x-lines',
    encode: (value: readonly string[]) => value.join('\n'),
    decode: ({ text }) => text.split('\n'),
  })
  const free = createApp({ logger })
  free.post('/', { body: lines, responses: { 200: lines } }, ({ body }) => body.toReversed())
  const response = await free.request('/', send('text/x-lines', 'a\nb'))
  assert.equal(await response.text(), 'b\na')
})

test('cells of a CSV file are read by the types of a model of another library', async () => {
  const Rows = type({ id: 'number.integer', active: 'boolean', level: '1 | 2', 'note?': 'string' }).array()
  const cells = defineRepresentation({
    mediaType: 'text/csv',
    schema: Rows,
    textValues: true,
    encode: (rows) => JSON.stringify(rows),
    decode: ({ text }) => parse(text, { columns: true }) as unknown,
  })
  const app = createApp()
  app.post('/rows', { body: cells, responses: { 200: json(Rows) } }, ({ body }) => body)
  const read = async (text: string) => {
    const response = await app.request('/rows', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: text })
    return [response.status, await response.json()] as const
  }
  const row = { id: 7, active: true, level: 2, note: '5' }
  assert.deepEqual(await read('id,active,level,note\n7,true,2,5\n'), [200, [row]])
  for (const wrong of ['x,true,2,5', '7,maybe,2,5', '7,true,3,5'])
    assert.equal((await read(`id,active,level,note\n${wrong}\n`))[0], 422, wrong)
})
