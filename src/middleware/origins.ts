/** Lists of origins, as `cors` and `csrf` take them (RFC 6454 §6.2). */
import { DeclarationError } from '../schema/declaration-error.ts'

/** Throws a `DeclarationError` for a text that no browser sends as its `Origin`, so that it would let nobody in. */
export function assertOrigins(origins: unknown, where: string): void {
  const wrong = Array.isArray(origins) ? origins.filter((origin) => !isOrigin(origin)) : [origins]
  if (wrong.length > 0)
    throw new DeclarationError(
      'ORIGINS',
      where,
      `expected a list of origins, got ${wrong.map(String).join(', ')}`,
      'Write scheme, host and port without a path, such as https://app.example',
    )
}

/** A `*` in a host is valid in a URL. */
function isOrigin(origin: unknown): boolean {
  if (typeof origin !== 'string') return origin instanceof RegExp
  return origin === 'null' || (URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes('*'))
}
