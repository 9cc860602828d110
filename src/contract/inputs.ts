/** The types that a handler receives for declared inputs. They are declared by name, or as one object schema, or as a body. */
import type { AnySchema, OutputOf } from '../schema/schema.ts'

export type Shape = AnySchema | Readonly<Record<string, AnySchema>>

/** What a handler receives for a shape. */
export type InputsOf<S> = S extends AnySchema ? OutputOf<S> : { [Name in keyof S]: S[Name] extends AnySchema ? OutputOf<S[Name]> : never }

/** An empty object. The compiler prints this name, with the fix, where a member of it is read. */
type Undeclared<Fix> = { readonly [Name in never]: Fix }

declare const absent: unique symbol

/** A value that is `undefined` at run time. The compiler prints its name, with the message, where it is used. An interface, so that no record takes it. */
export interface Absent<Message> {
  readonly [absent]: Message
}

type LocationName = 'params' | 'query' | 'headers' | 'cookies'

/** What a handler or a dependency receives for what it declared in a location. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- the object is empty; its name is the message
export type ReceivedOf<Location extends LocationName, S> = [keyof S] extends [never] ? Undeclared<`add ${Location}`> : InputsOf<S>

type Segment<Text extends string> = Text extends `+${infer Name}` ? Name : Text

/** The names in a path template: `/users/{user_id}` → `user_id`. */
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Segment<Name> | NamesIn<Rest> : never

/** Path parameters that are not declared are strings. An object schema declares all of them. */
export type ParamsOf<Path extends string, P> = [P] extends [never]
  ? [NamesIn<Path>] extends [never]
    ? // oxlint-disable-next-line typescript/no-generated-empty-object-type -- the object is empty; its name is the message
      Undeclared<'the path has no parameter'>
    : { [Name in NamesIn<Path>]: string }
  : P extends AnySchema
    ? OutputOf<P>
    : [Exclude<NamesIn<Path>, keyof P>] extends [never]
      ? InputsOf<P>
      : InputsOf<P> & { [Name in Exclude<NamesIn<Path>, keyof P>]: string }

/** The phantom member `~input` of a representation has the type of what it reads. */
type Read<B> = B extends AnySchema ? OutputOf<B> : B extends { readonly '~input'?: infer Value } ? Value : unknown

/** The body type; a union if several representations are declared. */
export type BodyOf<B> = [B] extends [never] ? Absent<'not declared: add body'> : B extends readonly (infer Each)[] ? Read<Each> : Read<B>
