/** An error that was not declared with defineError. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User }, errors: [RangeError] }, () => row)
