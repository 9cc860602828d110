/** A page of something else than its model's items. */
import { get, Page, PageQuery, paginate } from '../../src/index.ts'
import { User } from './users.ts'

get('/users', { query: PageQuery, responses: { 200: Page(User) } }, ({ query }) => paginate([1, 2, 3], query))
