/** Checks, while routes are added, that no operation, operation id, model id or security scheme name of the document has two meanings. */
import type { AnyContract } from '../contract/contract.ts'
import { declaredByDependencies, toDeclaredResponses, type DeclaredResponse } from '../contract/declared.ts'
import { dependenciesInOrder, schemesOf } from '../contract/dependency.ts'
import { findErrorForms, type DeclaredErrors } from '../contract/errors.ts'
import { declaredFields } from '../contract/fields.ts'
import type { Shape } from '../contract/inputs.ts'
import { contractsOf, type MiddlewareContract } from '../contract/middleware.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import type { DocumentedContent } from '../representation/representation.ts'
import { toRepresentations } from '../request/body.ts'
import { layersOf, type Route } from '../routing/route.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Node } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { isSchema, type AnySchema } from '../schema/schema.ts'
import { everyNode } from '../schema/walk-node.ts'
import { DeclaredIds, Places } from './identity.ts'
import { SecurityNames } from './security.ts'
import type { Webhook } from './settings.ts'

export class Declarations {
  readonly #places = new Places()
  readonly #ids = new DeclaredIds()
  readonly #models = new Map<string, { readonly node: Node; readonly where: string }>()
  readonly #security = new SecurityNames()
  readonly #seen = new WeakSet<AnySchema>()
  readonly #errorBodies = new WeakSet<ErrorBody>()
  readonly #layers = new WeakSet<MiddlewareContract>()

