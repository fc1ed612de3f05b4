/** Credit is low: the cautious balance is at or under a share of what the latest grant made of it, or an amount. */

import type { Finding, Words } from '../domain/alerts.ts'
import { formatDecimal, type Nanos } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import type { Rule } from './rule.ts'
import { calmStep, compareStep, payStep, recordStep, spendStep } from './steps.ts'
import { boundsSums, burnSums, purchase, purchaseSums } from './sums.ts'
import { accountName, headline, judgesCredit, money, percentOf, sureness, whatStops } from './words.ts'

type Level = {
  readonly text: string
  /** How the mark is named to people. */
  readonly mark: string
  /** Worth in money, for ordering the levels. */
  readonly worth: Nanos
  readonly state: Finding['state']
}

const BASIS_POINTS = 10_000n
/** Resolves ten points above a percent level. */
const POINTS_ABOVE = 1_000n

/** Judges `low` against every configured level; the lowest in money is critical. */
export const creditLow: Rule = {
  name: 'credit-low',
  aboutCredit: true,
  quietedBy: ['credit-exhausted', 'prepayment-required'],
  evaluate: (standing) => (judgesCredit(standing) ? levels(standing).map(findingOf(standing)) : []),
}

/** Highest first, so that a level's place is its rank. */
const levels = (standing: Standing): readonly Level[] => {
  const { percent, amount } = standing.account.thresholds
  const percents = [...new Set(percent)].sort((a, b) => b - a).map((share) => percentLevel(standing, share))
  const amounts = [...new Set(amount)].sort((a, b) => compare(b, a)).map((mark) => amountLevel(standing, mark))
  return [...percents, ...amounts].sort((a, b) => compare(b.worth, a.worth))
}

const compare = (a: Nanos, b: Nanos): number => (a < b ? -1 : a > b ? 1 : 0)

const percentLevel = (standing: Standing, percent: number): Level => {
  const { base } = standing
  const { low } = standing.balance
  const share = BigInt(Math.round(percent * 100))
  const text = `${percent}%`
  const mark = `${text} of the balance after the last top-up`
  if (base <= 0n) return { text, mark, worth: 0n, state: low <= 0n ? 'holds' : 'clear' }
  const holds = low * BASIS_POINTS <= share * base
  const clear = low * BASIS_POINTS >= (share + POINTS_ABOVE) * base
  return { text, mark, worth: (share * base) / BASIS_POINTS, state: stateOf(holds, clear) }
}

const amountLevel = (standing: Standing, amount: Nanos): Level => {
  const { low } = standing.balance
  const state = stateOf(low <= amount, low * 10n >= amount * 11n)
  return { text: formatDecimal(amount, standing.account.currency), mark: money(standing, amount), worth: amount, state }
}

const stateOf = (holds: boolean, clear: boolean): Finding['state'] => (holds ? 'holds' : clear ? 'clear' : 'between')

const findingOf =
  (standing: Standing) =>
  (level: Level, index: number, all: readonly Level[]): Finding => ({
    scope: '',
    level: level.text,
    severity: index === all.length - 1 ? 'critical' : 'warning',
    rank: index,
    state: level.state,
    /** Put together only when they are told: most evaluations tell nothing. */
    get words() {
      return level.state === 'clear' ? relief(standing, level) : alarm(standing, level)
    },
  })

const alarm = (standing: Standing, level: Level): Words => {
  const left = money(standing, standing.balance.low)
  return {
    title: headline(`Credit is low: ${left} left on ${accountName(standing)} (${nearness(level)} ${level.mark})`),
    summary: `${sureness(standing)} This alert goes by the lowest figure, ${left}.${purchase(standing)}`,
    figure: left,
    stops: whatStops(standing),
    arithmetic: [...boundsSums(standing), ...levelSum(standing), ...burnSums(standing), ...purchaseSums(standing)],
    next: [payStep(standing), recordStep, spendStep, compareStep(standing)],
  }
}

/** An open alert inside the hysteresis is repeated with words that are still true. */
const nearness = (level: Level): string => (level.state === 'holds' ? 'at or under' : 'only just above')

const levelSum = (standing: Standing): readonly string[] => {
  const share = percentOf(standing.balance.low, standing.base, standing.account.locale)
  return share === undefined ? [] : [`low is ${share} of ${money(standing, standing.base)} after the last top-up`]
}

/** Written at every evaluation of an account that is well, so it stays short. */
const relief = (standing: Standing, level: Level): Words => {
  const left = money(standing, standing.balance.low)
  return {
    title: headline(`Credit is above its ${level.text} level: ${left} left on ${accountName(standing)}`),
    summary: `${sureness(standing)} Even the lowest figure is above ${level.mark}.`,
    figure: left,
    arithmetic: [],
    next: [calmStep(standing)],
  }
}
