/** What is seen cannot happen under the plan the ledger judges by. */

import type { Finding, NextStep, Words } from '../domain/alerts.ts'
import type { CauseEvidence, DepletionEvidence } from '../domain/evidence.ts'
import type { Plan } from '../domain/facts.ts'
import type { GrantStanding, Standing } from '../domain/standing.ts'
import { DAY_MS } from '../domain/time.ts'
import { prepaymentTerms } from '../policy/plans.ts'
import { CAUSE_TERMS } from './cause-steps.ts'
import { evidenceLines } from './evidence.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, compareStep, LINKS } from './steps.ts'
import { boundsSums } from './sums.ts'
import { accountName, bare, clip, clockTime, headline, money, shortName, single } from './words.ts'

/** Metering lags by minutes: a deficit above a fifth of the balance after the latest grant is none of its making. */
const DEFICIT_DIVISOR = 5n
/** A refusal is over when none has come for a day. */
const LATELY_MS = DAY_MS
const MESSAGE_MAX = 300

const PLAN_NAMES: Readonly<Record<Plan, string>> = {
  'cloud-credit': 'one-time prepayment (cloud-credit)',
  'gemini-prepay': 'Gemini Prepay',
  postpay: 'Postpay',
}

/** One subject per contradiction; each ends when it is no longer seen, or the plan is corrected. */
export const planMismatch: Rule = {
  name: 'plan-mismatch',
  aboutCredit: false,
  quietedBy: ['payment-unrecorded'],
  evaluate: (standing) => [
    ...depleted(standing),
    ...belowZero(standing),
    ...prepaid(standing),
    ...refunded(standing),
    ...unpaid(standing),
  ],
}

const depleted = (standing: Standing): readonly Finding[] => {
  const { depletion } = standing.evidence
  if (!depletion || standing.plan === 'gemini-prepay') return []
  return [single('warning', () => depletedWords(standing, depletion), 'depleted')]
}

const depletedWords = (standing: Standing, { at, projectId }: DepletionEvidence): Words => ({
  title: headline(
    `${accountName(standing)} is said to be on ${PLAN_NAMES[standing.plan]}, yet Prepay credit is depleted`,
  ),
  summary: `A call of ${shortName(projectId)} failed at ${clockTime(standing, at)} because Prepay credit is used up, which only Gemini Prepay knows. Google moves accounts to Prepay after a notice; it was also seen to say so by mistake on Postpay projects, for up to 18 hours.`,
  figure: PLAN_NAMES[standing.plan],
  stops: 'Calls with this error fail, whatever the plan in the ledger says.',
  arithmetic: evidenceLines(standing),
  next: [planStep, compareStep(standing)],
})

const belowZero = (standing: Standing): readonly Finding[] => {
  const { balance, base, funded, plan, evidence } = standing
  if (plan !== 'gemini-prepay' || !funded || base <= 0n || evidence.depletion) return []
  if (-balance.high * DEFICIT_DIVISOR <= base) return []
  return [single('warning', () => belowZeroWords(standing), 'below-zero')]
}

const belowZeroWords = (standing: Standing): Words => ({
  title: headline(
    `${accountName(standing)} is billed ${money(standing, -standing.balance.high)} beyond its credit, which Prepay would have stopped`,
  ),
  summary: `Under Gemini Prepay every key stops at zero, and only minutes of metering can go below. Billed spend went on. Either a purchase is not recorded, or the account is on another plan and the card is charged.`,
  figure: money(standing, standing.balance.high),
  stops: 'Nothing stops by that alone; what is billed beyond the credit may be charged to the card.',
  arithmetic: [
    `${bare(standing, -standing.balance.high)} below zero is more than a fifth of ${bare(standing, standing.base)}, the balance after the latest grant`,
    ...boundsSums(standing),
  ],
  next: [compareStep(standing), planStep],
})

/** Since the plan in force began; what was paid under an earlier plan is no contradiction. */
const prepayments = (standing: Standing): readonly GrantStanding[] =>
  standing.recentGrants.filter(
    ({ kind, state, effectiveAt }) =>
      kind === 'prepayment' && state !== 'scheduled' && effectiveAt >= (standing.planSince ?? effectiveAt),
  )

