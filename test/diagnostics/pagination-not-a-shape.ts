/** The model of an item where its page is expected. */
import { pagination } from '../../src/pagination/index.ts'
import { User } from './users.ts'

pagination(User)
