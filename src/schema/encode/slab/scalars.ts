/** Scalars in the slab's code. */
import type { BigIntNode, DateNode, LiteralNode, Node, NumberNode, StringNode } from '../../node.ts'
import { constantsOf, isBrokenBigInt, isBrokenLiteral, isBrokenNumber, isBrokenString, toCode } from '../code/broken.ts'
import { timeTest } from '../values/constraints.ts'
import { fastTestOf } from '../values/formats.ts'
import { byteTestOf } from './provided.ts'
import { FAIL, type SlabWriting } from './writing.ts'

/** The most bytes of a short string or a number. */
const SCALAR_BYTES = 64

function failIf(condition: string, { out }: SlabWriting): void {
  out.block.line(`if (${condition}) ${FAIL}`)
}

export function writeString(node: StringNode, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const tests = node.patterns.map((pattern) => byteTestOf(fastTestOf(pattern)))
  failIf(isBrokenString({ ...node, patterns: node.patterns.filter((_, index) => tests[index] === undefined) }, value, source), writing)
  if (tests.every((test) => test === undefined)) return writeQuoted(`text(${value}, p)`, writing)
  const start = source.unique('start')
  out.text('"')
  out.flush()
  out.reserve(SCALAR_BYTES)
  out.block.line(`const ${start} = p`)
  out.block.line(`p = text(${value}, p)`)
  for (const test of tests) if (test !== undefined) failIf(`!${source.constant(test, 'hasFormat')}(${start}, p)`, writing)
  out.text('"')
}

/** `call` writes the text between the quotation marks. */
function writeQuoted(call: string, { out }: SlabWriting): void {
  out.text('"')
  out.flush()
  out.reserve(SCALAR_BYTES)
  out.block.line(`p = ${call}`)
  out.text('"')
}

function writeBare(call: string, { out }: SlabWriting): void {
  out.flush()
  out.reserve(SCALAR_BYTES)
  out.block.line(`p = ${call}`)
}

export function writeNumber(node: NumberNode, value: string, writing: SlabWriting): void {
  failIf(isBrokenNumber(node, value, writing.source), writing)
  writeBare(`${node.integer ? 'integer' : 'number'}(${value}, p)`, writing)
}

export function writeBigInt(node: BigIntNode, value: string, writing: SlabWriting): void {
  failIf(isBrokenBigInt(node, value, writing.source), writing)
  if (node.format === undefined) writeQuoted(`text(String(${value}), p)`, writing)
  else writeBare(`ascii(String(${value}), p)`, writing)
}

export function writeDate(node: DateNode, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const at = source.unique('time')
  out.block.line(`const ${at} = ${source.constant(timeTest(node), 'timeOf')}(${value})`)
  failIf(`${at} !== ${at}`, writing)
  writeQuoted(`time(${at}, p)`, writing)
}

export function writeBoolean(value: string, writing: SlabWriting): void {
  const { out } = writing
  failIf(`typeof ${value} !== 'boolean'`, writing)
  out.inside(`if (${value})`, () => out.text('true'))
  out.inside('else', () => out.text('false'))
}

/** A constant is static text, stored together with the text around it. */
export function writeConstant(node: Node, text: string, value: string, { source, out }: SlabWriting): void {
  const condition = node.kind === 'literal' ? isBrokenLiteral(node, value, source) : `${value} !== null`
  out.block.line(`if (${condition}) ${FAIL}`)
  out.text(text)
}

export function writeLiteral(node: LiteralNode, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const values = constantsOf(node).filter((constant) => constant !== undefined)
  if (values.length === 1) return writeConstant({ kind: 'literal', values }, textOf(values[0]), value, writing)
  if (values.length > 8 && values.every((constant) => typeof constant === 'string')) {
    failIf(`!${source.constant(new Set<unknown>(values), 'constants')}.has(${value})`, writing)
    return writeQuoted(`text(${value}, p)`, writing)
  }
  out.flush()
  out.block.open(`switch (${value})`)
  for (const constant of values) {
    out.inside(`case ${toCode(constant)}:`, () => {
      out.text(textOf(constant))
      out.tally()
      out.block.line('break')
    })
  }
  out.block.line(`default: ${FAIL}`)
  out.block.close()
}

function textOf(constant: LiteralNode['values'][number]): string {
  return typeof constant === 'bigint' ? `"${constant}"` : JSON.stringify(constant)
}
