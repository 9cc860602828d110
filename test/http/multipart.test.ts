import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isBoundary, MultipartError, MultipartParser, readMultipart, type MultipartEvent } from '../../src/http/multipart.ts'
import { fc } from '../support/fuzz.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)

interface Part {
  readonly fields: Readonly<Record<string, string>>
  readonly data: string
  readonly ended: boolean
}

function toParts(events: Iterable<MultipartEvent>): Part[] {
  const parts: { fields: Record<string, string>; data: string; ended: boolean }[] = []
  for (const event of events) {
    if (event.kind === 'head') parts.push({ fields: Object.fromEntries(event.fields), data: '', ended: false })
    else if (event.kind === 'data') parts.at(-1)!.data += decode(event.bytes)
    else parts.at(-1)!.ended = true
  }
  return parts
}

function read(content: Uint8Array | string, boundary = 'B', cuts: readonly number[] = []): Part[] {
  const bytes = typeof content === 'string' ? encode(content) : content
  const parser = new MultipartParser(boundary)
  const events: MultipartEvent[] = []
  const ends = [...cuts, bytes.length]
  let from = 0
  for (const end of ends) {
    events.push(...parser.push(bytes.subarray(from, end)))
    from = end
  }
  parser.end()
  return toParts(events)
}

const TWO = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B\r\nX-One: 1\r\nx-two:  two \r\n\r\n\r\n2\r\n\r\n--B--\r\n'

describe('what RFC 2046 allows', () => {
  test('parts with their fields, line breaks of their own included', () => {
    assert.deepEqual(read(TWO), [
      { fields: { 'content-disposition': 'form-data; name="a"' }, data: '1', ended: true },
      { fields: { 'x-one': '1', 'x-two': 'two' }, data: '\r\n2\r\n', ended: true },
    ])
  })
  test('preamble, epilogue, whitespace behind a boundary, a part without fields', () => {
    const content = 'ignore\r\n--A\r\n--B \t\r\n\r\nx\r\n--B\r\n\r\n\r\n--B--whatever\r\n--B\r\n'
    assert.deepEqual(read(content), [
      { fields: {}, data: 'x', ended: true },
      { fields: {}, data: '', ended: true },
    ])
  })
  test('data that looks like a boundary for a while', () => {
    const data = '\r\n--\r\r\n\r\n-\r\n--b\n--B\r--B\r\n-'
    assert.equal(read(`--B\r\n\r\n${data}\r\n--B--`)[0]?.data, data)
  })
  test('no parts', () => assert.deepEqual(read('--B--'), []))
  test('boundaries', () => {
    for (const good of ['B', '----WebKitFormBoundaryx7', "'()+_,-./:=?", 'a b', 'a'.repeat(70)]) assert.ok(isBoundary(good), good)
    for (const bad of ['', 'a ', 'a'.repeat(71), 'a\r\nb', 'a"b', 'é']) assert.ok(!isBoundary(bad), bad)
  })
})

