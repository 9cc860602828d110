/** The media type of a file by its name. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { mediaTypeOf, parseMediaType } from '../../src/http/media-type.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const types: [name: string, type: string][] = [
  ['page.html', 'text/html; charset=utf-8'],
  ['a.CSV', 'text/csv; charset=utf-8'],
  ['a.js', 'text/javascript; charset=utf-8'],
  ['a.txt', 'text/plain; charset=utf-8'],
  ['a.json', 'application/json'],
  ['a.png', 'image/png'],
  ['a.svg', 'image/svg+xml'],
  ['a.xml', 'application/xml'],
  ['a.wasm', 'application/wasm'],
  ['a.ndjson', 'application/x-ndjson'],
  ['a.jsonl', 'application/jsonl'],
  ['a.parquet', 'application/vnd.apache.parquet'],
  ['a.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['a.pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['a.tar.gz', 'application/gzip'],
  ['dir.png/README', 'application/octet-stream'],
  ['dir/page.html', 'text/html; charset=utf-8'],
  ['C:\\dir.png\\README', 'application/octet-stream'],
  ['data.bin', 'application/octet-stream'],
  ['png', 'application/octet-stream'],
  ['.html', 'application/octet-stream'],
  ['dir/.html', 'application/octet-stream'],
  ['a.', 'application/octet-stream'],
  ['a.html ', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
  ['a.__proto__', 'application/octet-stream'],
  ['', 'application/octet-stream'],
]
for (const [name, type] of types) test(`${name === '' ? 'no name' : name} is ${type}`, () => assert.equal(mediaTypeOf(name), type))

test('any name has a media type', () => {
  fc.assert(fc.property(fc.oneof(anyText, mixOf('.', '/', '\\', 'html', 'png')), (name) => assert.ok(parseMediaType(mediaTypeOf(name)))))
})

test('hostile names are read in linear time', () => {
  for (const name of repeated('.', 'a', 'a.', './', '.a/', '\\')) assertEnds(() => mediaTypeOf(name))
})
