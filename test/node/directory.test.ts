import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { FileContent, FileLike } from '../../src/index.ts'
import { directory } from '../../src/node/directory.ts'
import { CAN_SEE_DESCRIPTORS, folderFor, openFilesIn, SECRET } from './folder.ts'
import { fc } from '../support/fuzz.ts'

const { signal } = new AbortController()

/** By each way that there is to read it. */
async function textOf(file: FileLike | undefined, start = 0, end = file?.size ?? 0): Promise<string> {
  assert.ok(file !== undefined)
  const chunks: Uint8Array[] = []
  for await (const chunk of file.slice(start, end).stream(signal)) chunks.push(chunk)
  const whole = Buffer.concat(chunks)
  const copies: Buffer[] = []
  for await (const chunk of file.slice(start, end).lend!(signal)) copies.push(Buffer.from(chunk))
  assert.deepEqual(Buffer.concat(copies), whole)
  assert.deepEqual(new Uint8Array(await file.slice(start, end).arrayBuffer!()), new Uint8Array(whole))
  return whole.toString()
}

async function memoriesOf(chunks: AsyncIterable<Uint8Array>): Promise<{ chunks: number; memories: number }> {
  const seen: ArrayBufferLike[] = []
  for await (const { buffer } of chunks) seen.push(buffer)
  return { chunks: seen.length, memories: new Set(seen).size }
}

describe('a file', () => {
  test('has its size and times, and is read whole or in part', async (t) => {
    const folder = folderFor(t)
    const path = folder.write('sub/naïve 日本.txt', 'Hello, world!')
    utimesSync(path, new Date('2024-01-02T03:04:05Z'), new Date('2024-01-02T03:04:05Z'))
    const file = await directory(folder.path).open('sub/naïve 日本.txt')
    assert.equal(file?.name, 'naïve 日本.txt')
    assert.equal(file?.size, 13)
    assert.equal(file?.lastModified, Date.UTC(2024, 0, 2, 3, 4, 5))
    assert.match(file?.etag ?? '', /^"[\da-z]+(?:-[\da-z]+){3}"$/)
    assert.equal(await textOf(file), 'Hello, world!')
    assert.equal(await textOf(file, 7, 12), 'world')
    assert.equal(await textOf(file, 5, 5), '')
  })
  test('of several chunks', async (t) => {
    const folder = folderFor(t)
    folder.write('big', 'abcdefghij'.repeat(100_000))
    const file = await directory(folder.path).open('big')
    assert.equal(await textOf(file), 'abcdefghij'.repeat(100_000))
    assert.equal((await textOf(file, 1, 999_999)).length, 999_998)
  })
  test('lends one piece of memory for all chunks, and gives each its own otherwise', async (t) => {
    const folder = folderFor(t)
    folder.write('big', new Uint8Array(1_000_000))
    const content = (await directory(folder.path).open('big'))!.slice(0, 1_000_000)
    const lent = await memoriesOf(content.lend!(signal))
    assert.ok(lent.chunks > 1)
    assert.equal(lent.memories, 1)
    const streamed = await memoriesOf(content.stream(signal))
    assert.equal(streamed.memories, streamed.chunks)
  })
  test('that is empty', async (t) => {
    const folder = folderFor(t)
    folder.write('empty', '')
    assert.equal(await textOf(await directory(folder.path).open('empty')), '')
  })
  test('keeps its entity tag while it does not change', async (t) => {
    const folder = folderFor(t)
    folder.write('a', '1')
    const first = await directory(folder.path).open('a')
    assert.equal((await directory(folder.path).open('a'))?.etag, first?.etag)
  })
  for (const seconds of [-1, 0, 1, 499_162_500, 1_700_000_000, 4_070_908_800])
    test(`has another entity tag after each change, with equal size and the time ${seconds}`, async (t) => {
      const folder = folderFor(t)
      const path = join(folder.path, 'a')
      const change = (write: () => void) => {
        write()
        utimesSync(path, seconds, seconds)
        return directory(folder.path).open('a')
      }
      const tags = new Set<string | undefined>()
      for (const content of ['one', 'two', 'six', 'ten', 'one']) tags.add((await change(() => writeFileSync(path, content)))?.etag)
      writeFileSync(`${path}.new`, 'new')
      tags.add((await change(() => renameSync(`${path}.new`, path)))?.etag)
      assert.equal(tags.size, 6)
      assert.ok(!tags.has(undefined))
    })
  const AGES_MS = {
    'the wait for its change ends early': [1, 19],
    'it changed in this millisecond, whose beginning the clock shows': [-0.5, 1],
  }
  for (const [when, ages] of Object.entries(AGES_MS))
    test(`has an entity tag even if ${when}`, async (t) => {
      const folder = folderFor(t)
      const path = folder.write('a', '1')
      const left = [...ages]
      t.mock.method(Date, 'now', () => statSync(path).ctimeMs + (left.shift() ?? 25))
      assert.notEqual((await directory(folder.path).open('a'))?.etag, undefined)
    })
  test('that is being changed at this moment has no validators', async (t) => {
    const folder = folderFor(t)
    const path = folder.write('a', '1')
    const now = t.mock.method(Date, 'now', () => statSync(path).ctimeMs)
    const changing = await directory(folder.path).open('a')
    assert.deepEqual([changing?.etag, changing?.lastModified, changing?.size], [undefined, undefined, 1])
    now.mock.restore()
    assert.equal(typeof (await directory(folder.path).open('a'))?.etag, 'string')
  })
  test('is found by URL, and relative to the working directory', async (t) => {
    const folder = folderFor(t)
    folder.write('a', '1')
    assert.equal(await textOf(await directory(pathToFileURL(folder.path)).open('a')), '1')
    assert.ok((await directory('test/node').open('directory.test.ts')) !== undefined)
  })
})

