/** The logger for the framework's own messages, without the parameters of failed queries. */

/** The interface that both `console` and pino have. The error of a log entry is its field `err`, which pino writes with its stack. */
export interface Logger {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

/** Lines for people, through `console`: a message, its fields, and errors with their stack, indented. */
export const consoleLogger: Logger = {
  error: (fields, message) => console.error(format(fields, message)),
  warn: (fields, message) => console.warn(format(fields, message)),
  info: (fields, message) => console.info(format(fields, message)),
}

function format(fields: object, message: string): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    if (value === undefined) return ''
    return value instanceof Error ? `\n${formatError(value)}` : ` ${name}=${escapeControls(String(value))}`
  })
  return message + parts.join('')
}

/** Each line is indented, so that no text of an error looks like a line of the log. */
function formatError(error: Error): string {
  const lines = String(error.stack ?? error).split('\n')
  const own = lines.map((line) => `    ${escapeControls(line)}`).join('\n')
  return error.cause instanceof Error && error.cause !== error ? `${own}\n    caused by:\n${formatError(error.cause)}` : own
}

/** C0, DEL, C1 and line separators, which a terminal or a log reader would interpret. */
const CONTROLS = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g // oxlint-disable-line no-control-regex -- it must match control characters

/** Escapes control characters, so that a message is always one line of the log. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Wraps a logger so that it never throws and leaves no unhandled rejection, because the framework logs where nothing could catch that. */
export function guardLogger(logger: Logger): Logger {
  const guard =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      const entry = withoutParameters(fields, message)
      const line = escapeControls(entry.message)
      // The fields contain the user's error, which may throw when it is inspected. The message is then logged without the fields.
      if (!write(level, entry.fields, line)) write(level, {}, line)
    }
  function write(level: keyof Logger, fields: object, line: string): boolean {
    try {
      const result: unknown = logger[level](fields, line)
      if (result instanceof Promise) result.catch(() => undefined)
      return true
    } catch {
      return false
    }
  }
  return { error: guard('error'), warn: guard('warn'), info: guard('info') }
}

/** An entry of the log without the parameters of a query that failed. */
export function withoutParameters<Fields extends object>(
  fields: Fields,
  message: string,
): { readonly fields: Fields; readonly message: string } {
  const { err } = fields as { readonly err?: unknown }
  try {
    const mask = maskParameters(err)
    return mask === undefined ? { fields, message } : { fields: { ...fields, err: mask.error(err as Error) }, message: mask.text(message) }
  } catch {
    return { fields, message }
  }
}

/** The names of the member with the parameters in Drizzle, node-postgres wrappers, TypeORM and Sequelize. */
const PARAMETER_NAMES = ['params', 'parameters', 'bindings']
const MAX_CAUSES = 8
/** Shorter texts are not masked, because they also occur in other words. */
const SHORTEST_TEXT = 3

/** Removes the parameters of a query from texts and errors: an e-mail address or a password hash must not be logged. */
interface Mask {
  text(text: string): string
  error(error: Error): Error
}

/** `undefined` if neither the error nor one of its causes has parameters. Throws if reading the error throws. */
function maskParameters(error: unknown): Mask | undefined {
  const found = causesOf(error).flatMap((one) => PARAMETER_NAMES.map((name) => ownValue(one, name)).filter((value) => Array.isArray(value)))
  if (found.length === 0) return undefined
  // Lists first: Drizzle ends its message with all parameters, joined.
  const lists = found.filter((list) => list.length > 0).map(String)
  const single = found
    .flat()
    .map(textOf)
    .filter((text) => text.length >= SHORTEST_TEXT)
    .toSorted((left, right) => right.length - left.length)
  const text = (whole: string) => single.reduce(replaceAll, lists.reduce(replaceEnd, whole))
  return { text, error: (one) => copyMasked(one, text) }
}

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = []
  for (let one = error; one instanceof Error && !causes.includes(one) && causes.length < MAX_CAUSES; one = one.cause) causes.push(one)
  return causes
}

/** Reads an own property without running a getter. */
function ownValue(error: Error, name: string): unknown {
  return Object.getOwnPropertyDescriptor(error, name)?.value
}

function textOf(parameter: unknown): string {
  if (parameter instanceof Date) return Number.isNaN(parameter.getTime()) ? '' : parameter.toISOString()
  return typeof parameter === 'string' || typeof parameter === 'number' || typeof parameter === 'bigint' ? String(parameter) : ''
}

function replaceAll(text: string, parameter: string): string {
  return text.replaceAll(parameter, '…')
}

function replaceEnd(text: string, list: string): string {
  return text.endsWith(list) ? `${text.slice(0, -list.length)}…` : text
}

/** An error of the same class, with the same fields but the parameters; the stack has the new message. */
function copyMasked(error: Error, mask: (text: string) => string): Error {
  const message = mask(error.message)
  const copy = Object.setPrototypeOf(new Error(message), Object.getPrototypeOf(error) as object) as Error
  for (const name of Object.getOwnPropertyNames(error)) {
    const value = ownValue(error, name)
    if (PARAMETER_NAMES.includes(name) || name === 'message' || name === 'stack') continue
    if (typeof value === 'string')
      Object.defineProperty(copy, name, { value: mask(value), enumerable: name !== 'name', configurable: true })
    else if (name === 'cause' && value instanceof Error) copy.cause = copyMasked(value, mask)
    else if (typeof value !== 'object') Object.defineProperty(copy, name, { value, enumerable: true, configurable: true })
  }
  const { stack } = error
  if (typeof stack === 'string') copy.stack = stack.split(error.message).join(message)
  return copy
}
