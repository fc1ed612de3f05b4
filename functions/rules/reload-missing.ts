/** An auto-reload was due and did not come. */

import type { Words } from '../domain/alerts.ts'
import { assertNever } from '../domain/errors.ts'
import type { AutoReload } from '../domain/facts.ts'
import type { Standing } from '../domain/standing.ts'
import { evidenceLines } from './evidence.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, LINKS, payStep, recordStep } from './steps.ts'
import { boundsSums } from './sums.ts'
import { paidThisMonth, type Refuted, reloadRefuted, SETTLES_MS, unrecordedPayment } from './unrecorded.ts'
import { accountName, bare, clockTime, headline, judgesCredit, money, single, whatStops } from './words.ts'

/** Where only silence speaks against it, `payment-unrecorded` stands in: a reload that came tells nobody either. */
export const reloadMissing: Rule = {
  name: 'reload-missing',
  aboutCredit: false,
  evaluate: (standing) => {
    const { autoReload } = standing
    const why = reloadRefuted(standing)
    if (!autoReload || !why || !isTime(standing, why) || !judgesCredit(standing) || unrecordedPayment(standing))
      return []
    return [single('warning', () => alarm(standing, autoReload, why))]
  },
}

/** The limit alone proves nothing before the reload has had its time. */
const isTime = ({ asOf, reached }: Standing, why: Refuted): boolean =>
  why !== 'limit' || asOf - (reached?.reloadDueAt ?? asOf) >= SETTLES_MS

const alarm = (standing: Standing, reload: AutoReload, why: Refuted): Words => {
  const dueAt = standing.reached?.reloadDueAt ?? standing.asOf
  const below = `below ${money(standing, reload.triggerBalance)}`
  return {
    title: headline(`The auto-reload on ${accountName(standing)} was due and did not come`),
    summary: `The balance has been ${below} since ${clockTime(standing, dueAt)}, so ${money(standing, reload.reloadAmount)} should have been bought. ${proof(standing, why)}`,
    figure: `${money(standing, standing.balance.value)} by the ledger`,
    stops: whatStops(standing),
    arithmetic: [
      `auto-reload: ${bare(standing, reload.reloadAmount)} when the balance is ${below}${limitText(standing, reload)}`,
      `prepayments recorded this month: ${bare(standing, paidThisMonth(standing))} ${standing.account.currency}`,
      ...evidenceLines(standing),
      ...boundsSums(standing),
    ],
    next: [
      {
        label: 'Check in AI Studio that auto-reload is still on, its monthly limit, and the payment method',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      },
      payStep(standing),
      recordStep,
    ],
  }
}

const proof = (standing: Standing, why: Refuted): string => {
  switch (why) {
    case 'depleted':
      return 'Google says the prepayment is used up, so it was not: the card may have been declined, or auto-reload is off.'
    case 'read':
      return `The balance read at ${clockTime(standing, standing.reached?.readAt ?? standing.asOf)} shows that it was not.`
    case 'limit':
      return 'Its monthly limit probably holds it back until the 1st.'
    default:
      return assertNever(why)
  }
}

const limitText = (standing: Standing, { monthlyLimit }: AutoReload): string =>
  monthlyLimit === undefined ? '' : `, at most ${bare(standing, monthlyLimit)} a month`
