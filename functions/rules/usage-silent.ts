/** The callers' usage has fallen silent, and something says that calls go on, or that nothing else would tell. */

import type { Finding, NextStep, Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, formatSpan } from '../domain/time.ts'
import type { Rule } from './rule.ts'
import { ON_CALL } from './steps.ts'
import { accountName, clockTime, headline, money, single } from './words.ts'

/** The bill of yesterday, a whole UTC day, began at most this long ago. */
const YESTERDAY_MS = 2 * DAY_MS
/** What is billed so late that it may be of calls from before the silence: at least a day, twice the median where measured. */
const LAG_MIN_MS = DAY_MS
/** Late lines of a bill are crumbs; a tenth of a usual day is spend. */
const SHARE_MIN = 10n
/** The burn rate looks back a week: from then on it is 0, and no runway is known. */
const ONLY_FEED_MS = 7 * DAY_MS
const ONLY_FEED = 'only-feed'

/**
 * Usage may rest at night, over a weekend or for good, so silence alone is no alarm. It is one where the bill of the Gemini
 * API goes on without it (plan `gemini-prepay`: other plans' budgets cover other services), and, once, where usage is all
 * that feeds the ledger and a week of it is missing.
 */
export const usageSilent: Rule = {
  name: 'usage-silent',
  aboutCredit: false,
  evaluate: (standing, { now }) => {
    const { usage } = standing.feeds
    if (!usage) return []
    const silentMs = now - usage.lastAt
    const isOnly = !Object.values(standing.account.budgets).includes('drawdown')
    if (isOnly) return silentMs < ONLY_FEED_MS ? [] : [blind(standing, silentMs, usage.lastAt)]
    const limitMs = YESTERDAY_MS + Math.max(LAG_MIN_MS, 2 * (standing.balance.feedLagMs ?? 0))
    if (standing.plan !== 'gemini-prepay' || silentMs < limitMs) return []
    return [unreported(standing, silentMs, usage.lastAt)]
  },
}

/** On a day without spend nothing is proved either way: what is open stays open. */
const unreported = (standing: Standing, silentMs: number, lastAt: number): Finding =>
  single('warning', () => unreportedWords(standing, silentMs, lastAt), '', {
    state: billedYesterday(standing) > 0n ? 'holds' : 'between',
  })

/** 0 where it is too little to be told from what comes late, or not known. */
const billedYesterday = ({ recent }: Standing): bigint => {
  if (recent?.by !== 'bill' || recent.yesterday * SHARE_MIN < recent.usual) return 0n
  return recent.yesterday
}

const unreportedWords = (standing: Standing, silentMs: number, lastAt: number): Words => ({
  title: headline(`No usage reported on ${accountName(standing)} for ${formatSpan(silentMs)}, but the bill goes on`),
  summary: `The last call that was reported was made at ${clockTime(standing, lastAt)}. Google still bills spend of later calls, so they are made and not reported.`,
  figure: formatSpan(silentMs),
  stops:
    'No call stops. Until usage comes again, spend is seen when it is billed, hours late, and low is more cautious.',
  arithmetic: [
    `silent for ${formatSpan(silentMs)}`,
    `billed yesterday (UTC): ${money(standing, standing.recent?.yesterday ?? 0n)}`,
    `a usual day: ${money(standing, standing.recent?.usual ?? 0n)}`,
  ],
  next: feedSteps,
})

const blind = (standing: Standing, silentMs: number, lastAt: number): Finding =>
  single('warning', () => blindWords(standing, silentMs, lastAt), ONLY_FEED, { once: true })

const blindWords = (standing: Standing, silentMs: number, lastAt: number): Words => ({
  title: headline(
    `No usage on ${accountName(standing)} for ${formatSpan(silentMs)}, and nothing else feeds the ledger`,
  ),
  summary: `The last call was made at ${clockTime(standing, lastAt)}. No drawdown budget is configured, so if calls are made and not reported, nobody sees the credit go.`,
  figure: formatSpan(silentMs),
  stops: 'No call stops. Credit can run out without a warning.',
  arithmetic: [
    `silent for ${formatSpan(silentMs)}; the limit is ${formatSpan(ONLY_FEED_MS)}`,
    'budgets with role drawdown: 0',
  ],
  next: [
    { label: 'If no calls are made any more, nothing: it is said once', who: ON_CALL },
    ...feedSteps,
    { label: 'List a budget with role drawdown as a second feed, then: npx drawdown config check', who: ON_CALL },
  ],
})

const feedSteps: readonly NextStep[] = [
  { label: 'See whether the callers still publish usageMetadata to the topic gemini-usage', who: ON_CALL },
  { label: 'Check the topic, its subscription, and npx drawdown quarantine list', who: ON_CALL },
]
