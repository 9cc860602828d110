/** The errors that the framework itself sends, for a bad request or a failed handler. */
import { findByStatus } from '../contract/declared.ts'
import { findErrorForms } from '../contract/errors.ts'
import { isErrorBody } from '../representation/error-body.ts'
import type { Route } from '../routing/route.ts'
import { CONTENT_RANGE, furtherStatuses } from './conditional.ts'
import { isHandled } from './handled.ts'
import type { Headers } from './headers.ts'
import type { InputField } from './inputs.ts'
import { toErrorContents, toVary, type Outcome, type Outcomes, type RouteErrors } from './outcomes.ts'
import type { Scope } from './settings.ts'

/** Returns one source for each error. The 500 is listed even if the app has a handler for it, because that handler may fail too. */
export function fromFrameworkErrors(
  route: Route,
  fields: readonly InputField[],
  errors: RouteErrors,
  { settings }: Scope,
): readonly Outcomes[] {
  const ofRoute = [...statusesOf(route, fields, errors)].map((status) => [status, toOutcome(status, errors)] as const)
  const ofApp = { errorBody: settings.errorBody, byStatus: new Map() }
  // A path that can't be decoded matches no route, so the error has the app's error body.
  const ofPath = fields.some(({ location }) => location === 'path') ? [[400, toOutcome(400, ofApp)] as const] : []
  return [...ofPath, ...ofRoute, ...(isForErrors(errors) ? [] : [[500, toOutcome(500, ofApp)] as const])]
    .filter(([status]) => status === 500 || !isHandled(settings.errorHandlers, status))
    .map((outcome) => new Map([outcome]))
}

/** Whether the response declared for 500 fits every error. If it has a model or headers, an error may not fit, and the app's error body is sent. */
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
  415: { Accept: { description: 'Media types that the request body may have', required: true, schema: { type: 'string' } } },
  416: { 'Content-Range': { ...CONTENT_RANGE, required: true } },
}
