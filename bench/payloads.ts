/** What is encoded: rows as a database gives them, with fields that must not leave, and the models that they go out by. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { z } from 'zod'

export interface Payload {
  readonly name: string
  readonly model: z.ZodType
  /** What a handler returns: with extra secret fields, dates as dates. */
  readonly row: unknown
  /** The same filtered, with dates as text: what any right answer parses to. */
  readonly clean: unknown
  /** One required field of another type: who checks must refuse it. */
  readonly broken: unknown
  /** Holds `Date` values, which not every peer takes. */
  readonly hasDates: boolean
}

const User = z.object({ id: z.int(), email: z.string(), name: z.string(), created_at: z.date() })
const PlainUser = User.extend({ created_at: z.string() })
const pageOf = (item: z.ZodType) => z.object({ items: z.array(item), total: z.int(), page: z.int(), size: z.int(), pages: z.int() })

function userRow(index: number) {
  return {
    id: index,
    email: `user${index}@example.com`,
    name: `User Number ${index}`,
    password_hash: `$2b$12$${'x'.repeat(40)}${index}`,
    created_at: new Date(1_704_067_200_000 + index * 3_600_123),
    is_admin: false,
  }
}

function cleanUser({ id, email, name, created_at }: ReturnType<typeof userRow>) {
  return { id, email, name, created_at: created_at.toISOString() }
}

const rows = (count: number) => Array.from({ length: count }, (_, index) => userRow(index + 1))
const page = (items: readonly object[]) => ({ items, total: 4_500, page: 3, size: items.length, pages: 45 })
const plainRow = (row: ReturnType<typeof userRow>) => ({ ...row, created_at: row.created_at.toISOString() })

function usersPayload(name: string, count: number, dates: boolean): Payload {
  const source = rows(count)
  const items = dates ? source : source.map(plainRow)
  return {
    name,
    model: pageOf(dates ? User : PlainUser),
    row: page(items),
    clean: page(source.map(cleanUser)),
    broken: page([...items.slice(1), { ...items[0], name: 12_345 }]),
    hasDates: dates,
  }
}

const user: Payload = {
  name: 'user (dates)',
  model: User,
  row: userRow(7),
  clean: cleanUser(userRow(7)),
  broken: { ...userRow(7), name: 12_345 },
  hasDates: true,
}

/** A payload whose rows are clean but for one secret field. */
function listPayload(name: string, item: z.ZodObject, items: readonly Record<string, unknown>[]): Payload {
  const [first] = Object.keys(item.shape)
  return {
    name,
    model: z.array(item),
    row: items.map((one) => ({ ...one, secret: 'must not leave' })),
    clean: items,
    broken: [...items.slice(1), { ...items[0], [first!]: {} }],
    hasDates: false,
  }
}

const PARAGRAPH = 'The quick brown fox jumps over the lazy dog, and nobody in the village ever asked it why. '
const articles = listPayload(
  'articles (long texts)',
  z.object({ title: z.string(), body: z.string(), words: z.int() }),
  Array.from({ length: 20 }, (_, index) => ({ title: `Article ${index}`, body: PARAGRAPH.repeat(24), words: 408 })),
)
const escapes = listPayload(
  'texts to escape',
  z.object({ text: z.string(), emoji: z.string() }),
  Array.from({ length: 50 }, (_, index) => ({ text: `"quoted"\n\t\\${index}\\ "more"`, emoji: `Zoë 日本 🚀 ${index}` })),
)
const floats = listPayload(
  'floats',
  z.object({ x: z.number(), y: z.number(), z: z.number() }),
  Array.from({ length: 100 }, (_, index) => ({ x: Math.sin(index) * 1e3, y: Math.sqrt(index + 0.5), z: index / 7 })),
)
const measures = listPayload(
  'rows of integers and prices',
  z.object({ id: z.int(), price: z.number(), stock: z.int(), open: z.boolean() }),
  Array.from({ length: 100 }, (_, index) => ({ id: index, price: (index * 137) / 100, stock: index * 31, open: index % 2 === 0 })),
)

/** GitHub's own description of its REST API, with its own examples: nobody here wrote either. */
function githubPayloads(): Payload[] {
  const path = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.deref.json')
  const { paths } = JSON.parse(readFileSync(path, 'utf8')) as { paths: Record<string, { get: Operation }> }
  return [
    ['GitHub: members', '/orgs/{org}/members'],
    ['GitHub: workflow runs', '/repos/{owner}/{repo}/actions/runs'],
    ['GitHub: one repository', '/repos/{owner}/{repo}'],
  ].flatMap(([name, route]) => {
    const content = paths[route!]?.get.responses['200']?.content?.['application/json']
    const example = Object.values(content?.examples ?? {})[0]?.value
    return content === undefined || example === undefined ? [] : [githubPayload(name!, content.schema, example)]
  })
}

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Form; examples?: Record<string, { value: unknown }> }> }>
}

function githubPayload(name: string, form: Form, example: unknown): Payload {
  const model = toModel(form)
  const clean = model.parse(example)
  const broken = Array.isArray(example) ? [{ ...(example[0] as object), id: {} }] : { ...(example as object), id: {}, total_count: {} }
  return { name, model, row: withSecrets(example), clean, broken, hasDates: false }
}

interface Form {
  readonly type?: string | readonly string[]
  readonly nullable?: boolean
  readonly properties?: Readonly<Record<string, Form>>
  readonly required?: readonly string[]
  readonly items?: Form
  readonly enum?: readonly string[]
  readonly anyOf?: readonly Form[]
  readonly oneOf?: readonly Form[]
  readonly allOf?: readonly Form[]
}

/** As one would write the model by hand. Formats are left out: not every peer checks them. */
function toModel(form: Form): z.ZodType {
  const types = typeof form.type === 'string' ? [form.type] : (form.type ?? [])
  const isNullable = form.nullable === true || types.includes('null')
  const model = toPlainModel(form, types.filter((type) => type !== 'null')[0])
  return isNullable ? model.nullable() : model
}

function toPlainModel(form: Form, type: string | undefined): z.ZodType {
  const options = form.anyOf ?? form.oneOf ?? form.allOf
  if (options !== undefined) return options.length === 1 ? toModel(options[0]!) : z.union(options.map(toModel))
  if (type === 'array') return z.array(toModel(form.items ?? {}))
  if (form.properties !== undefined) return toObjectModel(form.properties, new Set(form.required))
  if (form.enum !== undefined && type === 'string') return z.enum(form.enum.filter((value) => value !== null))
  if (type === 'integer') return z.int()
  if (type === 'number') return z.number()
  if (type === 'boolean') return z.boolean()
  return type === 'string' ? z.string() : z.unknown()
}

/** GitHub's examples leave out what may be null, against its own description. */
function toObjectModel(properties: Readonly<Record<string, Form>>, required: ReadonlySet<string>): z.ZodType {
  const shape = Object.entries(properties).map(([name, property]) => {
    const model = toModel(property)
    return [name, required.has(name) && !model.safeParse(null).success ? model : model.optional()]
  })
  return z.object(Object.fromEntries(shape))
}

function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets)
  return typeof value === 'object' && value !== null ? { ...value, internal_token: 'must not leave' } : value
}

export function createPayloads(): Payload[] {
  return [
    user,
    usersPayload('page of 20 (dates)', 20, true),
    usersPayload('page of 100 (dates)', 100, true),
    usersPayload('page of 100', 100, false),
    usersPayload('10,000 rows', 10_000, false),
    usersPayload('10,000 rows (dates)', 10_000, true),
    articles,
    escapes,
    floats,
    measures,
    ...githubPayloads(),
  ]
}
