/** A query with the conditions of a client: what the database does not take as a value is a 422. */
import { requestError } from '../errors/framework-errors.ts'
import { isDataException } from './data-exception.ts'
import type { QuerySource } from './source.ts'

export function filtered<Row>(source: QuerySource<Row>): QuerySource<Row> {
  return {
    order: source.order,
    select: (selection) => filtered(source.select(selection)),
    count: () => run(() => source.count()),
    countUpTo: (limit) => run(() => source.countUpTo(limit)),
    estimate: () => run(() => source.estimate()),
    slice: (offset, limit) => run(() => source.slice(offset, limit)),
    sliceAndCount: (offset, limit) => run(() => source.sliceAndCount(offset, limit)),
    seek: (position, limit) => run(() => source.seek(position, limit)),
    async *rows(options) {
      try {
        yield* source.rows(options)
      } catch (error) {
        throw refusal(error)
      }
    },
  }
}

async function run<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw refusal(error)
  }
}

function refusal(error: unknown): unknown {
  if (!isDataException(error)) return error
  const problem = { location: ['query', 'filter'], code: 'value_error', message: 'Input should be values that the fields can have' }
  return requestError(422, 'The request does not fit its declared inputs', { problems: [problem] })
}
