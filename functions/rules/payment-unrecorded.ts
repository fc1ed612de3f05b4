/** Credit was probably bought and nobody told the ledger: calls go on after zero, or an auto-reload was due. */

import type { Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { formatSpan } from '../domain/time.ts'
import { evidenceLines } from './evidence.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, LINKS, ON_CALL, recordStep } from './steps.ts'
import { boundsSums } from './sums.ts'
import { type Unrecorded, unrecordedPayment } from './unrecorded.ts'
import { accountName, clockTime, headline, money, single } from './words.ts'

/** Stands in for `credit-exhausted` and `reload-missing` until a depletion error proves otherwise. */
export const paymentUnrecorded: Rule = {
  name: 'payment-unrecorded',
  aboutCredit: false,
  evaluate: (standing) => {
    const found = unrecordedPayment(standing)
    return found ? [single('warning', () => alarm(standing, found))] : []
  },
}

const alarm = (standing: Standing, found: Unrecorded): Words => ({
  ...(found.why === 'served' ? served(standing, found) : reloadDue(standing, found)),
  figure: `${money(standing, standing.balance.value)} by the ledger`,
  stops:
    'Nothing, as long as Google’s balance is above zero; the ledger cannot warn in time until it knows that balance.',
  arithmetic: [...sinceLines(standing), ...evidenceLines(standing), ...boundsSums(standing)],
  next: [
    {
      label: 'Look up the balance and the latest purchase in AI Studio',
      who: BILLING_ADMIN,
      url: LINKS.aiStudioBilling,
    },
    recordStep,
    { label: 'Or enter the balance you see: npx drawdown reading', who: ON_CALL },
  ],
})

type Told = Pick<Words, 'title' | 'summary'>

const served = (standing: Standing, { since }: Unrecorded): Told => {
  const { paidCallAt = since } = standing.evidence
  return {
    title: headline(
      `A purchase on ${accountName(standing)} seems unrecorded: calls go on after the credit was used up`,
    ),
    summary: `By the ledger the credit was used up at ${clockTime(standing, since)}, yet paid calls were still served ${formatSpan(paidCallAt - since)} later. Most likely credit was bought and nobody entered it. Enter the purchase, or the balance you see.`,
  }
}

const reloadDue = (standing: Standing, { since }: Unrecorded): Told => {
  const { autoReload } = standing
  const amounts = autoReload
    ? ` of ${money(standing, autoReload.reloadAmount)} below ${money(standing, autoReload.triggerBalance)}`
    : ''
  return {
    title: headline(`An auto-reload on ${accountName(standing)} was due and is not recorded`),
    summary: `The auto-reload${amounts} was due at ${clockTime(standing, since)}. Google tells nobody of it: enter the purchase, or the balance you see. If AI Studio shows no purchase, look at the payment method.`,
  }
}

const sinceLines = (standing: Standing): readonly string[] => {
  const { zeroAt, reloadDueAt } = standing.reached ?? {}
  return [
    ...(zeroAt === undefined ? [] : [`at or below zero since ${clockTime(standing, zeroAt)}`]),
    ...(reloadDueAt === undefined ? [] : [`auto-reload due since ${clockTime(standing, reloadDueAt)}`]),
  ]
}