  /** Throws a `DeclarationError` that names both routes. */
  add(route: Route, errors: DeclaredErrors): void {
    const { method, path, contract } = route
    if (contract.inDocument === false) return
    this.#places.take(route)
    this.#ids.take({ method, path, operationId: contract.operationId })
    this.#security.take(schemesOf(contract.dependencies), `${method} ${path}`)
    // Each operation may send errors of the framework.
    if (!this.#errorBodies.has(errors.errorBody)) {
      this.#errorBodies.add(errors.errorBody)
      for (const kind of [{}, { validation: true }])
        visitContent(errors.errorBody.representationOf(kind).content, (model) => this.#take(model, 'the error body'))
    }
    const where = `${method} ${path}`
    visitModels(contract, errors, (model) => this.#take(model, where))
    this.addLayers(route, errors)
  }

  /** The middleware around a route. Throws a `DeclarationError`. */
  addLayers(route: Route, errors: DeclaredErrors): void {
    if (route.contract.inDocument === false) return
    const where = `${route.method} ${route.path} middleware`
    for (const layer of contractsOf(layersOf(route))) {
      if (this.#layers.has(layer)) continue
      this.#layers.add(layer)
      const visit = (model: AnySchema) => this.#take(model, where)
      visitResponses(toDeclaredResponses(layer.responses, where), visit)
      visitAll(layer.responseHeaders, visit)
      visitAll(layer.requestHeaders, visit)
      visitErrors(layer.errors ?? [], errors, visit)
    }
  }

  /** The responses of an error handler. Throws a `DeclarationError`. */
  addHandler({ responses, where }: { readonly responses: readonly DeclaredResponse[]; readonly where: string }): void {
    visitResponses(responses, (model) => this.#take(model, where))
  }

  /** Throws a `DeclarationError`. */
  addWebhook(name: string, { headers, body, responses }: Webhook): void {
    const where = `webhook ${name}`
    const visit = (model: AnySchema) => this.#take(model, where)
    visitShape(headers, visit)
    if (body !== undefined) for (const { content } of toRepresentations(body)) visitContent(content, visit)
    visitResponses(toDeclaredResponses(responses, where), visit)
  }

  #take(model: AnySchema, where: string): void {
    if (this.#seen.has(model)) return
    this.#seen.add(model)
    this.#takeModel(readModel(model), where)
  }

  #takeModel(model: Node, where: string): void {
    for (const side of ['in', 'out'] as const) for (const node of everyNode(model, side)) this.#takeNode(node, where)
  }

  #takeNode(node: Node, where: string): void {
    const id = node.annotations?.id
    if (id === undefined) return
    const known = this.#models.get(id)
    if (known === undefined) this.#models.set(id, { node, where })
    else if (known.node !== node && !isSameModel(known.node, node)) {
      throw new DeclarationError(
        'DUPLICATE_MODEL',
        where,
        `the model id ${id} is already used by another model in ${known.where}`,
        id.endsWith('Problem')
          ? 'Give one of them another id; for the bodies of two errors, give one error another code'
          : 'Give one of them another id',
      )
    }
  }
}

type Visit = (model: AnySchema) => void

/** The models of the route and its dependencies: inputs, body, responses and errors. */
function visitModels(contract: AnyContract, errors: DeclaredErrors, visit: Visit): void {
  for (const shapes of [contract, ...dependenciesInOrder(contract.dependencies).map(({ options }) => options)])
    for (const shape of [shapes.params, shapes.query, shapes.headers, shapes.cookies]) visitShape(shape, visit)
  if (contract.body !== undefined) for (const { content } of toRepresentations(contract.body)) visitContent(content, visit)
  visitResponses(errors.byStatus.values(), visit)
  visitResponses(declaredByDependencies(contract.dependencies, errors.where), visit)
  for (const { responseHeaders } of declaredFields(contract)) visitAll(responseHeaders, visit)
  visitErrors(errors.errors, errors, visit)
}

function visitResponses(responses: Iterable<DeclaredResponse>, visit: Visit): void {
  for (const { representations, headers, cookies } of responses) {
    for (const { content } of representations) visitContent(content, visit)
    visitAll(headers, visit)
    for (const name of Object.keys(cookies)) visit(cookies[name]!.model)
  }
}

function visitErrors(classes: Iterable<AnyErrorClass>, errors: DeclaredErrors, visit: Visit): void {
  for (const error of classes)
    for (const { content = {} } of findErrorForms(error.status, { error }, true, errors)) visitContent(content, visit)
}

function visitShape(shape: Shape | undefined, visit: Visit): void {
  if (shape === undefined) return
  if (isSchema(shape)) visit(shape)
  else visitAll(shape, visit)
}

function visitAll(models: Readonly<Record<string, AnySchema>> = {}, visit: Visit): void {
  for (const name of Object.keys(models)) visit(models[name]!)
}

function visitContent({ schema, itemSchema, events = {} }: DocumentedContent, visit: Visit): void {
  if (schema !== undefined) visit(schema)
  if (itemSchema !== undefined) visit(itemSchema)
  for (const name of Object.keys(events)) for (const { schema: data } of events[name]!) visit(data)
}

type Members = Readonly<Record<string, unknown>>

/** Whether the document describes two models alike. Ignores their code, such as refinements and codecs, and their own annotations, but not those of their parts. */
function isSameModel(one: Node, other: Node): boolean {
  return isSame({ ...one, annotations: undefined }, { ...other, annotations: undefined }, new Map())
}

/** `assumed`: pairs that are being compared, which a recursive model contains again. */
function isSame(one: unknown, other: unknown, assumed: Map<unknown, unknown>): boolean {
  if (Object.is(one, other)) return true
  if (typeof one === 'function' || typeof other === 'function') return typeof one === typeof other
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (assumed.get(one) === other) return true
  assumed.set(one, other)
  if (one instanceof RegExp) return other instanceof RegExp && one.source === other.source && one.flags === other.flags
  if (one instanceof Date) return other instanceof Date && one.getTime() === other.getTime()
  const [left, right] = [toMembers(one), toMembers(other)]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((name) => isSame(left[name], right[name], assumed))
}

/** The members to compare: without the schema of a library, and with lazy parts and defaults replaced by their values. */
function toMembers(value: object): Members {
  const { schema: _schema, reason: _reason, ...members } = value as Members & Partial<Record<'schema' | 'reason', unknown>>
  if (members['kind'] === 'reference') return { ...members, target: (members['target'] as () => Node)() }
  if (members['kind'] === 'default') return { ...members, value: (members['value'] as () => unknown)() }
  return members
}
