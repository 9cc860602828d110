/** The conduit example, asked over a connection for what the RealWorld specification asks for. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Example, type RunningExample } from './example.ts'
import { findRecommended } from './recommended.ts'

const run = promisify(execFile)
const example = new Example('conduit')

interface Profile {
  readonly username: string
  readonly bio: string | null
  readonly image: string | null
  readonly following: boolean
}

interface Article {
  readonly slug: string
  readonly title: string
  readonly tagList: readonly string[]
  readonly createdAt: string
  readonly updatedAt: string
  readonly favorited: boolean
  readonly favoritesCount: number
  readonly author: Profile
}

interface Comment {
  readonly id: number
  readonly body: string
  readonly author: Profile
}

/** Every envelope of the specification: a response has some of them. */
interface Envelopes {
  readonly user: { readonly email: string; readonly token: string; readonly username: string; readonly bio: string | null }
  readonly profile: Profile
  readonly article: Article
  readonly articles: readonly Article[]
  readonly articlesCount: number
  readonly comment: Comment
  readonly comments: readonly Comment[]
  readonly tags: readonly string[]
  readonly errors: Readonly<Record<string, readonly string[]>>
}

interface Answer {
  readonly status: number
  readonly body: Envelopes
}

const titlesOf = ({ body }: Answer) => body.articles.map(({ title }) => title)

const answerOf = ({ status, body }: Answer) => [status, body]

const favoriteOf = ({ status, body }: Answer) => [status, body.article.favorited, body.article.favoritesCount]

