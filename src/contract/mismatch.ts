/** What the compiler says where a handler returns what its route does not declare: the field, the expected type and the type it got. */
import type { ServerSentEvent } from '../representation/server-sent-event.ts'
import type { DefaultKey } from './responses.ts'
import type { HandlerResult, Returned, StatusResult } from './result.ts'

/**
 * A handler whose result fits, else a function that returns the message, to which nothing is assignable: it names no context, so that the
 * message stands in the first line. Computed only for what does not fit. A generator or a function without a result has a body in braces, so the
 * compiler points at the whole handler: there the message itself is the type, and the result is printed once instead of twice.
 */
export type Checked<Context, Result, R> = [Result] extends [Returned<R>]
  ? (context: Context) => Result
  : [Plain<Result>] extends [Returned<R>]
    ? (context: Context) => Result
    : [Result] extends [Generator | AsyncGenerator | void]
      ? Explain<DefaultKey<R>, Mismatch<Result, Exclude<HandlerResult<R>, StatusResult>>>
      : (context: never) => Explain<DefaultKey<R>, Mismatch<Result, Exclude<HandlerResult<R>, StatusResult>>>

type Explain<Key, Found> = [Found] extends [never]
  ? `response ${Key & (string | number)}: the returned value does not fit its model`
  : `response ${Key & (string | number)}: ${Found & string}`

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | void
  | Date
  | URL
  | ArrayBufferView
  | ArrayBuffer
  | ServerSentEvent
  | StatusResult

/** Interfaces as type literals, which alone have an implicit index signature. */
type Plain<T> = T extends Leaf | ((...args: never[]) => unknown)
  ? T
  : T extends Promise<infer Value>
    ? Promise<Plain<Value>>
    : T extends AsyncGenerator<infer Item>
      ? AsyncIterable<Plain<Item>>
      : T extends Generator<infer Item>
        ? Iterable<Plain<Item>>
        : { [Name in keyof T]: Plain<T[Name]> }

type Mismatch<Got, Want> = Got extends Want | StatusResult
  ? never
  : Got extends Promise<infer Value>
    ? Mismatch<Value, Want>
    : Got extends Generator<infer Item> | AsyncGenerator<infer Item>
      ? ItemMismatch<Item, Want>
      : Difference<Got, Want, ''>

type ItemMismatch<Item, Want> =
  Extract<Want, AsyncIterable<unknown>> extends AsyncIterable<infer Wanted>
    ? [Extract<Want, AsyncIterable<unknown>>] extends [never]
      ? Expected<Want, 'a generator', ''>
      : Item extends Wanted
        ? never
        : Difference<Item, Wanted, '[]'>
    : never

/** Of one value. Deeper than four levels the path ends, and says what is expected there. */
type Difference<Got, Want, Path extends string, Depth extends unknown[] = []> = Got extends Want
  ? never
  : Depth['length'] extends 4
    ? Expected<Want, NameOf<Got>, Path>
    : Got extends Leaf
      ? Expected<Want, NameOf<Got>, Path>
      : Got extends readonly (infer Item)[]
        ? [Extract<Want, readonly unknown[]>] extends [readonly (infer Wanted)[]]
          ? [Extract<Want, readonly unknown[]>] extends [never]
            ? Expected<Want, 'a list', Path>
            : Difference<Item, Wanted, `${Path}[]`, [...Depth, unknown]>
          : never
        : InFields<Got, Exclude<Want, Leaf | readonly unknown[]>, Path, Depth> extends infer Found
          ? [Found] extends [never]
            ? Expected<Want, NameOf<Got>, Path>
            : Found
          : never

type InFields<Got, Want, Path extends string, Depth extends unknown[]> = [Want] extends [never]
  ? never
  : {
      [Name in keyof Want & string]-?: Name extends keyof Got
        ? Got[Name] extends Want[Name]
          ? never
          : Difference<Got[Name], Want[Name], Join<Path, Name>, [...Depth, unknown]>
        : undefined extends Want[Name]
          ? never
          : Expected<Want[Name], 'undefined', Join<Path, Name>>
    }[keyof Want & string]

type Join<Path extends string, Name extends string> = Path extends '' ? Name : `${Path}.${Name}`

type Expected<Want, Got extends string, Path extends string> = `${Path extends '' ? '' : `${Path}: `}expected ${NameOf<Want>}, got ${Got}`

/** One name for a type, a union's included, so that the message stays one. */
type NameOf<T> = [T] extends [never]
  ? 'nothing'
  : [T] extends [string]
    ? string extends T
      ? 'string'
      : 'a declared literal'
    : [T] extends [boolean]
      ? 'boolean'
      : [T] extends [number]
        ? 'number'
        : [T] extends [bigint]
          ? 'bigint'
          : [T] extends [null]
            ? 'null'
            : [T] extends [undefined | void]
              ? 'undefined'
              : [T] extends [Date]
                ? 'Date'
                : [T] extends [ServerSentEvent]
                  ? 'an event that event() makes'
                  : [T] extends [string | Uint8Array]
                    ? 'string or Uint8Array'
                    : [T] extends [readonly unknown[]]
                      ? 'a list'
                      : [T] extends [Promise<unknown>]
                        ? 'a promise'
                        : null extends T
                          ? `${NameOf<Exclude<T, null>>} or null`
                          : undefined extends T
                            ? `${NameOf<Exclude<T, undefined>>} or undefined`
                            : [T] extends [string | number | bigint | boolean]
                              ? 'a scalar'
                              : 'an object'
