import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFormDataHead } from '../../src/http/content-disposition.ts'

const parse = (disposition: string, type?: string) =>
  parseFormDataHead(new Map([['content-disposition', disposition], ...(type === undefined ? [] : [['content-type', type] as const])]))

test('fields and files', () => {
  assert.deepEqual(parse('form-data; name="a"'), { name: 'a', fileName: undefined, mediaType: 'text/plain' })
  assert.deepEqual(parse('form-data; name=a; filename=b.txt'), { name: 'a', fileName: 'b.txt', mediaType: 'application/octet-stream' })
  assert.deepEqual(parse('Form-Data; name="a"; filename="b.png"', 'image/png'), { name: 'a', fileName: 'b.png', mediaType: 'image/png' })
  assert.equal(parse('form-data; name="a"; filename=""')?.fileName, '')
})

test('names as browsers write them: UTF-8, quotes and line breaks percent-encoded', () => {
  assert.equal(parse('form-data; name="naïve 日本"')?.name, 'naïve 日本')
  assert.equal(parse('form-data; name="a%22b%0D%0Ac%25"')?.name, 'a"b\r\nc%25')
})

test('filename* is ignored', () => {
  assert.equal(parse(`form-data; name="a"; filename="plain"; filename*=UTF-8''evil`)?.fileName, 'plain')
  assert.equal(parse(`form-data; name="a"; filename*=UTF-8''evil`)?.fileName, undefined)
})

test('folders of a file name are dropped', () => {
  for (const path of ['../../etc/passwd', '/etc/passwd', 'C:\\secret\\passwd', '..\\passwd'])
    assert.equal(parse(`form-data; name="a"; filename="${path}"`)?.fileName, 'passwd')
})

test('a file that was sent has a name, however its name is written', () => {
  assert.equal(parse(String.raw`form-data; name="f"; filename="a\"b.txt"`)?.fileName, 'a"b.txt')
  assert.equal(parse(String.raw`form-data; name="f"; filename="a\" b.txt"; x=y`)?.fileName, 'a" b.txt')
  assert.equal(parse(String.raw`form-data; name="f"; filename="C:\"`)?.fileName, 'C:')
  assert.equal(parse(String.raw`form-data; filename="C:\" ; name="f"`)?.fileName, 'C:')
  assert.equal(parse('form-data; name="f"; filename="dir/"')?.fileName, 'dir')
  assert.equal(parse('form-data; name="f"; filename="///"')?.fileName, 'file')
})

test('a part without a field name is undefined', () => {
  for (const bad of ['', 'attachment; name="a"', 'form-data', 'form-data; name="a', 'form-data; filename="a"'])
    assert.equal(parse(bad), undefined, bad)
  assert.equal(parseFormDataHead(new Map()), undefined)
})