describe('the conduit example', { skip: example.skip }, () => {
  let app: RunningExample

  before(async () => {
    app = await example.start({ TRIES: '1000' })
  })
  after(() => app[Symbol.asyncDispose]())

  async function ask(method: string, path: string, { token, body }: { token?: string; body?: unknown } = {}): Promise<Answer> {
    const headers: Record<string, string> = {}
    if (token !== undefined) headers['authorization'] = `Token ${token}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    const init =
      body === undefined ? { method, headers } : { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await fetch(`${app.url}/api${path}`, init)
    const text = await response.text()
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Envelopes }
  }

  /** A new user's token. */
  async function register(username: string): Promise<string> {
    const user = { username, email: `${username}@example.com`, password: 'a long password' }
    const { status, body } = await ask('POST', '/users', { body: { user } })
    assert.equal(status, 201)
    return body.user.token
  }

  async function write(token: string, title: string, tagList: readonly string[] = []): Promise<Article> {
    const article = { title, description: 'About it', body: 'Its text', tagList }
    const { status, body } = await ask('POST', '/articles', { token, body: { article } })
    assert.equal(status, 201)
    return body.article
  }

  test('a user registers, logs in, reads and changes themselves', async () => {
    const token = await register('rita')
    const { body: own } = await ask('GET', '/user', { token })
    assert.deepEqual(Object.keys(own.user), ['email', 'token', 'username', 'bio', 'image'])
    const login = await ask('POST', '/users/login', { body: { user: { email: 'rita@example.com', password: 'a long password' } } })
    assert.deepEqual([login.status, login.body.user.username], [200, 'rita'])
    const changed = await ask('PUT', '/user', { token, body: { user: { bio: 'Writes', email: 'rita@example.org' } } })
    assert.deepEqual([changed.status, changed.body.user.bio, changed.body.user.email], [200, 'Writes', 'rita@example.org'])
    const cleared = await ask('PUT', '/user', { token, body: { user: { bio: '' } } })
    assert.equal(cleared.body.user.bio, null)
    const secret = { user: { password: 'another password' } }
    assert.equal((await ask('PUT', '/user', { token, body: secret })).status, 200)
    const again = await ask('POST', '/users/login', { body: { user: { email: 'rita@example.org', password: 'another password' } } })
    assert.equal(again.status, 200)
  })

  test('a name, an address and a password are checked', async () => {
    const token = await register('taken')
    const user = { username: 'taken', email: 'free@example.com', password: 'a long password' }
    const taken = { errors: { username: ['has already been taken'] } }
    assert.deepEqual(answerOf(await ask('POST', '/users', { body: { user } })), [409, taken])
    const email = await ask('POST', '/users', { body: { user: { ...user, username: 'free', email: 'taken@example.com' } } })
    assert.deepEqual(answerOf(email), [409, { errors: { email: ['has already been taken'] } }])
    await register('other')
    assert.deepEqual(answerOf(await ask('PUT', '/user', { token, body: { user: { username: 'other' } } })), [409, taken])
    const blank = await ask('POST', '/users', { body: { user: { username: '', email: 'no address', password: 'a long password' } } })
    assert.equal(blank.status, 422)
    assert.deepEqual([Object.keys(blank.body.errors), blank.body.errors['username']], [['username', 'email'], ["can't be blank"]])
    const wrong = await ask('POST', '/users/login', { body: { user: { email: 'taken@example.com', password: 'wrong' } } })
    assert.deepEqual(answerOf(wrong), [401, { errors: { credentials: ['invalid'] } }])
    const nothing = await ask('POST', '/users', { body: '{"user":' })
    assert.deepEqual([nothing.status, Object.keys(nothing.body.errors)], [422, ['body']])
  })

  test('what needs a user is a 401 without one, before the body is judged', async () => {
    const needy = [
      ['GET', '/user'],
      ['PUT', '/user'],
      ['GET', '/articles/feed'],
      ['POST', '/articles'],
      ['PUT', '/articles/none'],
      ['DELETE', '/articles/none'],
      ['POST', '/articles/none/favorite'],
      ['DELETE', '/articles/none/favorite'],
      ['POST', '/articles/none/comments'],
      ['DELETE', '/articles/none/comments/1'],
      ['POST', '/profiles/none/follow'],
      ['DELETE', '/profiles/none/follow'],
    ] as const
    for (const [method, path] of needy) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{' }
      assert.deepEqual(answerOf(await ask(method, path, body)), [401, { errors: { token: ['is missing'] } }], `${method} ${path}`)
    }
    assert.deepEqual(answerOf(await ask('GET', '/user', { token: 'forged' })), [401, { errors: { token: ['is invalid'] } }])
  })

  test('an article has its slug, its tags in order, its dates and its author', async () => {
    const token = await register('ann')
    const article = await write(token, 'How to train your Drágon!', ['training', 'dragons', 'training'])
    assert.equal(article.slug, 'how-to-train-your-dragon')
    assert.deepEqual(article.tagList, ['dragons', 'training'])
    assert.equal(new Date(article.createdAt).toISOString(), article.createdAt)
    assert.deepEqual([article.favorited, article.favoritesCount], [false, 0])
    assert.deepEqual(article.author, { username: 'ann', bio: null, image: null, following: false })
    const second = await write(token, 'How to train your Drágon!')
    assert.match(second.slug, /^how-to-train-your-dragon-[0-9a-f]+$/)
    assert.deepEqual((await ask('GET', `/articles/${article.slug}`)).body.article, article)
  })

  test('an article changes its slug with its title, and goes', async () => {
    const token = await register('upton')
    const { slug, createdAt } = await write(token, 'Before', ['kept'])
    const changed = await ask('PUT', `/articles/${slug}`, { token, body: { article: { title: 'After' } } })
    const { article } = changed.body
    assert.deepEqual([changed.status, article.slug, article.title, article.tagList], [200, 'after', 'After', ['kept']])
    assert.equal(article.createdAt, createdAt)
    assert.ok(article.updatedAt > createdAt)
    const missing = [404, { errors: { article: ['not found'] } }]
    assert.deepEqual(answerOf(await ask('GET', `/articles/${slug}`)), missing)
    assert.equal((await ask('DELETE', '/articles/after', { token })).status, 204)
    assert.deepEqual(answerOf(await ask('GET', '/articles/after')), missing)
  })

  test('only its author changes an article, and its fields are checked', async () => {
    const [author, stranger] = [await register('arthur'), await register('stan')]
    const { slug } = await write(author, 'Mine')
    const forbidden = [403, { errors: { article: ['forbidden'] } }]
    assert.deepEqual(answerOf(await ask('DELETE', `/articles/${slug}`, { token: stranger })), forbidden)
    const body = { article: { title: 'Yours' } }
    assert.deepEqual(answerOf(await ask('PUT', `/articles/${slug}`, { token: stranger, body })), forbidden)
    assert.equal((await ask('PUT', '/articles/none', { token: stranger, body })).status, 404)
    const blank = await ask('POST', '/articles', { token: author, body: { article: { title: '', description: 'x' } } })
    assert.deepEqual([blank.status, Object.keys(blank.body.errors).toSorted()], [422, ['body', 'title']])
  })

  test('lists are filtered, counted, newest first, and leave the text out', async () => {
    const [lisa, liam] = [await register('lisa'), await register('liam')]
    for (const number of [1, 2, 3]) await write(lisa, `Lisa ${number}`, [number === 2 ? 'lists' : 'other'])
    const { slug } = await write(liam, 'Liam 1', ['lists'])
    assert.deepEqual(titlesOf(await ask('GET', '/articles?author=lisa')), ['Lisa 3', 'Lisa 2', 'Lisa 1'])
    assert.deepEqual(titlesOf(await ask('GET', '/articles?tag=lists')), ['Liam 1', 'Lisa 2'])
    assert.deepEqual(titlesOf(await ask('GET', '/articles?tag=lists&author=lisa')), ['Lisa 2'])
    await ask('POST', `/articles/${slug}/favorite`, { token: lisa })
    const favorites = await ask('GET', '/articles?favorited=lisa', { token: lisa })
    assert.deepEqual([titlesOf(favorites), favorites.body.articles[0]?.favorited], [['Liam 1'], true])
    const page = await ask('GET', '/articles?author=lisa&limit=1&offset=1')
    assert.deepEqual([titlesOf(page), page.body.articlesCount], [['Lisa 2'], 3])
    assert.ok(!Object.hasOwn(page.body.articles[0]!, 'body'))
    assert.deepEqual(answerOf(await ask('GET', '/articles?author=nobody')), [200, { articles: [], articlesCount: 0 }])
    assert.deepEqual(Object.keys((await ask('GET', '/articles?limit=none')).body.errors), ['limit'])
  })

  test('a favorite is counted once, for the one who likes it', async () => {
    const [fay, fred] = [await register('fay'), await register('fred')]
    const { slug } = await write(fay, 'Likeable')
    for (const _ of [1, 2]) assert.deepEqual(favoriteOf(await ask('POST', `/articles/${slug}/favorite`, { token: fred })), [200, true, 1])
    assert.deepEqual(favoriteOf(await ask('GET', `/articles/${slug}`, { token: fay })), [200, false, 1])
    for (const _ of [1, 2])
      assert.deepEqual(favoriteOf(await ask('DELETE', `/articles/${slug}/favorite`, { token: fred })), [200, false, 0])
    assert.equal((await ask('POST', '/articles/none/favorite', { token: fred })).status, 404)
  })

  test('the feed has the articles of those whom a user follows', async () => {
    const [reader, writer] = [await register('reader'), await register('writer')]
    await write(writer, 'Read me')
    assert.deepEqual(answerOf(await ask('GET', '/articles/feed', { token: reader })), [200, { articles: [], articlesCount: 0 }])
    const profile = { username: 'writer', bio: null, image: null, following: true }
    assert.deepEqual(answerOf(await ask('POST', '/profiles/writer/follow', { token: reader })), [200, { profile }])
    const feed = await ask('GET', '/articles/feed', { token: reader })
    assert.deepEqual([titlesOf(feed), feed.body.articlesCount, feed.body.articles[0]?.author.following], [['Read me'], 1, true])
    assert.deepEqual((await ask('GET', '/profiles/writer', { token: reader })).body.profile, profile)
    assert.deepEqual((await ask('GET', '/profiles/writer')).body.profile, { ...profile, following: false })
    await ask('DELETE', '/profiles/writer/follow', { token: reader })
    assert.equal((await ask('GET', '/articles/feed', { token: reader })).body.articlesCount, 0)
    assert.deepEqual(answerOf(await ask('GET', '/profiles/none')), [404, { errors: { profile: ['not found'] } }])
  })

  test('comments are listed, and deleted by those who wrote them', async () => {
    const [carl, cora] = [await register('carl'), await register('cora')]
    const { slug } = await write(carl, 'Discuss')
    const { status, body } = await ask('POST', `/articles/${slug}/comments`, { token: cora, body: { comment: { body: 'First!' } } })
    assert.deepEqual([status, body.comment.body, body.comment.author.username], [201, 'First!', 'cora'])
    assert.deepEqual((await ask('GET', `/articles/${slug}/comments`)).body.comments, [body.comment])
    const path = `/articles/${slug}/comments/${body.comment.id}`
    assert.deepEqual(answerOf(await ask('DELETE', path, { token: carl })), [403, { errors: { comment: ['forbidden'] } }])
    assert.equal((await ask('DELETE', path, { token: cora })).status, 204)
    assert.deepEqual(answerOf(await ask('DELETE', path, { token: cora })), [404, { errors: { comment: ['not found'] } }])
    const blank = await ask('POST', `/articles/${slug}/comments`, { token: cora, body: { comment: { body: ' ' } } })
    assert.deepEqual(answerOf(blank), [422, { errors: { body: ["can't be blank"] } }])
  })

  test('tags are listed once, in order', async () => {
    const token = await register('tess')
    await write(token, 'Tagged', ['zebra', 'aardvark'])
    await write(token, 'Tagged too', ['zebra'])
    const { tags } = (await ask('GET', '/tags')).body
    assert.deepEqual(tags, [...new Set(tags)].toSorted())
    assert.ok(tags.includes('zebra') && tags.includes('aardvark'))
  })

  test('its document has no findings', async () => {
    assert.deepEqual(await findRecommended(await (await fetch(`${app.url}/openapi.json`)).text()), [])
  })

  test('the commands of its README work', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'conduit-'))
    const script = await example.readScript(app.url)
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder })
    await rm(folder, { recursive: true })
    const statuses = Array.from(stdout.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => Number(status))
    assert.deepEqual(statuses, [201, 201, 200, 401, 201, 201, 304])
    assert.equal(stdout.match(/^idempotency-replayed: true/gm)?.length, 1)
  })
})
