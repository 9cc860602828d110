/** Several ranges in one answer: put together, they are read back by the grammar of RFC 2046. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { createMultipartByteRanges, type ByteRange } from '../../src/http/range.ts'
import { fc } from '../support/fuzz.ts'

const SIZE = 1024
const content = Uint8Array.from({ length: SIZE }, (_, i) => i)

function toBytes({ parts, end }: ReturnType<typeof createMultipartByteRanges>): Buffer {
  return Buffer.concat([...parts.flatMap(({ head, range }) => [head, content.subarray(range.start, range.end + 1)]), end])
}

test('the octets of two parts', () => {
  const ranges = [
    { start: 48, end: 50 },
    { start: 65, end: 65 },
  ]
  const multipart = createMultipartByteRanges(ranges, SIZE, 'text/plain; charset=utf-8')
  const boundary = multipart.mediaType.replace('multipart/byteranges; boundary=', '')
  assert.match(boundary, /^[\da-f-]{36}$/)
  assert.equal(
    toBytes(multipart).toString('latin1'),
    [
      `--${boundary}`,
      'Content-Type: text/plain; charset=utf-8',
      'Content-Range: bytes 48-50/1024',
      '',
      '012',
      `--${boundary}`,
      'Content-Type: text/plain; charset=utf-8',
      'Content-Range: bytes 65-65/1024',
      '',
      'A',
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  )
})

test('two answers have two boundaries', () => {
  const ranges = [{ start: 0, end: 0 }]
  assert.notEqual(createMultipartByteRanges(ranges, SIZE, 'a/b').mediaType, createMultipartByteRanges(ranges, SIZE, 'a/b').mediaType)
})

test('the length is exact, whatever the media type holds', () => {
  const range: fc.Arbitrary<ByteRange> = fc
    .tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
    .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
  fc.assert(
    fc.property(fc.array(range, { minLength: 1 }), fc.constantFrom('image/png', 'text/plain; x="é"'), (ranges, mediaType) => {
      const multipart = createMultipartByteRanges(ranges, SIZE, mediaType)
      assert.equal(multipart.length, toBytes(multipart).byteLength)
      assert.deepEqual(
        multipart.parts.map(({ range }) => range),
        ranges,
      )
    }),
  )
})
