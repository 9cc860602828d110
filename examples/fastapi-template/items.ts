/** Items: users see and change their own, superusers all. */
import { asc, desc, eq } from 'drizzle-orm'
import { createRouter, del, dependency, get, post, put } from 'riposte'
import { z } from 'zod'
import type { Access } from './access.ts'
import type { Database } from './database.ts'
import { ItemNotFound, NotOwner } from './errors.ts'
import { ItemCreate, ItemPublic, ItemsPublic, ItemUpdate, ListQuery, Message } from './models.ts'
import { items } from './schema.ts'

const tags = ['items']

export function itemRoutes(db: Database, { currentUser }: Access) {
  /** The item of the path, where the user may see it. */
  const item = dependency(
    { params: { id: z.uuid() }, dependencies: { currentUser }, errors: [ItemNotFound, NotOwner] },
    async ({ params: { id }, currentUser, fail }) => {
      const [found] = await db.select().from(items).where(eq(items.id, id))
      if (found === undefined) throw fail(ItemNotFound)
      if (!currentUser.is_superuser && found.owner_id !== currentUser.id) throw fail(NotOwner)
      return found
    },
  )

  const readItems = get(
    '/',
    { tags, dependencies: { currentUser }, query: ListQuery, responses: { 200: ItemsPublic } },
    async ({ query: { skip, limit }, currentUser }) => {
      const visible = currentUser.is_superuser ? undefined : eq(items.owner_id, currentUser.id)
      return {
        data: await db.select().from(items).where(visible).orderBy(desc(items.created_at), asc(items.id)).offset(skip).limit(limit),
        count: await db.$count(items, visible),
      }
    },
  )

  const createItem = post(
    '/',
    { tags, dependencies: { currentUser }, body: ItemCreate, responses: { 200: ItemPublic } },
    async ({ body, currentUser }) => {
      const [created] = await db
        .insert(items)
        .values({ ...body, owner_id: currentUser.id })
        .returning()
      return created!
    },
  )

  const readItem = get('/{id}', { tags, dependencies: { item }, responses: { 200: ItemPublic } }, ({ item }) => item)

  const updateItem = put(
    '/{id}',
    { tags, dependencies: { item }, body: ItemUpdate, responses: { 200: ItemPublic } },
    async ({ item, body }) => {
      if (Object.keys(body).length === 0) return item
      const [updated] = await db.update(items).set(body).where(eq(items.id, item.id)).returning()
      return updated!
    },
  )

  const deleteItem = del('/{id}', { tags, dependencies: { item }, responses: { 200: Message } }, async ({ item }) => {
    await db.delete(items).where(eq(items.id, item.id))
    return { message: 'Item deleted' }
  })

  return createRouter({ prefix: '/items' }).add({ readItems, createItem, readItem, updateItem, deleteItem })
}
