/** A page of other items than the model's. */
import { get, Page } from '../../src/index.ts'
import { pagination } from '../../src/pagination/index.ts'
import { User } from './users.ts'

get('/users', { dependencies: { paginate: pagination(Page) }, responses: { 200: Page(User) } }, ({ paginate }) => paginate([1, 2]))
