/** The kinds of plans. A plan holds every decision about a model that the encoders need; the three back ends run it or print it as code. */
import type { Constant } from '../../option-fit.ts'
import type {
  BigIntNode,
  BooleanNode,
  BytesNode,
  CodecNode,
  DateNode,
  FileNode,
  IslandNode,
  LiteralNode,
  Node,
  NumberNode,
  StringNode,
  UrlNode,
} from '../../node.ts'
import { presenceOf, type Presence } from '../../presence.ts'
import type { Count } from '../values/constraints.ts'
import type { Rank } from './rank.ts'

/** A node whose values contain no other values. `null`, `undefined` and `never` are literals here: `never` has no constants. */
export type ScalarNode = StringNode | NumberNode | BooleanNode | BigIntNode | DateNode | LiteralNode | UrlNode | BytesNode | FileNode

/** What every plan has. */
export interface Facts {
  /** The model's id. Its function in generated code has this name. */
  readonly id: string | undefined
  readonly presence: Presence
  /** Describes what a value must be: the `expected` part of a breach. */
  readonly expected: string
  /** The estimated length of the JSON of a value. */
  readonly bytes: number
  /** Whether a value may be arbitrarily deep. */
  readonly isRecursive: boolean
  /** Whether a value may contain an integer that a number can't represent. */
  readonly hasBigIntegers: boolean
}

/** `parts`: the plans directly inside. `bytes`: the estimated length of the JSON. */
export function factsOf(node: Node, expected: string, parts: readonly Plan[], bytes: number): Facts {
  return {
    id: node.annotations?.id,
    presence: presenceOf(node),
    expected,
    bytes,
    isRecursive: parts.some((part) => part.isRecursive),
    hasBigIntegers: parts.some((part) => part.hasBigIntegers),
  }
}

export interface ScalarPlan extends Facts {
  readonly kind: 'scalar'
  readonly node: ScalarNode
}

/** Any value. Nothing is filtered. */
export interface AnyPlan extends Facts {
  readonly kind: 'any'
}

export interface Field {
  readonly name: string
  readonly plan: Plan
  /** Whether the object is refused when the value of the property has no JSON. */
  readonly isPromised: boolean
  /** Whether the property may be absent, but not `undefined`. */
  readonly isExact: boolean
}

export interface ObjectPlan extends Facts {
  readonly kind: 'object'
  /** In the order in which they are written. */
  readonly fields: readonly Field[]
  readonly additional: 'drop' | 'refuse' | Plan
  /** Whether an object that has none of its properties is refused. */
  readonly requiresProperty: boolean
}

export interface ListPlan extends Facts, Count {
  readonly kind: 'list'
  readonly items: Plan
}

export interface TuplePlan extends Facts, Count {
  readonly kind: 'tuple'
  readonly items: readonly Plan[]
  readonly rest: Plan | undefined
  /** The number of items that must be present. The items after them are optional or have defaults. */
  readonly minItems: number
}

export interface RecordPlan extends Facts {
  readonly kind: 'record'
  readonly key: Plan
  readonly value: Plan
}

export interface MapPlan extends Facts {
  readonly kind: 'map'
  readonly key: Plan
  readonly value: Plan
}

export interface SetPlan extends Facts, Count {
  readonly kind: 'set'
  readonly items: Plan
}

/** A union with a property that has different constants in each option. */
export interface TaggedPlan extends Facts {
  readonly kind: 'tagged'
  readonly tag: string
  readonly options: readonly TaggedOption[]
}

export interface TaggedOption {
  readonly values: readonly Constant[]
  readonly object: () => ObjectPlan
  /** Whether the option contains itself. Its function then counts the depth. */
  readonly isCall: boolean
}

/** A union whose options are tried one after the other, the best match first. Equal matches are tried in the order of declaration. */
export interface RankedPlan extends Facts {
  readonly kind: 'ranked'
  readonly options: readonly Plan[]
  /** `undefined` if the options are always tried in the order of declaration. */
  readonly rank: Rank | undefined
}

/** An intersection that could not be merged into one node. The value must fit both sides. */
export interface BothPlan extends Facts {
  readonly kind: 'both'
  readonly left: Plan
  readonly right: Plan
}

/** A nullable or optional value: the constant, or a value of the inner plan. */
export interface UnlessPlan extends Facts {
  readonly kind: 'unless'
  readonly constant: null | undefined
  readonly inner: Plan
}

/** A default replaces `undefined`. */
export interface FillPlan extends Facts {
  readonly kind: 'fill'
  readonly inner: Plan
  readonly make: () => unknown
  /** The plan of the default, which is an output of its library and must not be transformed again. The same as `inner` if the model has no islands. */
  readonly filled: Plan
}

export interface CodecPlan extends Facts {
  readonly kind: 'codec'
  readonly domain: Plan
  readonly encode: CodecNode['encode']
  readonly wire: Plan
}

/** A part that its library validates. The library may replace the value. */
export interface IslandPlan extends Facts {
  readonly kind: 'island'
  readonly node: IslandNode
  /** The plan of the model that the checks apply to. `undefined` if only the library knows the model. */
  readonly base: Plan | undefined
  /** The plan of what the library returns. */
  readonly output: Plan
}

/** A recursive model. Its function is called, and counts the depth. */
export interface CallPlan extends Facts {
  readonly kind: 'call'
  readonly target: () => Plan
}

/** References are resolved, intersections are merged and unions are planned, so a back end has one case for each kind. */
export type Plan =
  | ScalarPlan
  | AnyPlan
  | ObjectPlan
  | ListPlan
  | TuplePlan
  | RecordPlan
  | MapPlan
  | SetPlan
  | TaggedPlan
  | RankedPlan
  | BothPlan
  | UnlessPlan
  | FillPlan
  | CodecPlan
  | IslandPlan
  | CallPlan
