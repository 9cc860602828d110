/** The models of requests and responses. Rows have more fields than these: they can't leave. */
import { z } from 'zod'

const Email = z.email().max(255)
const Name = z.string().max(255).nullable()
const NewPasswordText = z.string().min(8).max(128).meta({ format: 'password' })

export const Message = z.object({ message: z.string() }).meta({ id: 'Message' })

export const UserPublic = z
  .object({
    id: z.uuid(),
    email: Email,
    full_name: Name,
    is_active: z.boolean(),
    is_superuser: z.boolean(),
    created_at: z.date(),
  })
  .meta({ id: 'UserPublic' })

export const UsersPublic = z.object({ data: z.array(UserPublic), count: z.int() }).meta({ id: 'UsersPublic' })

export const UserRegister = z.object({ email: Email, password: NewPasswordText, full_name: Name.optional() }).meta({ id: 'UserRegister' })

export const UserCreate = UserRegister.extend({
  is_active: z.boolean().default(true),
  is_superuser: z.boolean().default(false),
}).meta({ id: 'UserCreate' })

export const UserUpdate = z
  .object({ email: Email, password: NewPasswordText, full_name: Name, is_active: z.boolean(), is_superuser: z.boolean() })
  .partial()
  .meta({ id: 'UserUpdate' })

export const UserUpdateMe = z.object({ email: Email, full_name: Name }).partial().meta({ id: 'UserUpdateMe' })

export const UpdatePassword = z
  .object({ current_password: z.string().max(128).meta({ format: 'password' }), new_password: NewPasswordText })
  .meta({ id: 'UpdatePassword' })

export const NewPassword = z.object({ token: z.string(), new_password: NewPasswordText }).meta({ id: 'NewPassword' })

const Title = z.string().min(1).max(255)
const Description = z.string().max(255).nullable()

export const ItemCreate = z.object({ title: Title, description: Description.optional() }).meta({ id: 'ItemCreate' })

export const ItemUpdate = z.object({ title: Title, description: Description }).partial().meta({ id: 'ItemUpdate' })

export const ItemPublic = z
  .object({ id: z.uuid(), title: z.string(), description: z.string().nullable(), owner_id: z.uuid(), created_at: z.date() })
  .meta({ id: 'ItemPublic' })

export const ItemsPublic = z.object({ data: z.array(ItemPublic), count: z.int() }).meta({ id: 'ItemsPublic' })

/** Which part of a list: `data` has at most `limit` rows, `count` counts all. */
export const ListQuery = {
  skip: z.int().min(0).default(0),
  limit: z.int().min(1).max(1000).default(100),
}