describe('what RFC 2046 forbids', () => {
  const cases: Readonly<Record<string, string>> = {
    'no content': '',
    'no boundary': 'a=1',
    'another boundary': '--C\r\n\r\n\r\n--C--',
    'no last boundary': '--B\r\n\r\nx\r\n--B\r\n',
    'a cut in the data': '--B\r\n\r\nx',
    'bare line feeds': '--B\nA: 1\n\nx\n--B--',
    'a bare line feed in the head': '--B\r\nA: 1\n\r\nx\r\n--B--',
    'text behind a boundary': '--BB\r\n\r\nx\r\n--BB--',
    'a folded line': '--B\r\nA: 1\r\n 2\r\n\r\nx\r\n--B--',
    'a line that is no field': '--B\r\nnothing\r\n\r\nx\r\n--B--',
    'a name with a blank': '--B\r\nA : 1\r\n\r\nx\r\n--B--',
    'a control character': '--B\r\nA: \0\r\n\r\nx\r\n--B--',
    'a field twice': '--B\r\nA: 1\r\na: 2\r\n\r\nx\r\n--B--',
    'a head too large': `--B\r\nA: ${'x'.repeat(8192)}\r\n\r\nx\r\n--B--`,
    'a head of too many lines': `--B\r\n${Array.from({ length: 1200 }, (_, i) => `A${i}: 1\r\n`).join('')}\r\nx\r\n--B--`,
    'too much whitespace behind a boundary': `--B${' '.repeat(8193)}\r\n\r\nx\r\n--B--`,
  }
  for (const [name, content] of Object.entries(cases)) {
    test(name, () => assert.throws(() => read(content), MultipartError))
  }
  test('a head that is not UTF-8', () => {
    const bytes = encode('--B\r\nA: e\r\n\r\nx\r\n--B--')
    bytes[8] = 0xe9
    assert.throws(() => read(bytes), MultipartError)
  })
  test('a head that never ends is refused before its end', () => {
    const parser = new MultipartParser('B')
    parser.push(encode('--B\r\nA: '))
    assert.throws(() => {
      for (let i = 0; i < 10_000; i++) parser.push(encode('x'))
    }, MultipartError)
  })
})

const part = fc.record({
  name: fc.stringMatching(/^[A-Za-z][\w-]{0,10}$/),
  value: fc.stringMatching(/^[!-~]{1,10}$/),
  // Made of what delimiters are made of, so that near misses are common.
  data: fc
    .array(fc.constantFrom('\r', '\n', '-', '--', '\r\n--', '\r\n--bound', 'x', '\0', 'é'), { maxLength: 12 })
    .map((pieces) => pieces.join('')),
})

describe('laws', () => {
  test('generated content is parsed into its parts, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), fc.infiniteStream(fc.nat({ max: 40 })), (parts, steps) => {
        const content = encode(
          `${parts.map(({ name, value, data }) => `--boundary7\r\n${name}: ${value}\r\n\r\n${data}\r\n`).join('')}--boundary7--`,
        )
        const cuts: number[] = []
        for (const step of steps) {
          const next = (cuts.at(-1) ?? 0) + step
          if (next > content.length || cuts.length > 2000) break
          cuts.push(next)
        }
        const expected = parts.map(({ name, value, data }) => ({
          fields: { [name.toLowerCase()]: value },
          data: decode(encode(data)),
          ended: true,
        }))
        assert.deepEqual(read(content, 'boundary7', cuts), expected)
      }),
    )
  })
  test('every place to cut gives the same parts', () => {
    const bytes = encode(TWO)
    const whole = read(TWO)
    for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(read(bytes, 'B', [cut]), whole)
    assert.deepEqual(read(bytes, 'B', [...bytes.keys()]), whole)
  })
  test('any bytes give parts or a MultipartError', () => {
    const bytes = fc
      .array(fc.constantFrom('--B', '\r\n', '\r', '\n', '--', 'A: 1', ' ', 'x'), { maxLength: 30 })
      .map((pieces) => encode(pieces.join('')))
    fc.assert(
      fc.property(bytes, (content) => {
        try {
          for (const { ended } of read(content)) assert.ok(ended)
        } catch (error) {
          assert.ok(error instanceof MultipartError)
        }
      }),
    )
  })
})

test('events are emitted as chunks arrive, and the content is closed when its reader stops', async () => {
  let left = false
  async function* chunks() {
    try {
      yield encode('--B\r\n\r\nfirst')
      yield encode('second')
      assert.fail('was read on')
    } finally {
      left = true
    }
  }
  const kinds: string[] = []
  for await (const { kind } of readMultipart(chunks(), 'B')) {
    kinds.push(kind)
    if (kinds.length === 3) break
  }
  assert.deepEqual(kinds, ['head', 'data', 'data'])
  assert.ok(left)
})
