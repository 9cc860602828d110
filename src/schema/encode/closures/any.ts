/** Anything at all: nothing is filtered, and JSON is what JavaScript makes of it. */
import type { Form, Step } from '../trail.ts'

const EXPECTED = 'value that JSON can hold'

export function anyStep(form: Form): Step {
  if (form === 'domain') return (value) => value
  return (value, trail) => {
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (trail.verifying) {
      try {
        JSON.stringify(value)
      } catch (error) {
        return trail.fail(EXPECTED, value, error)
      }
    }
    return value
  }
}
