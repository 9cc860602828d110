/** Finds out while routes are added whether their document can be made: each operation, operation id and model id means one thing. */
import type { AnyContract } from '../contract/contract.ts'
import { declaredFields } from '../contract/fields.ts'
import { toDeclaredResponses } from '../contract/declared.ts'
import { dependenciesInOrder, schemesOf } from '../contract/dependency.ts'
import { findErrorForms, type DeclaredErrors } from '../contract/errors.ts'
import type { Shape } from '../contract/inputs.ts'
import type { DocumentedContent } from '../representation/representation.ts'
import { toRepresentations } from '../request/body.ts'
import type { Route } from '../routing/route.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Node } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { isSameModel } from '../schema/same-node.ts'
import { isSchema, type AnySchema } from '../schema/schema.ts'
import { everyNode } from '../schema/walk-node.ts'
import { DeclaredIds } from './operation-id.ts'
import { Places } from './paths.ts'
import { SecurityNames } from './security.ts'

export class Declarations {
  readonly #places = new Places()
  readonly #ids = new DeclaredIds()
  readonly #models = new Map<string, { readonly node: Node; readonly where: string }>()
  readonly #security = new SecurityNames()
  readonly #seen = new WeakSet<AnySchema>()

  /** Throws a `DeclarationError` that names both routes. */
  add(route: Route, errors: DeclaredErrors): void {
    const { method, path, contract } = route
    if (contract.inDocument === false) return
    this.#places.take(route)
    this.#ids.take({ method, path, operationId: contract.operationId })
    this.#security.take(schemesOf(contract.dependencies), `${method} ${path}`)
    // Each operation may answer with errors of the framework.
    for (const kind of [{}, { validation: true }])
      for (const model of modelsOfContent(errors.errorBody.representationOf(kind).content)) this.#take(model, 'the error body')
    for (const model of modelsOf(contract, errors)) this.#take(model, `${method} ${path}`)
  }

  #take(model: AnySchema, where: string): void {
    if (this.#seen.has(model)) return
    this.#seen.add(model)
    this.#takeModel(readModel(model), where)
  }

  #takeModel(model: Node, where: string): void {
    for (const node of new Set([...everyNode(model, 'in'), ...everyNode(model, 'out')])) {
      const id = node.annotations?.id
      if (id === undefined) continue
      const known = this.#models.get(id)
      if (known === undefined) this.#models.set(id, { node, where })
      else if (known.node !== node && !isSameModel(known.node, node)) {
        throw new DeclarationError(
          'DUPLICATE_MODEL',
          where,
          `the model id ${id} is already that of another model in ${known.where}`,
          'Give one of them another id',
        )
      }
    }
  }
}

/** The models of the route and its dependencies: inputs, body, responses and errors. */
function* modelsOf(contract: AnyContract, errors: DeclaredErrors): Generator<AnySchema> {
  for (const shapes of [contract, ...dependenciesInOrder(contract.dependencies).map(({ options }) => options)])
    for (const shape of [shapes.params, shapes.query, shapes.headers, shapes.cookies]) yield* modelsOfShape(shape)
  if (contract.body !== undefined) for (const { content } of toRepresentations(contract.body)) yield* modelsOfContent(content)
  for (const { representations, headers, cookies } of toDeclaredResponses(contract.responses)) {
    for (const { content } of representations) yield* modelsOfContent(content)
    yield* Object.values(headers)
    yield* Object.values(cookies).map(({ model }) => model)
  }
  for (const { responseHeaders } of declaredFields(contract)) yield* Object.values(responseHeaders ?? {})
  for (const error of errors.errors)
    for (const { content = {} } of findErrorForms(error.status, { error }, true, errors)) yield* modelsOfContent(content)
}

function* modelsOfShape(shape: Shape | undefined): Generator<AnySchema> {
  if (shape === undefined) return
  if (isSchema(shape)) yield shape
  else yield* Object.values(shape)
}

function* modelsOfContent({ schema, itemSchema, events = {} }: DocumentedContent): Generator<AnySchema> {
  if (schema !== undefined) yield schema
  if (itemSchema !== undefined) yield itemSchema
  for (const possible of Object.values(events)) yield* possible.map(({ schema: data }) => data)
}
