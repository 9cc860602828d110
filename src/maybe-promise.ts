/** Functions for steps that may be synchronous, so that a synchronous handler costs no promise. */

export type MaybePromise<Value> = Value | Promise<Value>

export function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise
}

/** Converts the result of a user's function: a thenable, such as a query of many libraries, becomes a promise. */
export function adopt(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  // A subclass may have a `then` of its own, which may return anything.
  if (isPromise(value)) return value.then === Promise.prototype.then ? value : new Promise((resolve) => resolve(value))
  return 'then' in value && typeof value.then === 'function' ? Promise.resolve(value) : value
}

/** Calls `next` with the value: at once, or when its promise resolves. */
export function after<Value, Result>(value: MaybePromise<Value>, next: (value: Value) => MaybePromise<Result>): MaybePromise<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Calls `recover` with the error if `step` throws or rejects. */
export function attempt<Result>(step: () => MaybePromise<Result>, recover: (error: unknown) => MaybePromise<Result>): MaybePromise<Result> {
  try {
    const result = step()
    return result instanceof Promise ? result.catch(recover) : result
  } catch (error) {
    return recover(error)
  }
}
