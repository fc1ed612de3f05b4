/** A drawdown budget has gone silent, or nothing feeds the ledger at all. */

import type { Finding, NextStep, Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { formatSpan, HOUR_MS, type Instant } from '../domain/time.ts'
import type { Rule, RuleContext } from './rule.ts'
import { BILLING_ADMIN, consoleUrl, ON_CALL } from './steps.ts'
import { accountName, clockTime, headline, shortName, single } from './words.ts'

/** Budgets speak several times a day, spend or no spend; a day and a half of silence is a fault. */
const SILENT_MS = 36 * HOUR_MS
const NO_SOURCE = 'no-source'

/** Counted from the first start where a budget never spoke. */
export const feedStale: Rule = {
  name: 'feed-stale',
  aboutCredit: false,
  evaluate: (standing, context) => {
    const drawdown = Object.entries(standing.account.budgets).filter(([, role]) => role === 'drawdown')
    if (drawdown.length === 0) return noSource(standing, context)
    return drawdown.flatMap(([budgetId]) => silentBudget(standing, context, budgetId))
  },
}

const silentBudget = (standing: Standing, context: RuleContext, budgetId: string): readonly Finding[] => {
  const told = standing.budgets.filter((budget) => budget.budgetId === budgetId)
  const lastAt = told.length === 0 ? undefined : Math.max(...told.map((budget) => budget.lastAt))
  const silentMs = context.now - (lastAt ?? context.firstSeenAt)
  const name = told.at(-1)?.name ?? budgetId
  if (silentMs < SILENT_MS) return []
  return [single('warning', () => silent(standing, context, { lastAt, silentMs, name }), budgetId)]
}

type Heard = { readonly lastAt: Instant | undefined; readonly silentMs: number; readonly name: string }

const silent = (standing: Standing, context: RuleContext, { lastAt, silentMs, name }: Heard): Words => ({
  title: headline(
    `No message from budget ${shortName(name)} for ${formatSpan(silentMs)}: the ledger of ${accountName(standing)} is blind`,
  ),
  summary:
    lastAt === undefined
      ? `Budget ${name} has never spoken since Drawdown started at ${clockTime(standing, context.firstSeenAt)}. Without it no spend is drawn down.`
      : `The last message of budget ${name} was published at ${clockTime(standing, lastAt)}. Spend since then is not drawn down, so the balance may look higher than it is.`,
  figure: formatSpan(silentMs),
  stops: 'No call stops. Credit alerts may come too late until the budget speaks again.',
  arithmetic: [
    `silent for ${formatSpan(silentMs)}; messages come several times a day, the limit is ${formatSpan(SILENT_MS)}`,
  ],
  next: feedSteps(standing),
})

const feedSteps = (standing: Standing): readonly NextStep[] => [
  {
    label: 'Check that the budget still exists and is connected to the topic billing-notifications',
    who: BILLING_ADMIN,
    url: consoleUrl(standing, '/budgets'),
  },
  { label: 'Check the topic, its subscription, and that the budget still publishes to it', who: ON_CALL },
]

const noSource = (standing: Standing, { now, firstSeenAt }: RuleContext): readonly Finding[] =>
  standing.feeds.usage === undefined && now - firstSeenAt >= SILENT_MS
    ? [single('warning', () => unfed(standing, firstSeenAt), NO_SOURCE, { once: true })]
    : []

const unfed = (standing: Standing, firstSeenAt: Instant): Words => ({
  title: headline(`Nothing feeds the ledger of ${accountName(standing)}: no drawdown budget and no usage`),
  summary: `Since ${clockTime(standing, firstSeenAt)} no usage has arrived, and no budget is configured with role drawdown. Drawdown cannot see spend on this account and will not warn of low credit.`,
  figure: 'no source',
  stops: 'No call stops. Credit can run out without a warning.',
  arithmetic: ['budgets with role drawdown: 0', 'usage messages: 0'],
  next: [
    {
      label: 'Create a budget that excludes credits and connect it to the topic billing-notifications',
      who: BILLING_ADMIN,
      url: consoleUrl(standing, '/budgets'),
    },
    { label: 'List its id under budgets with role drawdown, then: npx drawdown config check', who: ON_CALL },
    { label: 'Or publish each call’s usageMetadata to the topic gemini-usage', who: ON_CALL },
  ],
})
