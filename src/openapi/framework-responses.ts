/** Collects the responses that a route does not declare: those for ranges and conditions (RFC 9110 §13, §14), and errors of the framework. */
import { findByStatus, type DeclaredResponse } from '../contract/declared.ts'
import { findErrorForms } from '../contract/errors.ts'
import type { StatusKey } from '../contract/responses.ts'
import { isErrorBody } from '../representation/error-body.ts'
import type { Method, Route } from '../routing/route.ts'
import { contentsOf, type PossibleContent } from './content.ts'
import { ofRepresentation, VARY, type HeaderObject, type Headers } from './headers.ts'
import { isHandled, toErrorContents, toVary, type Outcome, type Outcomes, type RouteErrors } from './outcomes.ts'
import type { InputField } from './parameters.ts'
import type { Scope } from './settings.ts'

/** A 416 has this header too, with the total size. */
const CONTENT_RANGE: HeaderObject = { description: 'Byte range of this part and the total size', schema: { type: 'string' } }

const PARTS: PossibleContent = { mediaType: 'multipart/byteranges', content: { form: { type: 'string' } } }

export function fromFurtherStatuses(method: Method, { byStatus }: RouteErrors, { components }: Scope): readonly Outcomes[] {
  return [...byStatus.values()].map((response) => {
    const [first] = response.representations
    const headers = ofRepresentation(first!, false, components)
    const partial: Outcome = {
      headers: { 'Content-Range': CONTENT_RANGE, ...headers },
      contents: [...response.representations.flatMap(contentsOf), PARTS],
    }
    const unchanged: Outcome = { headers, contents: [] }
    return new Map(furtherStatuses(method, response, 'statuses').map((status) => [status, status === 206 ? partial : unchanged]))
  })
}

/** The statuses that a representation may send instead of the declared one, if the method and the declared status allow it. */
function furtherStatuses(method: Method, { key, representations }: DeclaredResponse, of: 'statuses' | 'faults'): readonly number[] {
  const isRead = method === 'GET' || method === 'HEAD'
  return representations
    .flatMap((representation) => representation[of] ?? [])
    .filter((status) => {
      if (CONDITIONAL.has(status)) return isRead && mayBe(key, isSuccess)
      if (RANGED.has(status)) return isRead && mayBe(key, isOK)
      return true
    })
}

/** Conditions apply to reads that would otherwise succeed (§13.2.1), ranges to reads that would be 200 (§14.2). */
const CONDITIONAL: ReadonlySet<number> = new Set([304, 412])
const RANGED: ReadonlySet<number> = new Set([206, 416])
const isSuccess = (status: number): boolean => status >= 200 && status < 300
const isOK = (status: number): boolean => status === 200

function mayBe(key: StatusKey, test: (status: number) => boolean): boolean {
  return typeof key === 'number' ? test(key) : key === '2XX' || key === 'default'
}

/** Returns one source for each error. The 500 is listed even if the app has a handler for it, because that handler may fail too. */
export function fromFrameworkErrors(
  route: Route,
  fields: readonly InputField[],
  errors: RouteErrors,
  { settings }: Scope,
): readonly Outcomes[] {
  const ofRoute = [...statusesOf(route, fields, errors)].map((status) => [status, toOutcome(status, errors)] as const)
  const ofApp = { where: errors.where, errorBody: settings.errorBody, byStatus: new Map() }
  // A path that can't be decoded matches no route, so the error has the app's error body.
  const ofPath = fields.some(({ location }) => location === 'path') ? [[400, toOutcome(400, ofApp)] as const] : []
  return [...ofPath, ...ofRoute, ...(isForErrors(errors) ? [] : [[500, toOutcome(500, ofApp)] as const])]
    .filter(([status]) => status === 500 || !isHandled(settings.errorHandlers, status))
    .map((outcome) => new Map([outcome]))
}

/** Whether the content for 500 fits every error. A declared model or header may not fit, and then the app's error body is sent. */
function isForErrors({ byStatus }: RouteErrors): boolean {
  const declared = findByStatus(byStatus, 500)
  if (declared === undefined) return true
  const { representations, headers, cookies } = declared
  return representations.some(isErrorBody) && Object.keys({ ...headers, ...cookies }).length === 0
}

function statusesOf({ method, contract }: Route, fields: readonly InputField[], { byStatus }: RouteErrors): ReadonlySet<number> {
  const responses = [...byStatus.values()]
  return new Set([
    ...(fields.some(({ location }) => location === 'query') ? [400] : []),
    ...(responses.some(({ representations }) => representations.length > 1) ? [406] : []),
    ...(contract.body === undefined ? [] : [413, 415, 422]),
    ...(fields.some(({ canFail }) => canFail) ? [422] : []),
    ...responses.flatMap((response) => furtherStatuses(method, response, 'faults')),
    500,
  ])
}

/** A model that is declared for 500 describes this error. Models declared for other statuses do not describe the framework's errors. */
function toOutcome(status: number, errors: RouteErrors): Outcome {
  const forms = findErrorForms(status, { validation: status === 422 }, status !== 500, errors)
  return { headers: { ...HEADERS[status], ...toVary(forms) }, contents: toErrorContents(forms) }
}

const HEADERS: Readonly<Record<number, Headers>> = {
  406: { Vary: VARY },
  415: { Accept: { description: 'Media types that the request body may have', required: true, schema: { type: 'string' } } },
  416: { 'Content-Range': { ...CONTENT_RANGE, required: true } },
}