describe('other paths are not opened:', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'nothing there': ['nope', 'sub/nope', 'a/b', 'a/'],
    folders: ['', 'sub', 'sub/', '.', './', '/'],
    'ways out': [
      '../files-outside/secret.txt',
      'sub/../../files-outside/secret.txt',
      '..',
      'sub/..',
      'sub/../a',
      '../files/a',
      './a',
      'sub/./inner',
    ],
    'absolute paths': ['/etc/passwd', '//etc/passwd', '/a', 'file:///etc/passwd'],
    'other separators': ['..\\files-outside\\secret.txt', 'sub\\inner', 'sub/..\\..\\files-outside\\secret.txt', 'C:\\a'],
    'the end of a C string': ['a\0', 'a\0.txt', '../files-outside/secret.txt\0a', '\0'],
    'escapes, which were decoded before': ['..%2ffiles-outside%2fsecret.txt', '%2e%2e/files-outside/secret.txt', '%61'],
    'empty names': ['sub//inner', '//', 'a//'],
    dotfiles: ['.hidden', '.git/config', 'sub/.hidden'],
    'names too long': ['x'.repeat(256), `${'x'.repeat(200)}/`.repeat(30), 'x'.repeat(100_000)],
  }
  for (const [name, paths] of Object.entries(cases)) {
    test(name, async (t) => {
      const folder = folderFor(t)
      for (const file of ['a', 'sub/inner', '.hidden', '.git/config', 'sub/.hidden']) folder.write(file, 'x')
      const root = directory(folder.path)
      for (const path of paths) assert.equal(await root.open(path), undefined, JSON.stringify(path).slice(0, 80))
      assert.ok((await root.open('sub/inner')) !== undefined)
    })
  }
  test('any path that is not a name of a file in it', async (t) => {
    const folder = folderFor(t)
    folder.write('a', 'a')
    folder.write('sub/a', 'a')
    const root = directory(folder.path, { dotfiles: true })
    const piece = fc.constantFrom('..', '.', '/', '//', '\\', 'a', 'sub', 'files', 'files-outside', 'secret.txt', '\0', '%2e', '%2f', '~')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const path = pieces.join('')
        assert.equal((await root.open(path)) !== undefined, path === 'a' || path === 'sub/a')
      }),
    )
  })
  test('special files', { skip: process.platform === 'win32' }, async (t) => {
    const folder = folderFor(t)
    execFileSync('/usr/bin/env', ['mkfifo', join(folder.path, 'pipe')])
    symlinkSync('/dev/zero', join(folder.path, 'zero'))
    const socket = join(folder.path, 'socket')
    const server = createServer().listen(socket)
    await new Promise((resolve) => server.once('listening', resolve))
    for (const name of ['pipe', 'zero', 'socket']) assert.equal(await directory(folder.path).open(name), undefined)
    await new Promise((resolve) => server.close(resolve))
  })
})

