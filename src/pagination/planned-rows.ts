/** The row of `explain (format json)`. */

interface Plan {
  readonly Plan: { readonly 'Plan Rows': number }
}

/** How many rows the planner expects. Some drivers parse the JSON, and plugins may rename its column. */
export function plannedRows(row: unknown): number {
  const [plan] = Object.values(row as Readonly<Record<string, unknown>>)
  const [root] = (typeof plan === 'string' ? JSON.parse(plan) : plan) as readonly Plan[]
  return root!.Plan['Plan Rows']
}
