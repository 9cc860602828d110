/** Declared header fields and cookies of one response: checked, formatted, and put onto the reply. */
import { ContractBreach } from '../errors/faults.ts'
import { formatSetCookie } from '../http/cookies.ts'
import type { Reply } from '../reply/reply.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { DeclaredResponse } from './declared.ts'
import type { ReplyInit } from './result.ts'

export type FieldWriter = (reply: Reply, init: ReplyInit | undefined) => void

interface DeclaredField {
  readonly name: string
  /** The field's value as text, or `undefined` where it may be missing and is. */
  readonly format: (value: unknown) => string | undefined
}

/** A value of a header field or cookie is a text, a number, a date…: its JSON form without the quotes. */
function compileField(name: string, schema: AnySchema, place: string): DeclaredField {
  const { filter, encodeText } = compileEncoder(schema)
  return {
    name,
    format: (value) => {
      try {
        if (value === undefined && filter(undefined) === undefined) return undefined
        const text = encodeText(value)
        return text.startsWith('"') ? (JSON.parse(text) as string) : text
      } catch (cause) {
        throw new ContractBreach(
          `RESPONSE_BREACH: ${place}: ${name}: the declared header field or cookie is missing or does not fit its model.`,
          { cause },
        )
      }
    },
  }
}

export function compileFields({ headers, cookies }: DeclaredResponse, place: string): FieldWriter {
  const fields = Object.entries(headers).map(([name, schema]) => compileField(name, schema, place))
  const models = new Map(Object.entries(cookies).map(([name, schema]) => [name, compileField(name, schema, place)]))
  const declared = new Set(fields.map(({ name }) => name.toLowerCase()))

  return (reply, init) => {
    if (init !== undefined) writeInit(reply, init)
    for (const { name, format } of fields) {
      const given = init?.headers === undefined ? undefined : findHeader(init.headers, name)
      const text = format(given ?? reply.headers.get(name))
      if (text !== undefined && given !== undefined) reply.headers.set(name, text)
    }
  }

  function writeInit(reply: Reply, init: ReplyInit): void {
    for (const [name, value] of Object.entries(init.headers ?? {})) {
      if (!declared.has(name.toLowerCase()) && value !== undefined) reply.headers.set(name, value as string)
    }
    for (const [name, cookie] of Object.entries(init.cookies ?? {})) {
      const { value, ...attributes } = typeof cookie === 'string' ? { value: cookie } : cookie
      reply.headers.append('set-cookie', formatSetCookie(name, models.get(name)?.format(value) ?? value, attributes))
    }
  }
}

function findHeader(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  if (name in headers) return headers[name]
  const lower = name.toLowerCase()
  return Object.entries(headers).find(([key]) => key.toLowerCase() === lower)?.[1]
}