test('dotfiles where they are asked for', async (t) => {
  const folder = folderFor(t)
  folder.write('.well-known/security.txt', 'x')
  const root = directory(folder.path, { dotfiles: true })
  assert.equal(await textOf(await root.open('.well-known/security.txt')), 'x')
  for (const path of ['..', '.', '../files-outside/secret.txt', '.well-known/../../files-outside/secret.txt'])
    assert.equal(await root.open(path), undefined)
})

describe('links', () => {
  test('within the folder are followed', async (t) => {
    const folder = folderFor(t)
    folder.write('sub/inner', 'x')
    symlinkSync('sub', join(folder.path, 'link'))
    symlinkSync('sub/inner', join(folder.path, 'file'))
    const root = directory(folder.path)
    assert.equal(await textOf(await root.open('link/inner')), 'x')
    assert.equal((await root.open('file'))?.name, 'file')
  })
  test('out of it are not followed, nor circular or dangling ones', async (t) => {
    const folder = folderFor(t)
    symlinkSync(folder.outside, join(folder.path, 'out'))
    symlinkSync(join(folder.outside, 'secret.txt'), join(folder.path, 'secret'))
    symlinkSync('../files-outside/secret.txt', join(folder.path, 'relative'))
    symlinkSync('circle', join(folder.path, 'circle'))
    symlinkSync('nothing', join(folder.path, 'dangling'))
    const root = directory(folder.path)
    for (const path of ['out/secret.txt', 'secret', 'relative', 'circle', 'dangling']) assert.equal(await root.open(path), undefined)
  })
  test('may be the folder itself, and lead elsewhere later', async (t) => {
    const folder = folderFor(t)
    folder.write('1/a', 'one')
    folder.write('2/a', 'two')
    const current = join(folder.path, 'current')
    symlinkSync('1', current)
    const root = directory(current)
    assert.equal(await textOf(await root.open('a')), 'one')
    unlinkSync(current)
    symlinkSync('2', current)
    assert.equal(await textOf(await root.open('a')), 'two')
  })
})

test('a folder that is not there is the server’s fault, not a missing file', async (t) => {
  const folder = folderFor(t)
  const path = join(folder.path, 'later')
  const root = directory(path)
  await assert.rejects(root.open('a'), /^Error: DIRECTORY: .*later/)
  mkdirSync(path)
  assert.equal(await root.open('a'), undefined)
})

async function opened(t: TestContext) {
  const folder = folderFor(t)
  const path = folder.write('a', 'x'.repeat(1000))
  const file = await directory(folder.path).open('a')
  assert.ok(file !== undefined)
  return { path, folder, content: file.slice(0, 1000) }
}

async function drain(content: FileContent): Promise<number> {
  let length = 0
  for await (const chunk of content.stream(signal)) length += chunk.length
  return length
}

