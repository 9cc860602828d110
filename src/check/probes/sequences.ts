/** Creates a resource, reads it, requests it as a second user, deletes it, and requests it again. */
import type { Operation } from '../document/operation.ts'
import { makeBase, writableContents, type Generation } from '../generate/inputs.ts'
import { encodeRequest, type Candidate } from '../generate/request.ts'
import { sample, seedFor, toArbitrary } from '../generate/arbitrary.ts'
import { findIds } from '../learned.ts'
import type { Finding } from '../rules/rule.ts'
import { headerOf, isJSON, isSuccess, mediaTypeOf, parseJSON, textOf, type WireResponse, type WireRequest } from '../send/wire.ts'
import type { Session } from '../session.ts'
import { neededSchemes } from './security.ts'

const TRIES = 8

export async function runSequences(session: Session): Promise<void> {
  for (const create of session.operations.filter(({ method }) => method === 'POST')) {
    if (session.millisecondsLeft <= 0) return
    const items = session.operations.filter(({ path }) => isItemOf(path, create.path))
    if (items.length > 0) await runSequence(session, create, items)
  }
}

/** Whether the path is an item of the collection: `/users/{user_id}` of `/users`. */
function isItemOf(path: string, collection: string): boolean {
  const rest = path.startsWith(`${collection.replace(/\/$/, '')}/`) ? path.slice(collection.replace(/\/$/, '').length + 1) : ''
  return /^\{[^}/]+\}$/.test(rest)
}

interface Made {
  readonly wire: WireRequest
  readonly response: WireResponse
  /** The path parameters of the item. */
  readonly values: Readonly<Record<string, unknown>>
}

async function runSequence(session: Session, create: Operation, items: readonly Operation[]): Promise<void> {
  const read = items.find(({ method }) => method === 'GET')
  const remove = items.find(({ method }) => method === 'DELETE')
  if (read === undefined && remove === undefined) return
  const all = await make(session, create, items[0]!)
  const [made] = all
  if (made === undefined) return
  // Some have long text or unusual characters: each resource that was created must be readable.
  if (read !== undefined) for (const each of all) await checkCreated(session, create, { read, made: each })
  if (session.settings.as !== undefined) await checkOtherUser(session, items, made)
  if (remove !== undefined && read !== undefined) await checkDeleted(session, { read, remove, made })
}

/** Creates several resources with different values. */
async function make(session: Session, create: Operation, item: Operation): Promise<readonly Made[]> {
  const generation: Generation = {
    root: session.description.root,
    validator: session.validator,
    seed: session.settings.seed,
    learned: session.learned.for,
  }
  const [content] = writableContents(create)
  const { inputs, missing } = makeBase(generation, create, content, false)
  if (missing.length > 0) return []
  const bodies =
    content?.schema === undefined
      ? []
      : sample(
          toArbitrary(content.schema.schema, { root: generation.root, isPlain: true }),
          seedFor(session.settings.seed, create.key, 'sequence'),
          TRIES * 4,
        ).filter((value) => session.validator.fits(content.schema!, value, 'request'))
  const tries =
    content === undefined ? [inputs] : bodies.slice(0, TRIES).map((value) => ({ ...inputs, body: { mediaType: content.mediaType, value } }))
  const made: Made[] = []
  for (const each of tries) {
    const wire = encodeRequest(create, each)
    if (wire === undefined) continue
    const { response } = await send(session, create, wire, each)
    const values = isSuccess(response) ? idOf(response, item, { ...each.path }) : undefined
    if (values !== undefined) made.push({ wire, response, values })
  }
  return made
}

/** The id of the created resource, from `Location`, else from the body. */
function idOf(
  response: WireResponse,
  { path, match }: Operation,
  outer: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const location = headerOf(response, 'location')
  if (location !== undefined && URL.canParse(location, 'http://localhost')) {
    const values = match(new URL(location, 'http://localhost').pathname)
    if (values !== undefined) return values
  }
  const name = /\{([^}]*)\}$/.exec(path)?.[1]
  if (name === undefined || !isJSON(mediaTypeOf(response))) return undefined
  const [id] = findIds(parseJSON(textOf(response))?.value, name)
  return id === undefined ? undefined : { ...outer, [name]: id }
}

async function send(session: Session, operation: Operation, wire: WireRequest, inputs: Candidate['inputs']) {
  return session.try({ operation, phase: 'sequences', verdict: 'unknown', what: 'a sequence', inputs, wire })
}

function requestFor(session: Session, operation: Operation, values: Readonly<Record<string, unknown>>) {
  const generation: Generation = {
    root: session.description.root,
    validator: session.validator,
    seed: session.settings.seed,
    learned: () => [],
  }
  const { inputs } = makeBase(generation, operation, writableContents(operation)[0], false)
  const own = { ...inputs, path: { ...inputs.path, ...values } }
  const wire = encodeRequest(operation, own)
  return wire === undefined ? undefined : { wire, inputs: own }
}

interface Reading {
  readonly read: Operation
  readonly made: Made
}

async function checkCreated(session: Session, create: Operation, { read, made }: Reading): Promise<void> {
  const request = requestFor(session, read, made.values)
  if (request === undefined) return
  const { response } = await send(session, read, request.wire, request.inputs)
  if (response.status !== 404 && response.status !== 410) return
  report(session, 'created', create, {
    place: read.key,
    message: `${read.key}: expected the created resource, got ${response.status}`,
    steps: [made.wire, request.wire],
    response,
  })
}

async function checkDeleted(session: Session, { read, remove, made }: Reading & { readonly remove: Operation }): Promise<void> {
  const request = requestFor(session, remove, made.values)
  const look = requestFor(session, read, made.values)
  if (request === undefined || look === undefined) return
  const before = await session.ask(look.wire)
  const removed = await send(session, remove, request.wire, request.inputs)
  // 202: the resource is deleted later.
  if (!isSuccess(removed.response) || removed.response.status === 202 || !isSuccess(before)) return
  const { response } = await send(session, read, look.wire, look.inputs)
  if (isSuccess(response))
    report(session, 'deleted', remove, {
      place: read.key,
      message: `${read.key}: expected 404 or 410 after the deletion, got ${response.status}`,
      steps: [made.wire, request.wire, look.wire],
      response,
    })
}

/** Only operations that require credentials are tested. DELETE is last, because it may succeed. */
async function checkOtherUser(session: Session, items: readonly Operation[], made: Made): Promise<void> {
  for (const item of items.toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))) {
    if (neededSchemes(item.security, session.description.schemes).length === 0) continue
    const request = requestFor(session, item, made.values)
    if (request === undefined) continue
    const wire: WireRequest = { ...request.wire, user: 'second' }
    const response = await session.ask(wire)
    if (isSuccess(response))
      report(session, 'other-user', item, {
        place: 'status',
        message: `a second user: expected 401, 403 or 404, got ${response.status}`,
        steps: [made.wire, wire],
        response,
      })
  }
}

function report(session: Session, rule: Finding['rule'], { key }: Operation, finding: Omit<Finding, 'rule' | 'operation'>): void {
  session.report(rule, { operation: key, ...finding })
}
