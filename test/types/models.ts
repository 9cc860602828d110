/** Models, rows and errors that the type tests share. */
import { z } from 'zod'
import { defineError } from '../../src/index.ts'

export const User = z.object({ id: z.int(), name: z.string(), created_at: z.date() }).meta({ id: 'User' })
export const UserNotFound = defineError('USER_NOT_FOUND', { status: 404, detail: 'User not found', data: z.object({ user_id: z.int() }) })
export const Locked = defineError('LOCKED', { status: 423, detail: 'Locked' })

/** A row has more than its model. */
export interface UserRow {
  readonly id: number
  readonly name: string
  readonly created_at: Date
  readonly password_hash: string
}

export declare const row: UserRow
