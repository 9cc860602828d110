/** Whether a value may be absent: for the encoders, and in both directions of the OpenAPI document. */
import type { IslandNode, LeafNode, Node } from './node.ts'
import { takesAnything } from './option-fit.ts'
import { isLeaf } from './walk-node.ts'

export interface Presence {
  /** When an accepted value has no JSON: never, exactly if it is `undefined`, or depending on the result of its conversion. */
  readonly absent: 'never' | 'if undefined' | 'by result'
  /** Whether the object that contains the value may leave it out. */
  readonly mayBeLeftOut: boolean
  /** Whether a default replaces an absent value. */
  readonly isFilled: boolean
  /** Whether `undefined` is refused. */
  readonly refusesUndefined: boolean
  /** Whether a client may send a request without it. */
  readonly isOptionalInRequest: boolean
  /** Whether a response may lack it. */
  readonly isOptionalInResponse: boolean
}

const REQUIRED: Presence = {
  absent: 'never',
  mayBeLeftOut: false,
  isFilled: false,
  refusesUndefined: true,
  isOptionalInRequest: false,
  isOptionalInResponse: false,
}

const OPTIONAL: Presence = {
  absent: 'if undefined',
  mayBeLeftOut: true,
  isFilled: false,
  refusesUndefined: false,
  isOptionalInRequest: true,
  isOptionalInResponse: true,
}

const NONE: ReadonlySet<Node> = new Set()

/** `entered`: the references on the path to the node. A recursive model reaches one of them again. */
export function presenceOf(node: Node, entered: ReadonlySet<Node> = NONE): Presence {
  const of = (inner: Node) => presenceOf(inner, entered)
  if (isLeaf(node)) return ofLeaf(node)
  switch (node.kind) {
    case 'object':
    case 'array':
    case 'tuple':
    case 'record':
    case 'map':
    case 'set':
      return REQUIRED
    case 'nullable':
      return of(node.inner)
    case 'optional': {
      const { isFilled, absent } = of(node.inner)
      return { ...OPTIONAL, isFilled, absent: isFilled || absent === 'by result' ? 'by result' : 'if undefined' }
    }
    case 'default':
      return { ...REQUIRED, isFilled: true, refusesUndefined: false, isOptionalInRequest: true, absent: byResult(of(node.inner)) }
    case 'union':
      return ofUnion(node.options.map(of))
    case 'intersection':
      return ofBoth(of(node.left), of(node.right))
    case 'reference':
      // A model that contains itself is decided by its other parts.
      return entered.has(node) ? { ...REQUIRED, refusesUndefined: false } : presenceOf(node.target(), new Set(entered).add(node))
    case 'codec': {
      const wire = of(node.wire)
      return { ...wire, absent: byResult(wire), isFilled: false, refusesUndefined: of(node.domain).refusesUndefined }
    }
    case 'island': {
      const { input, output, base } = node
      const sent = sideOf(node, 'input')
      return {
        absent: output === undefined ? 'by result' : byResult(of(output)),
        mayBeLeftOut: output !== undefined && of(output).mayBeLeftOut,
        isFilled: input !== undefined && of(input).isFilled,
        // The library may replace an absent value.
        refusesUndefined: base !== undefined && of(base).refusesUndefined,
        isOptionalInRequest: takesAnything(node) || (sent !== undefined && of(sent).isOptionalInRequest),
        isOptionalInResponse: output !== undefined && of(output).isOptionalInResponse,
      }
    }
    default:
      return node satisfies never
  }
}

function ofLeaf(node: LeafNode): Presence {
  if (node.kind === 'any') return { ...OPTIONAL, absent: 'by result', mayBeLeftOut: false }
  const isOptional = node.kind === 'undefined' || (node.kind === 'literal' && node.values.includes(undefined))
  return isOptional ? OPTIONAL : REQUIRED
}

/** For a converted value, only the result shows whether it has JSON. */
function byResult({ absent }: Presence): Presence['absent'] {
  return absent === 'never' ? 'never' : 'by result'
}

function ofUnion(options: readonly Presence[]): Presence {
  const isDefinite = options.every(({ absent, isFilled }) => absent !== 'by result' && !isFilled)
  return {
    absent: options.every(({ absent }) => absent === 'never') ? 'never' : isDefinite ? 'if undefined' : 'by result',
    mayBeLeftOut: options.some((one) => one.mayBeLeftOut),
    isFilled: false,
    refusesUndefined: options.every((one) => one.refusesUndefined),
    isOptionalInRequest: options.some((one) => one.isOptionalInRequest),
    isOptionalInResponse: options.some((one) => one.isOptionalInResponse),
  }
}

function ofBoth(left: Presence, right: Presence): Presence {
  return {
    absent: left.absent === 'never' && right.absent === 'never' ? 'never' : 'by result',
    mayBeLeftOut: left.mayBeLeftOut && right.mayBeLeftOut,
    isFilled: false,
    refusesUndefined: left.refusesUndefined || right.refusesUndefined,
    isOptionalInRequest: left.isOptionalInRequest && right.isOptionalInRequest,
    isOptionalInResponse: left.isOptionalInResponse && right.isOptionalInResponse,
  }
}

/** `input` is what a client sends: a value with a default may be absent. `output` is what a client receives: the default is filled in. */
export type Direction = 'input' | 'output'

/** The node of an island in one direction. If only its output is known, a client may send a value of that form. */
export function sideOf({ input, output }: IslandNode, direction: Direction): Node | undefined {
  return direction === 'output' ? output : (input ?? output)
}

/** Whether the value may be missing in a request or in a response. */
export function mayBeAbsent(node: Node, direction: Direction): boolean {
  const { isOptionalInRequest, isOptionalInResponse } = presenceOf(node)
  return direction === 'input' ? isOptionalInRequest : isOptionalInResponse
}
