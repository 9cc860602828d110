/** May a value be absent? Every part that asks this asks here: the encoders, and the document in both directions. */
import type { LeafNode, Node } from './node.ts'
import { isLeaf } from './walk-node.ts'

export interface Presence {
  /** When an accepted value has no JSON: never, exactly when it is `undefined`, or only the finished JSON shows it. */
  readonly absent: 'never' | 'if undefined' | 'by result'
  /** The object that holds the value may leave it out. */
  readonly mayBeLeftOut: boolean
  /** A default replaces an absent value. */
  readonly isFilled: boolean
  /** `undefined` is refused. */
  readonly refusesUndefined: boolean
  /** A client may send a request without it. */
  readonly isOptionalInRequest: boolean
  /** A client may get a response without it. */
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

/** `entered`: the references on the way to the node: a recursive model returns to itself through one of them. */
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
      // On the way back to itself, a model is what its other parts make it.
      return entered.has(node) ? { ...REQUIRED, refusesUndefined: false } : presenceOf(node.target(), new Set(entered).add(node))
    case 'codec': {
      const wire = of(node.wire)
      return { ...wire, absent: byResult(wire), isFilled: false, refusesUndefined: of(node.domain).refusesUndefined }
    }
    case 'island': {
      const { input, output, base } = node
      // Where only its output is known, a client that sends that form is understood.
      const sent = input ?? output
      return {
        absent: output === undefined ? 'by result' : byResult(of(output)),
        mayBeLeftOut: output !== undefined && of(output).mayBeLeftOut,
        isFilled: input !== undefined && of(input).isFilled,
        // Its library may replace an absent value.
        refusesUndefined: base !== undefined && of(base).refusesUndefined,
        isOptionalInRequest: sent !== undefined && of(sent).isOptionalInRequest,
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

/** Where a value is converted, only its result shows whether it has JSON. */
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
