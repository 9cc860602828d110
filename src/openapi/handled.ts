/** Errors that are never sent in their own form, because a handler of the app takes them first. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import { HTTPError } from '../errors/http-error.ts'
import type { HandledErrors } from './settings.ts'

/** By status first, then by class as far as HTTPError. The framework's own errors have no class that a handler could be for. */
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
