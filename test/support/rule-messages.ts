/** The message each rule really sends: its case judged, its episode opened, its words frozen, by the real code. */

import type { Message } from '../../functions/domain/alerts.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { nextEpisodes } from '../../functions/outbox/episodes.ts'
import { messageOf } from '../../functions/outbox/plan.ts'
import { rules } from '../../functions/rules/index.ts'
import type { Rule } from '../../functions/rules/rule.ts'
import { RULE_CASES } from './rule-cases.ts'
import { context, standing } from './standing.ts'

/** `undefined` where the rule has no case, or its case leaves it silent. */
export const firingMessage = (rule: Rule): Message | undefined => {
  const given = RULE_CASES[rule.name]
  if (!given) return undefined
  const judged = standing(given.standing)
  const { transitions } = nextEpisodes({
    account: judged.account.id,
    standing: judged,
    judged: [
      {
        rule: rule.name,
        aboutCredit: rule.aboutCredit,
        notice: rule.notice ?? false,
        findings: rule.evaluate(judged, context(given.context)),
      },
    ],
    episodes: [],
    answers: { acknowledged: new Map(), snoozed: new Map() },
    now: judged.asOf,
  })
  const told = transitions.find(({ tell }) => tell)
  return told && messageOf(judged, told)
}

/** Every rule's message, by name; those without one are left out. */
export const ruleMessages = (): readonly Message[] =>
  rules.map(firingMessage).filter((message) => message !== undefined)

/** The same alert three hours on: told again, and resolved. */
export const laterStep = (message: Message, step: 'repeat' | 'resolved'): Message => ({
  ...message,
  step,
  at: message.at + 3 * HOUR_MS,
})
