/** Finds errors that are never sent directly, because an error handler of the app handles them. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import { HTTPError } from '../errors/http-error.ts'
import type { HandledErrors } from './settings.ts'

/** Whether the app has an error handler for this status, this class or one of its superclasses up to HTTPError. Errors of the framework have no class. */
export function isHandled(handlers: readonly HandledErrors[], status: number, error?: AnyErrorClass | typeof HTTPError): boolean {
  if (handlers.some(({ key }) => key === status)) return true
  let type: unknown = error
  while (typeof type === 'function') {
    if (handlers.some(({ key }) => key === type)) return true
    if (type === HTTPError) return false
    type = Object.getPrototypeOf(type)
  }
  return false
}
