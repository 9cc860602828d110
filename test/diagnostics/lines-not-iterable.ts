/** JSON Lines need an iterable of rows, not one row. */
import { get, jsonl } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users.jsonl', { responses: { 200: jsonl(User) } }, () => row)
