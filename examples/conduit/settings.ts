/** What the variables of the environment set. */
import { randomBytes } from 'node:crypto'

export interface Settings {
  /** Signs the tokens. */
  readonly jwtSecret: string
  /** Lets the scraper of the metrics in. */
  readonly metricsPassword: string
  /** Origins of the front ends. */
  readonly origins: readonly string[]
  /** Names under which the server is reached. */
  readonly hosts: readonly string[]
  /** Registrations and logins per client and quarter of an hour. */
  readonly tries: number
}

const random = () => randomBytes(32).toString('hex')

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    // Without a secret of its own, tokens are good until the next start, as the data in memory are.
    jwtSecret: env['JWT_SECRET'] ?? random(),
    metricsPassword: env['METRICS_PASSWORD'] ?? random(),
    origins: (env['ORIGINS'] ?? 'http://localhost:3000').split(','),
    hosts: (env['HOSTS'] ?? 'localhost,127.0.0.1').split(','),
    tries: Number(env['TRIES'] ?? 20),
  }
}
