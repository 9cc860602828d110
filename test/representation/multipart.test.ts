import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { multipart, RequestError, type FileStore, type MultipartOptions } from '../../src/index.ts'
import { contentOf } from './request-content.ts'

const Upload = z.object({
  title: z.string(),
  count: z.int().optional(),
  tags: z.array(z.string()).default([]),
  photo: z.file().max(10).optional(),
  more: z.array(z.file()).default([]),
})

async function toContent(form: FormData, size?: number) {
  const request = new Request('http://localhost/', { method: 'POST', body: form })
  const boundary = /boundary=(.*)$/.exec(request.headers.get('content-type') ?? '')![1]!
  return contentOf(new Uint8Array(await request.arrayBuffer()), { boundary }, size)
}

async function read(form: FormData, options?: MultipartOptions, schema: z.ZodType = Upload) {
  return multipart(schema, options).reading.compile()(await toContent(form))
}

const codesOf = async (form: FormData, options?: MultipartOptions) =>
  (await read(form, options)).issues?.map(({ path, code }) => [code, ...path])

function formOf(...entries: readonly (readonly [name: string, value: string | File])[]): FormData {
  const form = new FormData()
  for (const [name, value] of entries) form.append(name, value)
  return form
}

describe('what browsers send', () => {
  test('fields by declared type, files as File', async () => {
    const form = formOf(
      ['title', 'naïve "日本"\r\n'],
      ['count', '7'],
      ['tags', 'a'],
      ['tags', 'b'],
      ['photo', new File(['12345'], 'Ω"1.png', { type: 'image/png' })],
      ['more', new File(['x'], 'x')],
      ['more', new File(['y'], 'y')],
      ['undeclared', 'z'],
    )
    const { value } = (await read(form)) as { value: z.infer<typeof Upload> }
    const { photo, more, ...fields } = value
    assert.deepEqual(fields, { title: 'naïve "日本"\r\n', count: 7, tags: ['a', 'b'] })
    assert.deepEqual([photo?.name, photo?.type, await photo?.text()], ['Ω"1.png', 'image/png', '12345'])
    assert.deepEqual(await Promise.all(more.map((file) => file.text())), ['x', 'y'])
  })
  test('in chunks of any size', async () => {
    const form = formOf(['title', 't'], ['photo', new File(['\r\n--\r\n'], 'p')])
    for (const size of [1, 2, 3, 7, 50]) {
      const { value } = (await multipart(Upload).reading.compile()(await toContent(form, size))) as { value: z.infer<typeof Upload> }
      assert.equal(await value.photo?.text(), '\r\n--\r\n')
    }
  })
  test('a field that was left empty, a file that was not chosen', async () => {
    assert.deepEqual(await read(formOf(['title', 't'], ['count', ''], ['photo', new File([], '')])), {
      value: { title: 't', tags: [], more: [] },
    })
  })
})

describe('what does not fit', () => {
  test('is told by field', async () => {
    const issues = await codesOf(formOf(['count', 'x'], ['photo', new File(['12345678901'], 'p')]))
    assert.deepEqual(issues?.map(([, name]) => name).sort(), ['count', 'photo', 'title'])
  })
  test('a file where text is declared, text where a file is', async () => {
    const issues = await codesOf(formOf(['title', new File(['x'], 'x')], ['count', new File(['1'], 'x')], ['photo', 'text']))
    assert.deepEqual(issues?.map(([, name]) => name).sort(), ['count', 'photo', 'title'])
  })
  test('content that is not multipart', async () => {
    for (const [text, boundary] of [
      ['a=1', 'B'],
      ['--B\r\nContent-Disposition: attachment\r\n\r\nx\r\n--B--', 'B'],
      ['--B\r\n\r\nx\r\n--B--', 'B'],
      ['--B--', ''],
    ] as const) {
      const { issues } = await multipart(Upload).reading.compile()(contentOf(text, { boundary }))
      assert.deepEqual(
        issues?.map(({ code, path }) => [code, path]),
        [['multipart_invalid', []]],
        text,
      )
    }
    assert.equal((await multipart(Upload).reading.compile()(contentOf('--B--'))).issues?.[0]?.code, 'multipart_invalid')
  })
  test('a field that is not UTF-8', async () => {
    const bytes = new TextEncoder().encode('--B\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--B--')
    bytes[bytes.indexOf(0x78)] = 0xe9
    assert.equal((await multipart(Upload).reading.compile()(contentOf(bytes, { boundary: 'B' }))).issues?.[0]?.code, 'multipart_invalid')
  })
  test('more or larger parts than are allowed', async () => {
    const form = formOf(['title', 'long text'], ['photo', new File(['12345'], 'p')])
    for (const limits of [{ maxParts: 1 }, { partLimitBytes: 8 }]) {
      await assert.rejects(read(form, limits), (error) => error instanceof RequestError && error.status === 413)
    }
    assert.equal((await read(form, { maxParts: 2, partLimitBytes: 9 })).issues, undefined)
  })
})

const skips: FileStore = () => Promise.resolve('skipped')

const fails: FileStore = ({ name }, cleanUp) => {
  cleanUp(() => `undone ${name}`)
  return Promise.reject(new Error('disk full'))
}

describe('a store', () => {
  const form = formOf(['photo', new File(['12345'], 'p.png', { type: 'image/png' })], ['title', 't'])

  test('returns the value of the field', async () => {
    const seen: string[] = []
    const store: FileStore = async ({ field, name, type, content }) => {
      let bytes = 0
      for await (const chunk of content) bytes += chunk.byteLength
      seen.push(field, name, type)
      return { key: 'k', bytes }
    }
    const Anything = z.object({ photo: z.any(), title: z.string() })
    assert.deepEqual(await read(form, { store }, Anything), { value: { photo: { key: 'k', bytes: 5 }, title: 't' } })
    assert.deepEqual(seen, ['photo', 'p.png', 'image/png'])
  })
  test('need not read the content', async () => {
    assert.deepEqual(await read(form, { store: skips }, z.object({ photo: z.string(), title: z.string() })), {
      value: { photo: 'skipped', title: 't' },
    })
  })
  test('that fails fails the request, and its registered clean-ups run', async () => {
    const content = await toContent(form)
    await assert.rejects(async () => multipart(z.object({ photo: z.any() }), { store: fails }).reading.compile()(content), /disk full/)
    assert.deepEqual(
      content.cleanUps.map((action) => action()),
      ['undone p.png'],
    )
  })
  test('gets an error for content that ends early', async () => {
    let heard: unknown
    const store: FileStore = async ({ content }) => {
      try {
        for await (const chunk of content) assert.ok(chunk.byteLength > 0)
        return ''
      } catch (error) {
        heard = error
        throw error
      }
    }
    const text = '--B\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n123'
    const { issues } = await multipart(z.object({ photo: z.any() }), { store }).reading.compile()(contentOf(text, { boundary: 'B' }))
    assert.equal(issues?.[0]?.code, 'multipart_invalid')
    assert.ok(heard instanceof Error)
  })
})
