/** What a handler may give for a model: its domain side, which an answer only reads. */
import type { AnySchema, InputOf, OutputOf } from './schema.ts'

/**
 * What a handler may return for a model.
 * A default may be missing, a codec takes what it decodes to, a transform what it begins with. Arrays, maps and sets may be read-only.
 * For most models the input type says it all; the model is walked only where input and output differ.
 */
export type Accepted<S extends AnySchema> = OutputOf<S> extends InputOf<S> ? Read<InputOf<S>> : Domain<S>

type Leaf =
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

/** A model whose fields are all leaves holds nothing to make read-only: its type does not change, which costs the compiler no instantiation. */
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

/** A list that may hold itself is JSON. */
type ReadList<T, Item> = T extends Item ? readonly any[] : readonly Read<Item>[] // oxlint-disable-line typescript/no-explicit-any -- JSON is read whole

/**
 * An interface has no index signature. It is assignable to one of `any` alone, which stands where any value may: under `unknown`, and in
 * JSON, whose objects may hold themselves.
 */
type ReadRecord<T, Value> = [unknown extends Value ? true : T extends Value ? true : false] extends [true]
  ? { readonly [Name in keyof T]: string extends Name ? any : Read<T[Name]> } & PlainObject // oxlint-disable-line typescript/no-explicit-any -- an interface is assignable to an index of `any` alone
  : { readonly [Name in keyof T]: Read<T[Name]> }

/** No promise, list, map, set or date: `any` as the type of an index signature lets them through. */
export interface PlainObject {
  readonly then?: string | number | boolean | bigint | null | undefined | { readonly call?: never }
  readonly [Symbol.iterator]?: never
  readonly [Symbol.toPrimitive]?: never
}

type Definition<S> = S extends { readonly _zod: { readonly def: infer Def } } ? Def : undefined

type Optional<Shape> = {
  [Name in keyof Shape]: Shape[Name] extends AnySchema ? (undefined extends InputOf<Shape[Name]> ? Name : never) : never
}[keyof Shape]

type Member<S> = S extends AnySchema ? Accepted<S> : never

type Fields<Shape> = { readonly [Name in Exclude<keyof Shape, Optional<Shape>>]: Member<Shape[Name]> } & {
  readonly [Name in Optional<Shape>]?: Member<Shape[Name]>
}

/** Only zod has models that work both ways, so only its own are walked. */
type Domain<S extends AnySchema> =
  Definition<S> extends infer Def
    ? Def extends { readonly type: 'pipe'; readonly reverseTransform: {} }
      ? Read<OutputOf<S>>
      : Def extends { readonly type: 'object'; readonly shape: infer Shape }
        ? Flattened<Fields<Shape>>
        : Def extends { readonly type: 'array'; readonly element: infer Item }
          ? readonly Member<Item>[]
          : Def extends { readonly type: 'optional' | 'default' | 'prefault'; readonly innerType: infer Inner }
            ? Member<Inner> | undefined
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
                    : Def extends { readonly type: 'tuple'; readonly items: infer Items extends readonly unknown[] }
                      ? { readonly [Place in keyof Items]: Member<Items[Place]> }
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
                              : Read<InputOf<S>>
    : never

type Flattened<T> = { readonly [Name in keyof T]: T[Name] }
