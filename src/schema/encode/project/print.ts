/** Generated code that checks a value and builds the filtered plain object that native `JSON.stringify` takes. */
import type { DefaultNode, Node, ReferenceNode } from '../../node.ts'
import { isBrokenBigInt, isBrokenLiteral, isBrokenScalar } from '../code/broken.ts'
import { timeTest } from '../values/constraints.ts'
import { formatTime } from '../values/dates.ts'
import { stringifyDigits, toInteger } from '../values/digits.ts'
import { anything } from '../values/anything.ts'
import { hostCodec, hostIsland, hostStep } from '../closures/hosted.ts'
import { mergeIntersection } from '../../intersection.ts'
import { hasDefault } from '../plan/presence.ts'
import { writeArray, writeRecord, writeTuple } from './collections.ts'
import { objectFunction, writeObject } from './object.ts'
import { writeUnion } from './union.ts'
import { checked, fail, type ProjectWriting } from './writing.ts'
import { isRecursive } from '../plan/recursion.ts'
import { everyNode } from '../../walk-node.ts'
import { settle, settleDefault } from '../plan/settled.ts'
import { Block, Source } from '../code/source.ts'
import { BROKEN } from '../values/trail.ts'
import { deeper, list, nameOf } from '../code/writing.ts'

const ANY: Node = { kind: 'any' }

/** Returns `BROKEN` for a value that breaks its model. */
export type Project = (value: unknown, depth: number) => unknown

export function compileProject(node: Node): Project {
  const { source, text } = printProject(node)
  return source.evaluate(text) as Project
}

/** Value → JSON text; `undefined` for a value that breaks its model. */
export function projectEncoder(node: Node): (value: unknown) => string | undefined {
  const project = compileProject(node)
  const stringify = [...everyNode(node, 'out')].some(({ kind }) => kind === 'bigint') ? stringifyDigits : JSON.stringify
  return (value) => {
    const tree = project(value, 0)
    return tree === BROKEN ? undefined : stringify(tree)
  }
}

export function printProject(node: Node): { readonly source: Source; readonly text: string } {
  const source = new Source()
  const recursive = [...everyNode(node, 'out')].some((one) => one.kind === 'reference' && isRecursive(one))
  const entry = writeFunction(node, 'encode', { source, recursive, block: new Block(), write })
  return { source, text: source.print(entry) }
}

function write(node: Node, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const broken = isBrokenScalar(node, value, source)
  if (broken !== undefined) {
    block.line(`if (${broken}) ${fail(source)}`)
    return value
  }
  switch (node.kind) {
    case 'any':
      return checked(`${source.constant(anything, 'anything')}(${value})`, value, writing)
    case 'literal':
      block.line(`if (${isBrokenLiteral(node, value, source)}) ${fail(source)}`)
      return `typeof ${value} === 'bigint' ? String(${value}) : ${value}`
    case 'bigint':
      block.line(`if (${isBrokenBigInt(node, value, source)}) ${fail(source)}`)
      return node.format === undefined ? `String(${value})` : `${source.constant(toInteger, 'toInteger')}(${value})`
    case 'date': {
      const time = source.unique('time')
      block.line(`const ${time} = ${source.constant(timeTest(node), 'timeOf')}(${value})`)
      block.line(`if (${time} !== ${time}) ${fail(source)}`)
      return `${source.constant(formatTime, 'formatTime')}(${time})`
    }
    case 'object':
      return writeObject(node, value, writing)
    case 'array':
      return writeArray(node, value, writing)
    case 'tuple':
      return writeTuple(node, value, writing)
    case 'record':
      return writeRecord(node, value, writing)
    case 'union':
      return writeUnion(node, value, writing)
    case 'intersection': {
      const merged = mergeIntersection(node)
      return merged === node ? writeHosted(node, value, writing) : writing.write(merged, value, writing)
    }
    case 'optional':
      return hasDefault(node.inner) ? writing.write(node.inner, value, writing) : writeUnless('undefined', node.inner, value, writing)
    case 'nullable':
      return writeUnless('null', node.inner, value, writing)
    case 'default':
      return writeDefault(node, value, writing)
    case 'reference':
      return writeReference(node, value, writing)
    case 'codec':
      return write(node.wire, checked(`${source.constant(hostCodec(node), 'encodeByCodec')}(${value})`, value, writing), writing)
    case 'island': {
      const accepted = checked(`${source.constant(hostIsland(node), 'validate')}(${value})`, value, writing)
      return write(node.output === undefined ? ANY : settle(node.output), accepted, writing)
    }
    default:
      return writeHosted(node, value, writing)
  }
}

function writeHosted(node: Node, value: string, writing: ProjectWriting): string {
  return checked(`${writing.source.constant(hostStep(node), `to_${node.kind}`)}(${value})`, value, writing)
}

function writeUnless(constant: 'null' | 'undefined', inner: Node, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const made = source.unique(value)
  block.line(`let ${made} = ${constant}`)
  block.open(`if (${value} !== ${constant})`)
  block.line(`${made} = ${writing.write(inner, value, writing)}`)
  block.close()
  return made
}

/** A default that contains islands goes through closures: it is the islands' output, and must not go through them again. */
function writeDefault(node: DefaultNode, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const makeDefault = `${source.constant(node.value, 'makeDefault')}()`
  const filler = node.isInput === true ? node.inner : settleDefault(node.inner)
  if (filler !== node.inner) {
    const made = source.unique(value)
    const filled = checked(
      `${value} === undefined ? ${source.constant(hostStep(filler), 'fill')}(${makeDefault}) : undefined`,
      value,
      writing,
    )
    block.line(`let ${made} = ${filled}`)
    block.open(`if (${value} !== undefined)`)
    block.line(`${made} = ${write(node.inner, value, writing)}`)
    block.close()
    return made
  }
  const filled = source.unique(value)
  block.line(`const ${filled} = ${value} === undefined ? ${makeDefault} : ${value}`)
  return write(node.inner, filled, writing)
}

function writeReference(node: ReferenceNode, value: string, writing: ProjectWriting): string {
  const target = node.target()
  if (!isRecursive(node)) return writing.write(target, value, writing)
  const name = writeFunction(target, nameOf(target, 'Node'), writing)
  return checked(`${name}(${deeper(writing, value)})`, value, writing)
}

/** Writes a function for the node. */
function writeFunction(node: Node, hint: string, writing: ProjectWriting): string {
  if (node.kind === 'object') return objectFunction(node, hint, writing)
  return writing.source.function(node, 'function', hint, (name) => {
    const inside = { ...writing, block: new Block() }
    const made = inside.write(node, 'value', inside)
    return `function ${name}(${list(inside, 'value')}) {\n${inside.block.text}\n  return ${made}\n}`
  })
}
