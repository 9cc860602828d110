/** A misspelt member of the contract. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { response: { 200: User } }, () => row)
