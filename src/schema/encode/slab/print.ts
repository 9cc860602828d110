/** Generates code that checks a value and writes it as UTF-8 into the reusable slab: the fastest back end for lists of rows. */
import type { Node, ReferenceNode } from '../../node.ts'
import { requiredItems } from '../plan/presence.ts'
import { isRecursive } from '../plan/recursion.ts'
import { everyNode } from '../../walk-node.ts'
import { writeArray, writeRecord, writeTuple } from './collections.ts'
import { unwrap, writeByNative } from './foreign.ts'
import { PROVIDED } from './provided.ts'
import { objectFunction, writeObject } from './object.ts'
import { writeBigInt, writeBoolean, writeConstant, writeDate, writeLiteral, writeNumber, writeString } from './scalars.ts'
import { writeUnion } from './union.ts'
import { FAIL, writeCall, writeFunction, type Facts, type SlabWriting } from './writing.ts'
import { Bytes } from './bytes.ts'
import { Source } from '../code/source.ts'
import { MAX_DEPTH } from '../../json-text.ts'
import { BROKEN, TOO_DEEP } from '../values/trail.ts'
import { nameOf } from '../code/writing.ts'

export interface PrintedSlab {
  readonly source: Source
  readonly text: string
  readonly facts: Facts
}

export function printSlab(node: Node): PrintedSlab {
  const source = new Source()
  const facts: Facts = { longestRun: 0, hasEscapes: false }
  const recursive = [...everyNode(node, 'out')].some((one) => one.kind === 'reference' && isRecursive(one))
  source.constant(BROKEN, 'BROKEN')
  const entry = nodeFunction(node, 'encode', { source, facts, recursive, out: new Bytes(), write })
  const run = `{ write: (value) => (quotes = 0, ${entry}(value, 0${recursive ? ', 0' : ''})), quotes: () => quotes }`
  return { source, facts, text: `const { ${PROVIDED.join(', ')} } = provided\nlet quotes = 0\n${source.print(run)}` }
}

function write(node: Node, value: string, writing: SlabWriting): void {
  switch (node.kind) {
    case 'string':
      return writeString(node, value, writing)
    case 'number':
      return writeNumber(node, value, writing)
    case 'boolean':
      return writeBoolean(value, writing)
    case 'null':
      return writeConstant(node, 'null', value, writing)
    case 'literal':
      return writeLiteral(node, value, writing)
    case 'date':
      return writeDate(node, value, writing)
    case 'bigint':
      return writeBigInt(node, value, writing)
    case 'object':
      return typeof node.additional === 'string' ? writeObject(node, value, writing) : writeByNative(node, value, writing).write()
    case 'array':
      return writeArray(node, value, writing)
    case 'tuple':
      return requiredItems(node) === node.items.length ? writeTuple(node, value, writing) : writeByNative(node, value, writing).write()
    case 'record':
      return node.key.kind === 'string' ? writeRecord(node, value, writing) : writeByNative(node, value, writing).write()
    case 'union':
      return writeUnion(node, value, writing)
    case 'optional':
      return write(node.inner, value, writing)
    case 'nullable': {
      const { out } = writing
      out.inside(`if (${value} === null)`, () => out.text('null'))
      out.inside('else', () => write(node.inner, value, writing))
      return undefined
    }
    case 'undefined':
      writing.out.block.line(`if (${value} !== undefined) ${FAIL}`)
      return undefined
    case 'reference':
      return writeReference(node, value, writing)
    case 'codec':
    case 'island':
    case 'default':
    case 'intersection':
      return unwrap(node, value, writing).write()
    default:
      return writeByNative(node, value, writing).write()
  }
}

function writeReference(node: ReferenceNode, value: string, writing: SlabWriting): void {
  const target = node.target()
  if (!isRecursive(node)) return write(target, value, writing)
  writing.out.block.line(`if (depth >= ${MAX_DEPTH}) throw ${writing.source.constant(TOO_DEEP, 'TOO_DEEP')}`)
  writeCall(nodeFunction(target, nameOf(target, 'Node'), writing), [value, 'p'], writing, 'depth + 1')
}

/** Writes a function for the node. */
function nodeFunction(node: Node, hint: string, writing: SlabWriting): string {
  if (node.kind === 'object' && typeof node.additional === 'string') return objectFunction(node, hint, writing)
  return writing.source.function(node, 'function', hint, (name) =>
    writeFunction(name, [], writing, (inside) => {
      const { condition, write: writeIt } = unwrap(node, 'value', inside)
      if (condition !== undefined) inside.out.block.line(`if (!(${condition})) ${FAIL}`)
      writeIt()
    }),
  )
}
