/** Payments and days were enough, and yet the lower tier is still seen. */

import type { Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, formatSpan, type Instant } from '../domain/time.ts'
import { compareTiers } from '../policy/tiers.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, LINKS } from './steps.ts'
import { knownLine, limitsLine, lookStep, TIER_NAMES } from './tier-words.ts'
import { accountName, clockTime, headline, single } from './words.ts'

/** Google says about ten minutes; balances that are out of step were seen to mend themselves within 18 hours. */
const GRACE_MS = DAY_MS

/** Only a look at the lower tier after the grace counts: what was seen before says nothing. A fall is another rule's news. */
export const tierUpgradeOverdue: Rule = {
  name: 'tier-upgrade-overdue',
  aboutCredit: false,
  evaluate: (standing) => {
    const { observed, entitled, entitledSince, latest, changed } = standing.tier
    if (observed === undefined || entitledSince === undefined || latest === undefined) return []
    const isLower = compareTiers(observed, entitled) < 0 && compareTiers(latest.tier, entitled) < 0
    const hasFallen = changed !== undefined && compareTiers(changed.to, changed.from) < 0
    if (!isLower || hasFallen || latest.at < entitledSince + GRACE_MS) return []
    return [single('warning', () => wordsOf(standing, entitledSince, latest.at))]
  },
}

const wordsOf = (standing: Standing, since: Instant, seenAt: Instant): Words => {
  const { observed = 'free', entitled } = standing.tier
  return {
    title: headline(
      `${accountName(standing)} should be on ${TIER_NAMES[entitled]}, but is still seen on ${TIER_NAMES[observed]}`,
    ),
    summary: `By payments and days it qualifies since ${clockTime(standing, since)}. Google upgrades by itself, as a rule within ten minutes; ${formatSpan(seenAt - since)} later the lower tier was still seen.`,
    figure: formatSpan(standing.asOf - since),
    arithmetic: [limitsLine(standing, observed), limitsLine(standing, entitled), knownLine(standing)],
    next: [
      lookStep,
      {
        label: 'If it is still the lower one, ask billing support, with the receipts of the payments at hand',
        who: BILLING_ADMIN,
        url: LINKS.billingDocs,
      },
    ],
  }
}
