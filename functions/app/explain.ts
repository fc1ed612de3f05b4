/** The sums behind an alert as they are now: the rule that raised it is asked again. */

import type { Episode, Words } from '../domain/alerts.ts'
import { rules } from '../rules/index.ts'
import type { AccountView } from './desk.ts'

export type Explained =
  /** What the rule says of this subject and level today. */
  | { readonly kind: 'holds' | 'between' | 'clear'; readonly words: Words }
  /** The rule no longer speaks of it. */
  | { readonly kind: 'gone' }

/** Judges the episode's rule at the view's instant. Pure. `firstSeenAt` and `rejected` as the account's state has them. */
export const explain = (
  { standing }: AccountView,
  { rule, scope, level }: Episode,
  context: Parameters<(typeof rules)[number]['evaluate']>[1],
): Explained => {
  const findings = rules.find(({ name }) => name === rule)?.evaluate(standing, context) ?? []
  const finding = findings.find((each) => each.scope === scope && each.level === level)
  return finding ? { kind: finding.state, words: finding.words } : { kind: 'gone' }
}
