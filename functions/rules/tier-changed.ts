/** The tier rose or fell: what may be spent and lost now. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { Tier } from '../domain/facts.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, type Instant, utcDay } from '../domain/time.ts'
import { compareTiers } from '../policy/tiers.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, LINKS, spendStep } from './steps.ts'
import { capStep, knownLine, limitsLine, lookStep, lossText, TIER_NAMES } from './tier-words.ts'
import { accountName, clockTime, headline, single } from './words.ts'

/** An older rise is no news. */
const NEWS_MS = 7 * DAY_MS

/**
 * A fall holds until the tier changes again, and is about what was observed. A rise is told once; while nothing was
 * observed, payments tell it.
 */
export const tierChanged: Rule = {
  name: 'tier-changed',
  aboutCredit: false,
  evaluate: (standing, { now }) => {
    const { observed, changed, entitled, since, entitledBefore } = standing.tier
    if (changed && compareTiers(changed.to, changed.from) < 0) return [fall(standing, changed)]
    if (changed) return now - changed.at <= NEWS_MS ? [rise(standing, changed.from, changed.to, changed.since)] : []
    if (observed !== undefined || since === undefined || entitledBefore === undefined) return []
    const isNews = now >= since && now - since <= NEWS_MS
    return isNews ? [rise(standing, entitledBefore, entitled, since)] : []
  },
}

const rise = (standing: Standing, from: Tier, to: Tier, since: Instant): Finding =>
  single('info', () => higher(standing, from, to, since), `${to} ${utcDay(since)}`, { notice: true })

const higher = (standing: Standing, from: Tier, to: Tier, since: Instant): Words => {
  const loss = lossText(standing, to)
  const isSeen = standing.tier.observed !== undefined
  const verb = isSeen ? 'is on' : 'qualifies for'
  return {
    title: headline(
      `${accountName(standing)} ${verb} ${TIER_NAMES[to]}: your largest possible monthly loss is now ${loss}`,
    ),
    summary: `It was on ${TIER_NAMES[from]} before. ${isSeen ? `The new tier was first seen at ${clockTime(standing, since)}.` : `Payments and days were enough at ${clockTime(standing, since)}; Google upgrades by itself, as a rule within ten minutes.`} More can be called per minute, and more can be lost: if a key leaks or a loop runs away, all linked projects together can spend up to ${loss} in a calendar month before Google pauses them.`,
    figure: loss,
    arithmetic: [limitsLine(standing, to), `before: ${limitsLine(standing, from)}`, knownLine(standing)],
    next: [capStep, ...(isSeen ? [] : [lookStep])],
  }
}

type Changed = NonNullable<Standing['tier']['changed']>

const fall = (standing: Standing, changed: Changed): Finding =>
  single('critical', () => lower(standing, changed), changed.to)

const lower = (standing: Standing, { from, to, since }: Changed): Words => {
  const cap = lossText(standing, to)
  return {
    title: headline(
      `${accountName(standing)} fell from ${TIER_NAMES[from]} to ${TIER_NAMES[to]}: rate limits and caps are lower`,
    ),
    summary: `The lower tier was first seen at ${clockTime(standing, since)}. Google lowers tiers by an automated review, with a mail that has an appeal link; linking the projects to another billing account changes the tier at once too.`,
    figure: TIER_NAMES[to],
    stops:
      to === 'free'
        ? 'Now: paid quotas are gone; calls beyond the Free tier’s limits fail.'
        : `Now: calls beyond the limits of ${TIER_NAMES[to]} fail with 429. At ${cap} in a calendar month all linked projects pause until the 1st.`,
    arithmetic: [limitsLine(standing, to), `before: ${limitsLine(standing, from)}`, knownLine(standing)],
    next: [
      {
        label: 'Look for Google’s mail about the tier and use its appeal link',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      },
      lookStep,
      spendStep,
    ],
  }
}
