/** A prepayment took effect: what it came to, and what it brings nearer. */

import type { Words } from '../domain/alerts.ts'
import type { GrantStanding, Standing } from '../domain/standing.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, compareStep, LINKS } from './steps.ts'
import { boundsSums } from './sums.ts'
import { accountName, clockTime, headline, money, single, sureness } from './words.ts'

/** Older payments are entered history when a ledger is first set up, no news. */
const NEWS_MS = 7 * DAY_MS

/** A notice: told once per grant. */
export const prepaymentReceived: Rule = {
  name: 'prepayment-received',
  aboutCredit: false,
  notice: true,
  evaluate: (standing, { now }) =>
    standing.recentGrants
      .filter((grant) => grant.kind === 'prepayment' && grant.state !== 'scheduled')
      .filter((grant) => grant.effectiveAt <= now && now - grant.effectiveAt <= NEWS_MS)
      .map((grant) => single('info', () => wordsOf(standing, grant), grant.id)),
}

const wordsOf = (standing: Standing, grant: GrantStanding): Words => {
  const amount = money(standing, grant.amount)
  const ends =
    grant.expiresAt === undefined ? 'It does not expire.' : `It expires at ${clockTime(standing, grant.expiresAt)}.`
  return {
    title: headline(
      `Prepayment of ${amount} is in on ${accountName(standing)}: the balance is ${money(standing, standing.balance.value)}`,
    ),
    summary: `Grant ${grant.id} took effect at ${clockTime(standing, grant.effectiveAt)}. ${ends} ${sureness(standing)}`,
    figure: amount,
    arithmetic: [...boundsSums(standing), ...tierLines(standing)],
    next: [
      compareStep(standing),
      { label: 'How credit is used and what the tiers need', who: BILLING_ADMIN, url: LINKS.billingDocs },
    ],
  }
}

const tierLines = (standing: Standing): readonly string[] => {
  const { next } = standing.tier
  if (!next) return []
  const from = next.earliestAt === undefined ? '' : `, at the earliest ${clockTime(standing, next.earliestAt)}`
  return [`${next.tier} needs ${money(standing, next.paidStillNeeded)} more paid${from}`]
}
