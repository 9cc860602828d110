/** Conditions that a client chose, in Drizzle's operators. */
import { and, eq, gt, gte, inArray, lt, lte, ne, type Column, type SQL } from 'drizzle-orm'
import type { Condition } from '../pagination/source.ts'

const OPERATORS = { eq, ne, gt, gte, lt, lte } as const

export function toCondition(conditions: readonly Condition[]): SQL | undefined {
  return and(
    ...conditions.map(({ column, operator, value }) =>
      // The column was declared for this source, and the value fits the model beside it.
      operator === 'in' ? inArray(column as Column, value as unknown[]) : OPERATORS[operator](column as Column, value),
    ),
  )
}
