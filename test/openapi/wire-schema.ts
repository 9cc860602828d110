/** An independent reader of a document: does a value validate against what is published? JSON Schema 2020-12, formats asserted. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenAPIDocument } from '../../src/openapi/document.ts'

/** OpenAPI's own formats, which only say how a number is held. */
const NUMBER_FORMATS = ['uint32', 'uint64']

/** Gives what does not fit, `undefined` where all does. */
export type Validate = (schema: unknown, value: unknown) => string | undefined

export function validatorOf(document: OpenAPIDocument): Validate {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  for (const format of NUMBER_FORMATS) ajv.addFormat(format, true)
  ajv.addSchema({ $id: 'document', ...JSON.parse(JSON.stringify(document)) })
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>()
  return (schema, value) => {
    const source = JSON.stringify(schema).replaceAll('"#/', '"document#/')
    let check = compiled.get(source)
    if (check === undefined) compiled.set(source, (check = ajv.compile(JSON.parse(source))))
    return check(value) ? undefined : ajv.errorsText(check.errors)
  }
}

interface Found {
  readonly schema?: unknown
}

/** Follows references, as every tool does. */
export function resolve(document: OpenAPIDocument, value: unknown): any {
  // oxlint-disable-line typescript/no-explicit-any -- any part of a document
  const { $ref } = (value ?? {}) as { readonly $ref?: string }
  if ($ref === undefined) return value
  const found = $ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')], document)
  return resolve(document, found)
}

/** The schema of a response's content. */
export function responseSchema(
  document: OpenAPIDocument,
  path: string,
  method: string,
  status: number,
  type = 'application/json',
): unknown {
  const response = resolve(document, document.paths[path]![method]!.responses[status])
  return (response.content?.[type] as Found | undefined)?.schema
}

/** The schema of a request's body. */
export function bodySchema(document: OpenAPIDocument, path: string, method: string, type = 'application/json'): unknown {
  return (document.paths[path]![method]!.requestBody?.content[type] as Found | undefined)?.schema
}
