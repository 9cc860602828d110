/** What the environment may set. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'

const Settings = z.object({
  PROJECT_NAME: z.string().default('Template'),
  /** `local` also has the routes of `private.ts`, which make users without a password check. */
  ENVIRONMENT: z.enum(['local', 'staging', 'production']).default('local'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  /** The folder of the database. Default: in memory. */
  DATA_DIR: z.string().optional(),
  /** Signs tokens. Default: random, so that tokens end with the process. */
  SECRET_KEY: z
    .string()
    .min(32)
    .default(() => randomBytes(32).toString('hex')),
  /** Links in mails lead there, and its scripts may call the API. */
  FRONTEND_HOST: z.url().default('http://localhost:5173'),
  FIRST_SUPERUSER: z.email().default('admin@example.com'),
  FIRST_SUPERUSER_PASSWORD: z.string().min(8).default('change this'),
})

export type Settings = z.infer<typeof Settings>

/** Throws a `ZodError` that names each variable with a wrong value. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const settings = Settings.parse(environment)
  if (settings.ENVIRONMENT !== 'local' && settings.FIRST_SUPERUSER_PASSWORD === 'change this')
    throw new Error('FIRST_SUPERUSER_PASSWORD: expected a password of your own, got the default. Set the variable.')
  return settings
}
