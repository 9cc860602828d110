/** A route is a value whose type carries its contract, for clients. */
import { z } from 'zod'
import { get, post, type Route } from '../../src/index.ts'
import { same } from './equal.ts'
import { row, User, UserNotFound } from './models.ts'

const createUser = post(
  '/users/{team}',
  { params: { team: z.int() }, body: z.object({ name: z.string() }), responses: { 201: User }, errors: [UserNotFound] },
  () => row,
)

same<(typeof createUser)['path'], '/users/{team}'>(true)
same<NonNullable<(typeof createUser)['~responses']>, { 201: typeof User }>(true)
same<NonNullable<(typeof createUser)['~errors']>, typeof UserNotFound>(true)

/** The type of a route goes wherever any route goes. */
export const any: Route = createUser

const textParams = get('/users/{user_id}', { responses: { 200: User } }, ({ params }) => ({ ...row, name: params.user_id }))
same<(typeof textParams)['~params'], undefined>(true)
