/** The plan of a model for the encoders: every decision about the model is made here once, and the back ends print or run the plan. */
import type { Constant } from '../../constants.ts'
import type {
  BigIntNode,
  BooleanNode,
  BytesNode,
  CodecNode,
  DateNode,
  FileNode,
  IslandNode,
  LiteralNode,
  NumberNode,
  StringNode,
  UrlNode,
} from '../../node.ts'
import type { Presence } from '../../presence.ts'
import type { Rank } from './rank.ts'

/** A node whose values hold no others. `null`, `undefined` and `never` are literals here, of one constant or of none. */
export type ScalarNode = StringNode | NumberNode | BooleanNode | BigIntNode | DateNode | LiteralNode | UrlNode | BytesNode | FileNode

/** What every plan knows. */
export interface Facts {
  /** The model's id, by which its function in generated code is named. */
  readonly id: string | undefined
  readonly presence: Presence
  /** What a value must be, in words: the `expected` part of a breach. */
  readonly expected: string
  /** About how long the JSON of a value is. */
  readonly bytes: number
  /** A value may be arbitrarily deep. */
  readonly isRecursive: boolean
  /** Some value inside may be an integer that a number can't hold. */
  readonly hasBigIntegers: boolean
}

export interface ScalarPlan extends Facts {
  readonly kind: 'scalar'
  readonly node: ScalarNode
}

/** Anything at all: nothing is filtered. */
export interface AnyPlan extends Facts {
  readonly kind: 'any'
}

export interface Field {
  readonly name: string
  readonly plan: Plan
  /** The property is on the wire, although its value may turn out to have no JSON. Then the object is refused. */
  readonly isPromised: boolean
  /** The property may be absent, but not `undefined`. */
  readonly isExact: boolean
}

export interface ObjectPlan extends Facts {
  readonly kind: 'object'
  /** In the order of the wire. */
  readonly fields: readonly Field[]
  readonly additional: 'drop' | 'refuse' | Plan
  /** An object without any of its properties is refused by one of them. */
  readonly requiresProperty: boolean
}

/** Limits of a list, and of the generated code's test for it. */
export interface Count {
  readonly minItems?: number | undefined
  readonly maxItems?: number | undefined
}

export interface ListPlan extends Facts, Count {
  readonly kind: 'list'
  readonly items: Plan
}

export interface TuplePlan extends Facts, Count {
  readonly kind: 'tuple'
  readonly items: readonly Plan[]
  readonly rest: Plan | undefined
  /** The fewest items: the last ones may be optional or have defaults. */
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

/** A union whose options are told apart by the constant that one property has. */
export interface TaggedPlan extends Facts {
  readonly kind: 'tagged'
  readonly tag: string
  readonly options: readonly TaggedOption[]
}

export interface TaggedOption {
  readonly values: readonly Constant[]
  readonly object: () => ObjectPlan
  /** The option leads back to itself: its function counts the depth. */
  readonly isCall: boolean
}

/** A union whose options are tried, best match first; equal ones in their order. */
export interface RankedPlan extends Facts {
  readonly kind: 'ranked'
  readonly options: readonly Plan[]
  /** `undefined` if the order of declaration will do. */
  readonly rank: Rank | undefined
}

/** An intersection that is not one object: the value goes through both sides. */
export interface BothPlan extends Facts {
  readonly kind: 'both'
  readonly left: Plan
  readonly right: Plan
}

/** One constant, or a value of another plan: nullable and optional values. */
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
  /** The plan of the default itself: what its library gives back is not transformed once more. The same as `inner` where no library takes part. */
  readonly filled: Plan
}

export interface CodecPlan extends Facts {
  readonly kind: 'codec'
  readonly domain: Plan
  readonly encode: CodecNode['encode']
  readonly wire: Plan
}

/** Its library checks the value and may replace it. */
export interface IslandPlan extends Facts {
  readonly kind: 'island'
  readonly node: IslandNode
  /** The plan of a known model whose checks alone are code. */
  readonly base: Plan | undefined
  /** The plan of what the library gives back. */
  readonly output: Plan
}

/** A recursive model: its function is called, and counts the depth. */
export interface CallPlan extends Facts {
  readonly kind: 'call'
  readonly target: () => Plan
}

/** References are resolved, intersections merged, unions planned: what is left to a back end is one case for each kind. */
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
