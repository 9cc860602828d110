/** Steps that may be done at once: a synchronous handler costs no promise. */

export type MaybePromise<Value> = Value | Promise<Value>

export function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise
}

/** Calls `next` with the value: now if it is there, else when it comes. */
export function after<Value, Result>(value: MaybePromise<Value>, next: (value: Value) => MaybePromise<Result>): MaybePromise<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