const prepaid = (standing: Standing): readonly Finding[] => {
  if (standing.plan !== 'postpay') return []
  const grant = prepayments(standing).findLast(({ state }) => state !== 'voided')
  return grant ? [single('warning', () => prepaidWords(standing, grant), 'prepayment')] : []
}

const prepaidWords = (standing: Standing, grant: GrantStanding): Words => ({
  title: headline(
    `A prepayment of ${money(standing, grant.amount)} was recorded on ${accountName(standing)}, which is said to be on Postpay`,
  ),
  summary: `Postpay knows no prepayment. Either the account is on Gemini Prepay and the ledger should know, or the payment went to the Postpay bucket, where it pays bills and no Prepay key. While the plan is Postpay, no alert about credit is raised.`,
  figure: money(standing, grant.amount),
  arithmetic: [
    `grant ${clip(grant.id, 80)}, ${money(standing, grant.amount)}, effective ${clockTime(standing, grant.effectiveAt)}`,
    planLine(standing),
  ],
  next: [planStep, compareStep(standing)],
})

const refunded = (standing: Standing): readonly Finding[] => {
  if (standing.plan !== 'gemini-prepay') return []
  const grant = prepayments(standing).findLast(
    (each) => each.refunded > 0n && prepaymentTerms(standing.plan, each.effectiveAt)?.refundable === false,
  )
  return grant ? [single('warning', () => refundedWords(standing, grant), 'refunded')] : []
}

const refundedWords = (standing: Standing, grant: GrantStanding): Words => ({
  title: headline(
    `A refund of ${money(standing, grant.refunded)} was recorded on ${accountName(standing)}, which Prepay does not give`,
  ),
  summary: `Prepay credit is not refundable. A refund was given when an account went from Prepay to Postpay; if that is so here, tell Drawdown the new plan. Otherwise the refund may be a wrong entry, and the balance is higher than the ledger says.`,
  figure: money(standing, grant.refunded),
  arithmetic: [
    `grant ${clip(grant.id, 80)}: ${bare(standing, grant.refunded)} refunded of ${money(standing, grant.amount)}`,
    planLine(standing),
  ],
  next: [planStep, compareStep(standing)],
})

const unpaid = (standing: Standing): readonly Finding[] => {
  const refusal = standing.evidence.causes?.find(
    ({ cause, at, paidAt = 0 }) => cause === 'plan-mismatch' && standing.asOf - at < LATELY_MS && paidAt <= at,
  )
  return refusal ? [single('warning', () => unpaidWords(standing, refusal), 'refused')] : []
}

const unpaidWords = (standing: Standing, { projectId, at, code, message }: CauseEvidence): Words => ({
  title: headline(`Calls of ${shortName(projectId)} are refused as if ${accountName(standing)} had no paid plan`),
  summary: `The error of ${clockTime(standing, at)} does not fit a paid plan. A key made before billing was enabled can stay on free quotas, a project without billing has no others, and an account that was moved to Prepay has none until credit is bought.`,
  figure: `Error ${code}`,
  stops: 'These calls fail; retrying does not help.',
  arithmetic: [
    `error ${code} at ${clockTime(standing, at)} in project ${clip(projectId, 80)}: “${clip(message, MESSAGE_MAX)}”`,
    planLine(standing),
  ],
  next: [CAUSE_TERMS['plan-mismatch'].next, planStep],
})

const planLine = (standing: Standing): string =>
  standing.planSince === undefined
    ? `plan ${standing.plan}, by the configuration`
    : `plan ${standing.plan}, told for ${clockTime(standing, standing.planSince)}`

const planStep: NextStep = {
  label:
    'See the plan in AI Studio (“Prepay” or “Postpay” beside the tier); if it differs, tell Drawdown: npx drawdown plan',
  who: BILLING_ADMIN,
  url: LINKS.aiStudioProjects,
}
