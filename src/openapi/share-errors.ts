/** Moves error responses that several operations share to the components. */
import type { Reference } from './components.ts'
import type { OperationObject } from './operation.ts'
import { toPascalCase } from './operation-id.ts'
import { phraseOf, type ResponseObject } from './responses.ts'

type Items = Readonly<Record<string, Readonly<Record<string, OperationObject>>>>

export interface SharedErrors {
  readonly paths: Items
  /** The shared responses, by the name of their component. */
  readonly responses: Readonly<Record<string, ResponseObject>>
}

/** A description that is longer is not used as a name. */
const NAME_LENGTH = 40

export function shareErrors(paths: Items): SharedErrors {
  const uses = new Map<string, number>()
  for (const { responses } of operationsOf(paths)) {
    for (const [key, response] of Object.entries(responses)) {
      const form = JSON.stringify(response)
      if (isOfErrors(key)) uses.set(form, (uses.get(form) ?? 0) + 1)
    }
  }
  const names = new Map<string, string>()
  const shared: Record<string, ResponseObject> = {}
  const share = (key: string, response: ResponseObject | Reference): ResponseObject | Reference => {
    const form = JSON.stringify(response)
    if (!isOfErrors(key) || uses.get(form) === 1 || '$ref' in response) return response
    let name = names.get(form)
    if (name === undefined) {
      names.set(form, (name = freeName(nameOf(key, response), shared)))
      shared[name] = response
    }
    return { $ref: `#/components/responses/${name}` }
  }
  const shareAll = (operation: OperationObject): OperationObject => ({
    ...operation,
    responses: mapEntries(operation.responses, share),
  })
  const rewritten = mapEntries(paths, (_path, item) => mapEntries(item, (_method, operation) => shareAll(operation)))
  return { paths: rewritten, responses: Object.fromEntries(Object.entries(shared).toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

function isOfErrors(key: string): boolean {
  return /^[45]/.test(key) || key === 'default'
}

/** `User not found` → `UserNotFound` */
function nameOf(key: string, { description }: ResponseObject): string {
  const name = toPascalCase(description)
  return name === '' || name.length > NAME_LENGTH ? toPascalCase(phraseOf(/^\d+$/.test(key) ? Number(key) : (key as 'default'))) : name
}

function freeName(name: string, taken: Readonly<Record<string, unknown>>): string {
  let free = name
  for (let number = 2; Object.hasOwn(taken, free); number += 1) free = `${name}${number}`
  return free
}

function operationsOf(paths: Items): readonly OperationObject[] {
  return Object.values(paths).flatMap((item) => Object.values(item))
}

function mapEntries<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (key: string, value: Value) => Mapped,
): Readonly<Record<string, Mapped>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(key, value)]))
}
