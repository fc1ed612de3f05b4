/** May a job that burns credit start? One verdict and one line why. */

import { formatForPeople } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { creditLow } from '../rules/credit-low.ts'
import { judgeEvidence } from '../rules/evidence.ts'
import type { AccountView } from './desk.ts'

export type Verdict = 'fine' | 'low' | 'out' | 'unknown'
export type Guard = { readonly verdict: Verdict; readonly why: string }

/** Alerts that mean credit is low while they fire, whatever the balance says by now. */
const LOW_RULES: readonly string[] = ['credit-low', 'credit-runway']

/** Judges value and low as of the view's instant. A demand for a prepayment counts even where no credit was ever entered. */
export const guardOf = ({ standing, episodes }: AccountView): Guard => {
  const name = standing.account.name
  if (judgeEvidence(standing) === 'prepayment-required')
    return { verdict: 'out', why: `Google demands a prepayment on ${name}.` }
  if (!PLAN_TERMS[standing.plan].creditMatters)
    return { verdict: 'fine', why: `${name} is on ${standing.plan}: no prepaid credit can run out.` }
  if (!standing.funded)
    return {
      verdict: 'unknown',
      why: `No credit is recorded for ${name}: enter it with drawdown grant add, or the balance you see with drawdown reading.`,
    }
  const { value } = standing.balance
  if (value <= 0n) return { verdict: 'out', why: `The credit of ${name} is gone: ${money(standing, value)}.` }
  const firing = episodes.find(({ rule, status }) => status === 'firing' && LOW_RULES.includes(rule))
  const low = lowLevel(standing) ?? firing?.title
  return low === undefined ? { verdict: 'fine', why: fineLine(standing) } : { verdict: 'low', why: low }
}

/** The lowest level reached, worded by the rule itself: nobody may have judged the account since. */
const lowLevel = (standing: Standing): string | undefined =>
  creditLow
    .evaluate(standing, { now: standing.asOf, firstSeenAt: standing.asOf, rejected: [] })
    .findLast(({ state }) => state === 'holds')?.words.title

const fineLine = (standing: Standing): string => {
  const { value, low } = standing.balance
  return `${standing.account.name} has ${money(standing, value)}, at least ${money(standing, low)}.`
}

const money = (standing: Standing, amount: bigint): string =>
  formatForPeople(amount, standing.account.currency, standing.account.locale)
