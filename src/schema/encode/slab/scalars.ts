/** Scalars in the slab's code. */
import type { BigIntNode, DateNode, LiteralNode, NumberNode, StringNode } from '../../node.ts'
import { isBrokenBigInt, isBrokenLiteral, isBrokenNumber, isBrokenString, isNoBoolean, toCode } from '../code/conditions.ts'
import type { ScalarNode, ScalarPlan } from '../plan/plan.ts'
import { constantsOf, timeTest } from '../values/constraints.ts'
import { fastTestOf } from '../values/formats.ts'
import { writeByNative } from './foreign.ts'
import { byteTestOf } from './strings.ts'
import { FAIL, type SlabWriting } from './writing.ts'

type Write<Scalar> = (node: Scalar, value: string, writing: SlabWriting, plan: ScalarPlan) => void

const WRITERS: { readonly [Kind in ScalarNode['kind']]: Write<Extract<ScalarNode, { kind: Kind }>> } = {
  string: writeString,
  number: writeNumber,
  boolean: (_node, value, writing) => writeBoolean(value, writing),
  bigint: writeBigInt,
  date: writeDate,
  literal: writeLiteral,
  url: (_node, value, writing, plan) => writeByNative(plan, value, writing).write(),
  bytes: (_node, value, writing, plan) => writeByNative(plan, value, writing).write(),
  file: (_node, value, writing, plan) => writeByNative(plan, value, writing).write(),
}

export function writeScalar(plan: ScalarPlan, value: string, writing: SlabWriting): void {
  ;(WRITERS[plan.node.kind] as Write<ScalarNode>)(plan.node, value, writing, plan)
}

/** The most bytes that a short string or a number needs. */
const SCALAR_BYTES = 64

function failIf(condition: string, { out }: SlabWriting): void {
  out.block.line(`if (${condition}) ${FAIL}`)
}

function writeString(node: StringNode, value: string, writing: SlabWriting): void {
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

function writeNumber(node: NumberNode, value: string, writing: SlabWriting): void {
  failIf(isBrokenNumber(node, value, writing.source), writing)
  writeBare(`${node.integer ? 'integer' : 'number'}(${value}, p)`, writing)
}

function writeBigInt(node: BigIntNode, value: string, writing: SlabWriting): void {
  failIf(isBrokenBigInt(node, value, writing.source), writing)
  if (node.format === undefined) writeQuoted(`text(String(${value}), p)`, writing)
  else writeBare(`ascii(String(${value}), p)`, writing)
}

function writeDate(node: DateNode, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const at = source.unique('time')
  out.block.line(`const ${at} = ${source.constant(timeTest(node), 'timeOf')}(${value})`)
  failIf(`${at} !== ${at}`, writing)
  writeQuoted(`time(${at}, p)`, writing)
}

function writeBoolean(value: string, writing: SlabWriting): void {
  const { out } = writing
  failIf(isNoBoolean(value), writing)
  out.inside(`if (${value})`, () => out.text('true'))
  out.inside('else', () => out.text('false'))
}

function writeLiteral(node: LiteralNode, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const values = constantsOf(node).filter((constant) => constant !== undefined)
  if (values.length <= 1) {
    // A constant is static text, which is stored together with the text around it.
    failIf(isBrokenLiteral({ kind: 'literal', values }, value, source), writing)
    for (const constant of values) out.text(textOf(constant))
    return undefined
  }
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
