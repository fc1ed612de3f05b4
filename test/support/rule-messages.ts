/** The message each rule really sends: its case judged, its episode opened, its words frozen, by the real code. */

import type { Episode, Finding, Message, Transition } from '../../functions/domain/alerts.ts'
import type { Standing } from '../../functions/domain/standing.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { nextEpisodes } from '../../functions/outbox/episodes.ts'
import { messageOf } from '../../functions/outbox/plan.ts'
import { rules } from '../../functions/rules/index.ts'
import type { Rule } from '../../functions/rules/rule.ts'
import { RULE_CASES } from './rule-cases.ts'
import { context, standing } from './standing.ts'

type Told = { readonly opened: Message; readonly repeated: Message | undefined; readonly resolved: Message | undefined }

/** Later than any reminder is due. */
const LATER_MS = 25 * HOUR_MS

const step = (
  rule: Rule,
  standing: Standing,
  findings: readonly Finding[],
  episodes: readonly Episode[],
  now: number,
) =>
  nextEpisodes({
    account: standing.account.id,
    standing,
    judged: [{ rule: rule.name, aboutCredit: rule.aboutCredit, notice: rule.notice ?? false, findings }],
    episodes,
    answers: { acknowledged: new Map(), snoozed: new Map() },
    now,
  })

const toldOf = (standing: Standing, transitions: readonly Transition[]): Message | undefined => {
  const told = transitions.find(({ tell }) => tell)
  return told && messageOf(standing, told)
}

/** What the rule sends when it opens, reminds and resolves; `undefined` where it has no case, or its case leaves it silent. */
export const storyOf = (rule: Rule): Told | undefined => {
  const given = RULE_CASES[rule.name]
  if (!given) return undefined
  const judged = standing(given.standing)
  const findings = rule.evaluate(judged, context(given.context))
  const first = step(rule, judged, findings, [], judged.asOf)
  const later = judged.asOf + LATER_MS
  const opened = toldOf(judged, first.transitions)
  return (
    opened && {
      opened,
      repeated: toldOf(judged, step(rule, judged, findings, first.episodes, later).transitions),
      resolved: toldOf(judged, step(rule, judged, [], first.episodes, later).transitions),
    }
  )
}

/** Every rule's first message, by the order of the registry; those without one are left out. */
export const ruleMessages = (): readonly Message[] =>
  rules.map((rule) => storyOf(rule)?.opened).filter((message) => message !== undefined)
