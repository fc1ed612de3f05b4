/** Google forecasts that a budget's cost will reach one of the budget's own forecast thresholds. */

import type { Finding } from '../domain/alerts.ts'
import type { BudgetStanding, Standing } from '../domain/standing.ts'
import { budgetFigures, budgetFinding, percentText } from './budget-words.ts'
import type { Rule } from './rule.ts'
import { accountName, clockTime, shortName } from './words.ts'

/** The forecast is the vendor's own; it moves no money in the ledger. */
export const budgetForecast: Rule = {
  name: 'budget-forecast',
  aboutCredit: false,
  evaluate: (standing) =>
    standing.budgets.flatMap((budget) =>
      budget.forecastThresholdsBp.map((basisPoints) => findingOf(standing, budget, basisPoints)),
    ),
}

const findingOf = (standing: Standing, budget: BudgetStanding, basisPoints: number): Finding => {
  const { cost, amount } = budgetFigures(standing, budget)
  const level = percentText(basisPoints)
  return budgetFinding(standing, budget, {
    basisPoints,
    title: `Budget ${shortName(budget.name)} is forecast to reach ${level} of ${amount} on ${accountName(standing)}`,
    summary: `Google expects budget ${budget.name} to reach ${level} of ${amount} in the period since ${clockTime(standing, budget.periodStart)}. So far it has cost ${cost}.`,
  })
}