describe('a file that changes after it was opened', () => {
  test('grows: the size at opening is sent', async (t) => {
    const { path, content } = await opened(t)
    appendFileSync(path, 'more')
    assert.equal(await drain(content), 1000)
  })
  test('shrinks: an error', async (t) => {
    const { path, content } = await opened(t)
    truncateSync(path, 999)
    await assert.rejects(drain(content), /FILE_SHORTENED/)
    await assert.rejects(content.arrayBuffer!(), /FILE_SHORTENED/)
  })
  test('vanishes: an error', async (t) => {
    const { path, content } = await opened(t)
    unlinkSync(path)
    await assert.rejects(drain(content), { code: 'ENOENT' })
  })
  test('is replaced: an error', async (t) => {
    const { path, content } = await opened(t)
    writeFileSync(`${path}.new`, 'y'.repeat(1000))
    renameSync(`${path}.new`, path)
    await assert.rejects(drain(content), /FILE_REPLACED/)
  })
  test('becomes a link out: an error', async (t) => {
    const { path, folder, content } = await opened(t)
    rmSync(path)
    symlinkSync(join(folder.outside, 'secret.txt'), path)
    await assert.rejects(drain(content), (error: Error) => !error.message.includes(SECRET))
  })
  test('becomes a pipe: an error, not a wait', { skip: process.platform === 'win32' }, async (t) => {
    const { path, content } = await opened(t)
    rmSync(path)
    execFileSync('/usr/bin/env', ['mkfifo', path])
    await assert.rejects(drain(content), /FILE_REPLACED/)
  })
})

async function readTwice(t: TestContext) {
  const folder = folderFor(t)
  const path = folder.write('sub/a', 'first')
  const root = directory(folder.path)
  for (let time = 0; time < 2; time++) assert.equal(await textOf(await root.open('sub/a')), 'first')
  return { folder, path, root }
}

describe('a file that was read recently', () => {
  test('is found and read in its current state', async (t) => {
    const { path, root } = await readTwice(t)
    writeFileSync(path, 'the second')
    assert.equal(await textOf(await root.open('sub/a')), 'the second')
    writeFileSync(`${path}.new`, 'third')
    renameSync(`${path}.new`, path)
    assert.equal(await textOf(await root.open('sub/a')), 'third')
  })
  test('is gone when it is', async (t) => {
    const { path, root } = await readTwice(t)
    unlinkSync(path)
    assert.equal(await root.open('sub/a'), undefined)
  })
  test('is not found where a link to the outside replaces it or its folder', async (t) => {
    const { folder, path, root } = await readTwice(t)
    unlinkSync(path)
    symlinkSync(join(folder.outside, 'secret.txt'), path)
    assert.equal(await root.open('sub/a'), undefined)
    rmSync(join(folder.path, 'sub'), { recursive: true })
    writeFileSync(join(folder.outside, 'a'), 'outside')
    symlinkSync(folder.outside, join(folder.path, 'sub'))
    assert.equal(await root.open('sub/a'), undefined)
  })
  test('is not found when a pipe replaces it', { skip: process.platform === 'win32' }, async (t) => {
    const { path, root } = await readTwice(t)
    unlinkSync(path)
    execFileSync('/usr/bin/env', ['mkfifo', path])
    assert.equal(await root.open('sub/a'), undefined)
  })
  test('that changes after it was opened is an error', async (t) => {
    const { path, root } = await readTwice(t)
    const file = await root.open('sub/a')
    truncateSync(path, 2)
    await assert.rejects(file!.slice(0, 5).arrayBuffer!(), /FILE_SHORTENED/)
    unlinkSync(path)
    await assert.rejects(file!.slice(0, 5).arrayBuffer!(), { code: 'ENOENT' })
  })
})

