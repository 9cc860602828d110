/** Writes the changes as text, and decides the version that they require (https://semver.org). */
import { DIFF_RULES, type DocumentChange, type Verdict } from './change.ts'

/** The part of a version that must be raised. */
export type Bump = 'major' | 'minor' | 'patch'

/** The part of the version that the changes require to raise: `major` if one is breaking, `minor` for other changes, `patch` if there are no changes. */
export function bumpFor(changes: readonly DocumentChange[]): Bump {
  if (changes.some(({ verdict }) => verdict === 'breaking')) return 'major'
  return changes.length > 0 ? 'minor' : 'patch'
}

const RANK: Readonly<Record<Bump, number>> = { patch: 0, minor: 1, major: 2 }

/** Whether the version was raised as much as the changes require. `undefined` if one of the versions is not a semantic version. */
export function isCovered(changes: readonly DocumentChange[], older: string, newer: string): boolean | undefined {
  const step = stepBetween(older, newer)
  return step === undefined ? undefined : RANK[step.bump] >= RANK[bumpFor(changes)] || (step.isInitial && step.bump === 'minor')
}

/** The part of the version that was raised. Before 1.0.0, a minor version may have breaking changes. */
function stepBetween(older: string, newer: string): { readonly bump: Bump; readonly isInitial: boolean } | undefined {
  const numbers = [older, newer].map((version) => /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number))
  const [before, now] = numbers
  if (before === undefined || now === undefined) return undefined
  const bump = now[0]! > before[0]! ? 'major' : now[0] === before[0] && now[1]! > before[1]! ? 'minor' : 'patch'
  return { bump, isInitial: before[0] === 0 }
}

const HEADS: Readonly<Record<Verdict, string>> = { breaking: 'breaking', warning: 'to review', compatible: 'compatible' }

/** The changes between two documents as text, the breaking ones first. */
export function formatDiff(changes: readonly DocumentChange[]): string {
  const parts = (['breaking', 'warning', 'compatible'] as const).flatMap((verdict) => {
    const own = changes.filter((change) => change.verdict === verdict)
    if (own.length === 0) return []
    return ['', `${own.length} ${HEADS[verdict]}`, ...own.flatMap(formatChange)]
  })
  return [`${changes.length} change${changes.length === 1 ? '' : 's'}: a ${bumpFor(changes)} version`, ...parts].join('\n')
}

function formatChange({ rule, operation, place, message }: DocumentChange): readonly string[] {
  return [`  ${operation}${place === '' ? '' : `  ${place}`}`, `    ${message}  (${rule}: ${DIFF_RULES[rule].text})`]
}
