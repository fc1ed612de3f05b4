/** A budget's cost reached one of the budget's own thresholds. */

import type { Finding } from '../domain/alerts.ts'
import type { BudgetStanding, Standing } from '../domain/standing.ts'
import { budgetFigures, budgetFinding, percentText } from './budget-words.ts'
import type { Rule } from './rule.ts'
import { accountName, clockTime, shortName } from './words.ts'

/** Every budget, drawdown and watch; the period is part of the scope, so a new period alerts anew. */
export const budgetThreshold: Rule = {
  name: 'budget-threshold',
  aboutCredit: false,
  evaluate: (standing) =>
    standing.budgets.flatMap((budget) =>
      budget.thresholdsBp.map((basisPoints) => findingOf(standing, budget, basisPoints)),
    ),
}

const findingOf = (standing: Standing, budget: BudgetStanding, basisPoints: number): Finding => {
  const { cost, amount } = budgetFigures(standing, budget)
  const level = percentText(basisPoints)
  return budgetFinding(standing, budget, {
    basisPoints,
    title: `Budget ${shortName(budget.name)} reached ${level} of ${amount} on ${accountName(standing)}`,
    summary: `Since ${clockTime(standing, budget.periodStart)} budget ${budget.name} has cost ${cost} of ${amount}, as Google billed it by ${clockTime(standing, budget.lastAt)}.`,
  })
}
