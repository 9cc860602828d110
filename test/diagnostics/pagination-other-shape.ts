/** A page of one shape where another one is declared. */
import { get, LimitOffsetPage, Page } from '../../src/index.ts'
import { pagination } from '../../src/pagination/index.ts'
import { row, User } from './users.ts'

get('/users', { dependencies: { paginate: pagination(LimitOffsetPage) }, responses: { 200: Page(User) } }, ({ paginate }) =>
  paginate([row]),
)
