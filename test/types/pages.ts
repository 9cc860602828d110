/** The content and the query of each shape of pages. */
import { z } from 'zod'
import { LimitOffsetPage, Page } from '../../src/index.ts'
import { CursorPage } from '../../src/pagination/index.ts'
import { same } from './equal.ts'

const rows: readonly { id: number }[] = []

const List = LimitOffsetPage.with({ name: 'List', fields: { data: 'items', count: 'total' }, query: { skip: 'offset', limit: 'limit' } })
const list = await List.paginate(rows, { skip: 0, limit: 20 })
same<typeof list.data, { id: number }[]>(true)
same<typeof list.count, number>(true)
same<keyof typeof list, 'data' | 'count'>(true)
same<keyof typeof List.query, 'skip' | 'limit'>(true)

// A total that may not be counted may be null, and the client asks for it by a parameter.
const Chosen = Page.with({ total: ['none', 'capped'] })
const chosen = await Chosen.paginate(rows, { page: 1, size: 20, total: 'none' })
same<typeof chosen.total, number | null>(true)
same<typeof chosen.total_capped, boolean>(true)
same<keyof typeof Chosen.query, 'page' | 'size' | 'total'>(true)

const Feed = CursorPage.with({ name: 'Feed', keys: 'unsigned', fields: { object: z.literal('list'), data: 'items', after: 'next' } })
const feed = await Feed.paginate(rows, { cursor: undefined, size: 20 }, { added: { object: 'list' } })
same<typeof feed.object, 'list'>(true)
same<typeof feed.after, string | null>(true)
