/** What the two budget rules share: levels in basis points, one scope per budget and period, and the words. */

import type { Finding, NextStep } from '../domain/alerts.ts'
import type { BudgetStanding, Standing } from '../domain/standing.ts'
import { formatInstant } from '../domain/time.ts'
import { BILLING_ADMIN, consoleUrl } from './steps.ts'
import { clockTime, headline, money, percentOf } from './words.ts'

/** `90%`, `110.5%`: basis points as people write them. */
export const percentText = (basisPoints: number): string => `${basisPoints / 100}%`

/** A budget's numbers as its messages state them, in its own currency. */
export const budgetFigures = (
  standing: Standing,
  { cost, amount, currencyCode }: BudgetStanding,
): { readonly cost: string; readonly amount: string } => ({
  cost: money(standing, cost, currencyCode),
  amount: money(standing, amount, currencyCode),
})

/** A threshold that was reached holds for the rest of its budget's period. */
export const budgetFinding = (
  standing: Standing,
  budget: BudgetStanding,
  told: { readonly basisPoints: number; readonly title: string; readonly summary: string },
): Finding => ({
  scope: `${budget.budgetId}@${formatInstant(budget.periodStart)}`,
  level: percentText(told.basisPoints),
  severity: 'warning',
  rank: told.basisPoints,
  state: 'holds',
  words: {
    title: headline(told.title),
    summary: told.summary,
    figure: budgetFigures(standing, budget).cost,
    stops: 'Nothing stops: a budget only tells.',
    arithmetic: budgetSums(standing, budget),
    next: [budgetStep(standing)],
  },
})

const budgetSums = (standing: Standing, budget: BudgetStanding): readonly string[] => {
  const { cost, amount } = budgetFigures(standing, budget)
  const share = percentOf(budget.cost, budget.amount, standing.account.locale)
  return [
    `cost ${cost} of ${amount}${share === undefined ? '' : `, ${share}`}`,
    `period since ${clockTime(standing, budget.periodStart)}, last message ${clockTime(standing, budget.lastAt)}`,
    `budget ${budget.budgetId} (${budget.role})`,
  ]
}

const budgetStep = (standing: Standing): NextStep => ({
  label: 'Open the budget: which services and projects cost it, and whether its amount is still right',
  who: BILLING_ADMIN,
  url: consoleUrl(standing, '/budgets'),
})
