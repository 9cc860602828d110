/** Where the server's own words go. */

/** What `console` and pino both have. */
export interface Logger {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

/** Lines for people, errors with their stack, on standard error. */
export const consoleLogger: Logger = {
  error: (fields, message) => console.error(message, fields),
  warn: (fields, message) => console.warn(message, fields),
  info: (fields, message) => console.info(message, fields),
}