describe('its descriptor', { skip: CAN_SEE_DESCRIPTORS ? false : 'descriptors can be seen on Linux alone' }, () => {
  test('is closed at the end, when the reader leaves, and after an error', async (t) => {
    const folder = folderFor(t)
    const path = folder.write('big', new Uint8Array(1_000_000))
    const file = await directory(folder.path).open('big')
    assert.ok(file !== undefined)
    assert.equal(openFilesIn(folder.path), 0)
    const content = file.slice(0, file.size)

    for await (const chunk of content.stream(signal)) {
      assert.ok(chunk.length > 0)
      assert.equal(openFilesIn(folder.path), 1)
      break
    }
    assert.equal(openFilesIn(folder.path), 0)

    const unbegun = content.stream(signal)[Symbol.asyncIterator]()
    await unbegun.return?.()
    assert.equal(openFilesIn(folder.path), 0)

    const waiting = content.stream(signal)[Symbol.asyncIterator]()
    const reading = waiting.next()
    await waiting.return?.()
    await reading
    assert.equal(openFilesIn(folder.path), 0)

    await content.arrayBuffer!()
    assert.equal(openFilesIn(folder.path), 0)

    for await (const chunk of content.lend!(signal)) {
      assert.equal(openFilesIn(folder.path), 1)
      if (chunk.length > 0) break
    }
    assert.equal(openFilesIn(folder.path), 0)

    truncateSync(path, 1)
    await assert.rejects(content.arrayBuffer!())
    await assert.rejects(async () => {
      for await (const chunk of content.stream(signal)) assert.ok(chunk.length > 0)
    })
    assert.equal(openFilesIn(folder.path), 0)
  })
})

describe('where the system does not name the file of a descriptor', () => {
  test('files are found and links out are refused all the same', async (t) => {
    const { platform } = process
    Object.defineProperty(process, 'platform', { value: 'darwin' })
    t.after(() => Object.defineProperty(process, 'platform', { value: platform }))
    const folder = folderFor(t)
    folder.write('sub/a', 'inside')
    symlinkSync('sub', join(folder.path, 'link'))
    symlinkSync(folder.outside, join(folder.path, 'out'))
    const root = directory(folder.path)
    assert.equal(await textOf(await root.open('link/a')), 'inside')
    for (const path of ['out/secret.txt', 'nope', '../files-outside/secret.txt']) assert.equal(await root.open(path), undefined)
  })
})

/** Exchanges a folder with a link to the outside, again and again, until it is told to stop. */
const SWAPPER = `
const { renameSync } = require('node:fs')
const { parentPort, workerData: base } = require('node:worker_threads')
const at = (name) => base + '/' + name
let swaps = 0
let isOver = false
parentPort.on('message', () => { isOver = true })
const swap = () => {
  for (let i = 0; i < 50; i++, swaps++) {
    renameSync(at('sub'), at('inside'))
    renameSync(at('link'), at('sub'))
    renameSync(at('sub'), at('link'))
    renameSync(at('inside'), at('sub'))
  }
  if (isOver) parentPort.postMessage(swaps)
  else setImmediate(swap)
}
swap()`

test('a folder that is exchanged for a link to the outside during requests: no byte and no size of the outside', async (t) => {
  const folder = folderFor(t)
  folder.write('sub/a', 'inside')
  writeFileSync(join(folder.outside, 'a'), SECRET)
  symlinkSync(folder.outside, join(folder.path, 'link'))
  const root = directory(folder.path)
  assert.ok((await root.open('sub/a')) !== undefined)
  const swapper = new Worker(SWAPPER, { eval: true, workerData: folder.path })
  let found = 0
  const read = async (): Promise<void> => {
    for (let n = 0; n < 500; n++) {
      const file = await root.open('sub/a').catch(() => undefined)
      if (file === undefined) continue
      assert.equal(file.size, 'inside'.length)
      const bytes = await file.slice(0, file.size).arrayBuffer!().catch(() => undefined)
      if (bytes === undefined) continue
      assert.equal(Buffer.from(bytes).toString(), 'inside')
      found++
    }
  }
  await Promise.all(Array.from({ length: 8 }, read))
  const swapped = once(swapper, 'message')
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a worker thread's, not a window's
  swapper.postMessage('stop')
  const [swaps] = (await swapped) as [number]
  await swapper.terminate()
  assert.ok(swaps >= 100)
  t.diagnostic(`${swaps} swaps, ${found} of 4000 reads found the file`)
})
