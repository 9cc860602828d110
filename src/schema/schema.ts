/** The type of schemas that Riposte accepts: any Standard Schema (zod, valibot, arktype, …), and the types of their values. */
import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema of any library that implements Standard Schema. */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>

/** A schema of any types, for constraints. */
export type AnySchema = StandardSchemaV1<any, any> // oxlint-disable-line typescript/no-explicit-any -- a constraint must take every schema: `unknown` is not assignable both ways

/** The input type of a schema. */
export type InputOf<S extends AnySchema> = NonNullable<S['~standard']['types']>['input']

/** The output type of a schema. */
export type OutputOf<S extends AnySchema> = NonNullable<S['~standard']['types']>['output']

/** Whether a value is a Standard Schema. */
export function isSchema(value: unknown): value is AnySchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
}

/**
 * What a handler may return for a model.
 * A value with a default may be missing. For a codec it is the decoded value, for a transform its input. Arrays, maps and sets may be read-only.
 * For most models this is the input type. The compiler walks through the model only if its input and output types differ.
 */
export type Accepted<S extends AnySchema> = OutputOf<S> extends InputOf<S> ? Read<InputOf<S>> : Domain<S>

/** A value that is used whole: the compiler does not look at its fields. */
export type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | URL
  | Blob
  | ArrayBufferView
  | ArrayBuffer
  | ((...args: never[]) => unknown)

/** An object whose fields are all leaves has nothing to make read-only. Its type is used unchanged, which saves the compiler instantiations. */
interface Flat {
  readonly [name: string]: Leaf
}

/** The type of a value that is only read. */
export type Read<T> = T extends Leaf | Flat
  ? T
  : unknown extends T
    ? T
    : T extends ReadonlyMap<infer Key, infer Value>
      ? ReadonlyMap<Read<Key>, Read<Value>>
      : T extends ReadonlySet<infer Item>
        ? ReadonlySet<Read<Item>>
        : T extends readonly (infer Item)[]
          ? number extends T['length']
            ? ReadList<T, Item>
            : { readonly [Place in keyof T]: Read<T[Place]> }
          : string extends keyof T
            ? ReadRecord<T, T[keyof T]>
            : { readonly [Name in keyof T]: Read<T[Name]> }

/** A recursive array type is JSON. */
type ReadList<T, Item> = T extends Item ? readonly any[] : readonly Read<Item>[] // oxlint-disable-line typescript/no-explicit-any -- JSON is read whole

/**
 * An interface has no index signature, and is assignable only to an index signature of `any`. That is used where any value is allowed: for `unknown`,
 * and in JSON, whose type is recursive.
 */
type ReadRecord<T, Value> = [unknown extends Value ? true : T extends Value ? true : false] extends [true]
  ? { readonly [Name in keyof T]: string extends Name ? any : Read<T[Name]> } & PlainObject // oxlint-disable-line typescript/no-explicit-any -- an interface is assignable to an index of `any` alone
  : { readonly [Name in keyof T]: Read<T[Name]> }

/** Excludes promises, arrays, maps, sets and dates, which an index signature of `any` would allow. */
export interface PlainObject {
  readonly then?: string | number | boolean | bigint | null | undefined | { readonly call?: never }
  readonly [Symbol.iterator]?: never
  readonly [Symbol.toPrimitive]?: never
}

type Definition<S> = S extends { readonly _zod: { readonly def: infer Def } } ? Def : undefined

type Optional<Shape> = {
  [Name in keyof Shape]: Shape[Name] extends AnySchema
    ? undefined extends InputOf<Shape[Name]>
      ? Name
      : Shape[Name] extends { readonly _zod: { readonly optin: 'optional' | 'defaulted' } }
        ? Name
        : never
    : never
}[keyof Shape]

type Member<S> = S extends AnySchema ? Accepted<S> : never

type Fields<Shape> = { readonly [Name in Exclude<keyof Shape, Optional<Shape>>]: Member<Shape[Name]> } & {
  readonly [Name in Optional<Shape>]?: Member<Shape[Name]>
}

/** The value type of a model whose input and output types differ. Only zod has codecs, so only zod's models are walked. */
type Domain<S extends AnySchema> =
  Definition<S> extends infer Def
    ? Def extends { readonly type: 'pipe'; readonly reverseTransform: {} }
      ? Read<OutputOf<S>>
      : Def extends { readonly type: 'object'; readonly shape: infer Shape }
        ? string extends keyof InputOf<S>
          ? Flattened<Fields<Shape>> & { readonly [name: string]: any } & PlainObject // oxlint-disable-line typescript/no-explicit-any -- undeclared fields have another type than the declared ones
          : Flattened<Fields<Shape>>
        : Def extends { readonly type: 'array'; readonly element: infer Item }
          ? readonly Member<Item>[]
          : Def extends { readonly type: 'optional' | 'default' | 'prefault'; readonly innerType: infer Inner }
            ? Member<Inner> | (undefined extends InputOf<S> ? undefined : never)
            : Def extends { readonly type: 'nullable'; readonly innerType: infer Inner }
              ? Member<Inner> | null
              : Def extends { readonly type: 'readonly' | 'catch' | 'nonoptional'; readonly innerType: infer Inner }
                ? Member<Inner>
                : Def extends { readonly type: 'union'; readonly options: readonly (infer Option)[] }
                  ? Option extends AnySchema
                    ? Accepted<Option>
                    : never
                  : Def extends { readonly type: 'intersection'; readonly left: infer Left; readonly right: infer Right }
                    ? Member<Left> & Member<Right>
                    : Def extends { readonly type: 'tuple'; readonly items: infer Items; readonly rest: infer Rest }
                      ? Places<InputOf<S>, Items, Rest>
                      : Def extends { readonly type: 'record'; readonly valueType: infer Value }
                        ? { readonly [Name in keyof OutputOf<S>]: Member<Value> }
                        : Def extends { readonly type: 'map'; readonly keyType: infer Key; readonly valueType: infer Value }
                          ? ReadonlyMap<Member<Key>, Member<Value>>
                          : Def extends { readonly type: 'set'; readonly valueType: infer Item }
                            ? ReadonlySet<Member<Item>>
                            : Def extends { readonly type: 'pipe'; readonly in: infer First; readonly out: infer Last }
                              ? First extends AnySchema
                                ? unknown extends InputOf<First>
                                  ? Member<Last>
                                  : Accepted<First>
                                : never
                              : Def extends { readonly type: 'lazy'; readonly getter: () => infer Inner }
                                ? Member<Inner>
                                : Read<InputOf<S>>
    : never

/** The input type of a tuple knows which items are optional. */
type Places<Input, Items, Rest> = {
  readonly [Place in keyof Input]: Place extends keyof Items & `${number}` ? Member<Items[Place]> : Member<Rest>
}

type Flattened<T> = { readonly [Name in keyof T]: T[Name] }
