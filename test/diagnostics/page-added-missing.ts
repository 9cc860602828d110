/** A page without the value of a field that its handler adds. */
import { get } from '../../src/index.ts'
import { CursorPage, pagination } from '../../src/pagination/index.ts'
import { row, User } from './users.ts'
import { z } from 'zod'

const List = CursorPage.with({ name: 'List', keys: 'unsigned', fields: { object: z.literal('list'), data: 'items' } })
get('/users', { dependencies: { paginate: pagination(List) }, responses: { 200: List(User) } }, ({ paginate }) => paginate([row]))
