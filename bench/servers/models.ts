/** The models that those servers declare which take zod schemas. */
import { z } from 'zod'

export const User = z.object({ id: z.int(), email: z.string(), name: z.string(), created_at: z.date() }).meta({ id: 'User' })
export const UserPage = z.object({ items: z.array(User), total: z.int(), page: z.int(), size: z.int(), pages: z.int() })
export const UserCreate = z.object({ email: z.email(), name: z.string().min(1).max(100) })
export const Created = z.object({ id: z.int(), message: z.string() })
export const Failure = z.object({ detail: z.string() })
