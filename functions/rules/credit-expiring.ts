/** A grant expires soon and some of it will not be used by then. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { Nanos } from '../domain/money.ts'
import type { GrantStanding, Standing } from '../domain/standing.ts'
import { DAY_MS, formatSpan, type Instant } from '../domain/time.ts'
import { lostAtExpiry } from './expiry.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, compareStep, LINKS, ON_CALL } from './steps.ts'
import { burnSums } from './sums.ts'
import { accountName, bare, clockTime, headline, money, shortName } from './words.ts'

type Expiring = { readonly grant: GrantStanding; readonly endsAt: Instant; readonly days: number; readonly lost: Nanos }

/** One level per configured number of days that has come, unless the burn rate uses the grant up in time. */
export const creditExpiring: Rule = {
  name: 'credit-expiring',
  aboutCredit: true,
  evaluate: (standing) => {
    const due = standing.funded ? dueGrants(standing) : []
    if (due.length === 0) return []
    const lost = lostAtExpiry(standing, Math.max(...due.map(({ endsAt }) => endsAt)))
    return due
      .map((each) => ({ ...each, lost: lost.get(each.grant.id) ?? 0n }))
      .filter((each) => each.lost > 0n)
      .map((each) => findingOf(standing, each))
  },
}

const dueGrants = (standing: Standing): readonly Omit<Expiring, 'lost'>[] => {
  const allDays = [...new Set(standing.account.thresholds.expiryDays)]
  return standing.livingGrants.flatMap((grant) => {
    const endsAt = grant.expiresAt
    if (endsAt === undefined || grant.state !== 'active' || grant.remaining <= 0n || endsAt <= standing.asOf) return []
    return allDays.filter((days) => endsAt - standing.asOf <= days * DAY_MS).map((days) => ({ grant, endsAt, days }))
  })
}

const findingOf = (standing: Standing, expiring: Expiring): Finding => ({
  scope: expiring.grant.id,
  level: `${expiring.days}d`,
  severity: 'warning',
  rank: -expiring.days,
  state: 'holds',
  get words() {
    return alarm(standing, expiring)
  },
})

const alarm = (standing: Standing, expiring: Expiring): Words => {
  const { grant, endsAt, lost } = expiring
  const [amount, end] = [money(standing, lost), clockTime(standing, endsAt)]
  const rate =
    standing.burn.perDay > 0n ? `At ${money(standing, standing.burn.perDay)} a day,` : 'Nothing is being spent:'
  return {
    title: headline(
      `${amount} of grant ${shortName(grant.id)} on ${accountName(standing)} will expire unused in ${formatSpan(endsAt - standing.asOf)}`,
    ),
    summary: `Grant ${grant.id} (${grant.kind}, ${money(standing, grant.amount)}) ends at ${end}. ${rate} ${amount} of the ${money(standing, grant.remaining)} that remains will be lost.`,
    figure: amount,
    stops: `At ${end} what remains of the grant is gone; other credit is not touched.`,
    arithmetic: sums(standing, expiring),
    next: [...useSteps(standing, grant), compareStep(standing)],
  }
}

const sums = (standing: Standing, { grant, endsAt, lost }: Expiring): readonly string[] => [
  `lost ${bare(standing, lost)} = remaining ${bare(standing, grant.remaining)} − ${bare(standing, grant.remaining - lost)} burnt from it by then, in burn order`,
  `time left ${formatSpan(endsAt - standing.asOf)}, until ${clockTime(standing, endsAt)}`,
  ...burnSums(standing),
]

const useSteps = (standing: Standing, grant: GrantStanding): Words['next'] => [
  { label: 'Bring planned work forward, such as batch jobs, so that the credit is used in time', who: ON_CALL },
  standing.plan === 'cloud-credit' && grant.kind === 'prepayment'
    ? { label: 'Or ask for a refund before it ends', who: BILLING_ADMIN, url: LINKS.billingDocs }
    : {
        label: 'Hold back the next purchase; expired credit is not refunded',
        who: BILLING_ADMIN,
        url: LINKS.billingDocs,
      },
]
