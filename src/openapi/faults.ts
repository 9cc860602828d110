/** What the framework answers by itself where a request, or a handler, did something wrong. */
import type { AnyContract } from '../contract/contract.ts'
import { findErrorForm } from '../contract/errors.ts'
import type { HeaderObject, Headers } from './headers.ts'
import { isHandled } from './handled.ts'
import type { InputField } from './inputs.ts'
import { toErrorContent, type Outcomes, type RouteErrors } from './outcomes.ts'
import type { Scope } from './settings.ts'

interface Fault {
  readonly status: number
  readonly errors: RouteErrors
  readonly headers?: Headers
}

/** One source for each fault that the operation can answer with. */
export function fromFaults(contract: AnyContract, fields: readonly InputField[], errors: RouteErrors, scope: Scope): readonly Outcomes[] {
  const { errorBody, errorHandlers } = scope.settings
  const faults: Fault[] = [
    // A path that can't be decoded has found no route yet: the app answers.
    ...(fields.some(({ location }) => location === 'path') ? [{ status: 400, errors: { errorBody, byStatus: new Map() } }] : []),
    ...(fields.some(({ location }) => location === 'query') ? [{ status: 400, errors }] : []),
    ...([...errors.byStatus.values()].some(({ representations }) => representations.length > 1) ? [{ status: 406, errors }] : []),
    ...(contract.body === undefined ? [] : ofBody(errors)),
    ...(contract.body !== undefined || fields.some(({ canFail }) => canFail) ? [{ status: 422, errors }] : []),
    { status: 500, errors },
  ]
  return faults
    .filter(({ status }) => !isHandled(errorHandlers, status))
    .map(({ status, errors: form, headers = {} }) => {
      const content = toErrorContent(findErrorForm(status, { validation: status === 422 }, status !== 500, form))
      return new Map([[status, { headers, contents: [content], isCommon: true }]])
    })
}

function ofBody(errors: RouteErrors): readonly Fault[] {
  const accept: HeaderObject = { description: 'The media types that are taken', required: true, schema: { type: 'string' } }
  return [
    { status: 413, errors },
    { status: 415, errors, headers: { Accept: accept } },
  ]
}
