/** Validates values against the schemas of a document with ajv: JSON Schema 2020-12, with formats asserted. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Reference } from '../../src/openapi/components.ts'
import type { OpenAPIDocument } from '../../src/openapi/document.ts'
import type { OperationObject } from '../../src/openapi/operation.ts'
import type { ResponseObject } from '../../src/openapi/responses.ts'

/** OpenAPI's formats that only say how a number is stored. */
const NUMBER_FORMATS = ['uint32', 'uint64']

/** Returns the errors, or `undefined` if the value is valid. */
export type Validate = (schema: unknown, value: unknown) => string | undefined

/** One instance for all documents, because creating it costs more than compiling most documents. With `multipleOfPrecision`, 133.07 is a multiple of 0.01. */
const ajv = new Ajv2020({ strict: false, allErrors: true, multipleOfPrecision: 9, validateSchema: false })
addFormats.default(ajv)
for (const format of NUMBER_FORMATS) ajv.addFormat(format, true)
// In JSON Schema it is only an annotation, but clients rely on it.
ajv.removeKeyword('contentEncoding').addKeyword({
  keyword: 'contentEncoding',
  type: 'string',
  validate: (encoding: string, text: string) => encoding !== 'base64' || Buffer.from(text, 'base64').toString('base64') === text,
})

/** By the text of the document, because generated apps often have the same one. */
const validators = new Map<string, Validate>()

export function validatorOf(document: OpenAPIDocument): Validate {
  const text = JSON.stringify(document)
  let validate = validators.get(text)
  if (validate === undefined) validators.set(text, (validate = createValidator(text, `document${validators.size}`)))
  return validate
}

function createValidator(document: string, id: string): Validate {
  ajv.addSchema({ $id: id, ...JSON.parse(document) })
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>()
  return (schema, value) => {
    const source = JSON.stringify(schema).replaceAll('"#/', `"${id}#/`)
    let check = compiled.get(source)
    if (check === undefined) compiled.set(source, (check = ajv.compile(JSON.parse(source))))
    return check(value) ? undefined : ajv.errorsText(check.errors)
  }
}

/** Resolves references. */
function resolve<Value extends object>(document: OpenAPIDocument, value: Value | Reference): Value {
  if (!('$ref' in value)) return value
  const steps = value.$ref.slice(2).split('/')
  const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document)
  return resolve(document, found as Value | Reference)
}

/** `GET /users` */
type Operation = `${string} ${string}`

function operationOf(document: OpenAPIDocument, operation: Operation): OperationObject {
  const [method, path] = operation.split(' ')
  return document.paths[path!]![method!.toLowerCase()]!
}

/** The schema of the JSON content of a response. */
export function responseSchema(document: OpenAPIDocument, operation: Operation, status = 200): unknown {
  const response = resolve<ResponseObject>(document, operationOf(document, operation).responses[status]!)
  return response.content?.['application/json']?.schema
}

/** The schema of a request body. */
export function bodySchema(document: OpenAPIDocument, operation: Operation, mediaType = 'application/json'): unknown {
  return operationOf(document, operation).requestBody?.content[mediaType]?.schema
}
