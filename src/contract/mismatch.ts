/** The compiler's message for a handler whose result does not fit its contract: the field, the expected type and the actual type. */
import type { Sequence } from '../reply/sequence.ts'
import type { FileLike } from '../representation/file-like.ts'
import type { FileResult } from '../representation/file.ts'
import type { ServerSentEvent } from '../representation/server-sent-event.ts'
import type { Leaf } from '../schema/schema.ts'
import type { DefaultKey } from './responses.ts'
import type { HandlerResult, Returned, StatusResult } from './result.ts'

/**
 * The handler's own type if its result fits; otherwise a function type that returns the message, to which no handler is assignable. Its context
 * is `never`, so that the compiler prints the message in its first line. The message is computed only for a mismatch. For a generator or a function
 * without a result the compiler reports the whole handler: there the type is the message itself, so that it is printed once instead of twice.
 */
export type Checked<Context, Result, R> = [Result] extends [Returned<R>]
  ? (context: Context) => Result
  : [Plain<Result>] extends [Returned<R>]
    ? (context: Context) => Result
    : [Result] extends [Generator | AsyncGenerator | void]
      ? Explain<DefaultKey<R>, Mismatch<Result, Exclude<HandlerResult<R>, StatusResult>>>
      : (context: never) => Explain<DefaultKey<R>, Mismatch<Result, Exclude<HandlerResult<R>, StatusResult>>>

type Explain<Key, Found> = [Key] extends [never]
  ? 'responses: a plain return needs a declared success, such as 200 (a number without quotes)'
  : [Found] extends [never]
    ? `response ${Key & (string | number)}: the returned value does not fit its model`
    : `response ${Key & (string | number)}: ${Found & string}`

/** A value whose fields are not compared. */
type Whole = Leaf | void | ServerSentEvent | StatusResult

/** Turns interfaces into type literals, because only type literals have an implicit index signature. */
type Plain<T> = T extends Whole
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

/** The first difference inside one value, to a depth of four levels. */
type Difference<Got, Want, Path extends string, Depth extends unknown[] = []> = Got extends Want
  ? never
  : Depth['length'] extends 4
    ? Expected<Want, NameOf<Got>, Path>
    : Got extends Whole | Promise<unknown>
      ? Expected<Want, NameOf<Got>, Path>
      : Got extends readonly (infer Item)[]
        ? [Extract<Want, readonly unknown[]>] extends [readonly (infer Wanted)[]]
          ? [Extract<Want, readonly unknown[]>] extends [never]
            ? Expected<Want, 'a list', Path>
            : Difference<Item, Wanted, `${Path}[]`, [...Depth, unknown]>
          : never
        : InFields<Got, Exclude<Want, Whole | readonly unknown[]>, Path, Depth> extends infer Found
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

/** One name for a type. It does not distribute over a union, so there is one message. */
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
                              : [T] extends [URL]
                                ? 'URL'
                                : string extends T
                                  ? `string or ${NameOf<Exclude<T, string>>}`
                                  : NameOfObject<T>

type NameOfObject<T> = [T] extends [Uint8Array | ArrayBuffer]
  ? 'Uint8Array or ArrayBuffer'
  : [T] extends [FileLike | FileResult]
    ? 'a File or a Blob'
    : [T] extends [Response]
      ? 'Response'
      : [T] extends [ReadonlyMap<unknown, unknown>]
        ? 'Map'
        : [T] extends [ReadonlySet<unknown>]
          ? 'Set'
          : [T] extends [Sequence<unknown>]
            ? 'an iterable, such as a generator'
            : 'an object'
