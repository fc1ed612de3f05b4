/** The last day cost several times what days usually cost. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { RecentSpend } from '../domain/balance.ts'
import { divideHalfEven, maxNanos, type Nanos, UNIT } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import type { Rule } from './rule.ts'
import { ON_CALL, spendStep } from './steps.ts'
import { boundsSums, burnSums } from './sums.ts'
import { accountName, bare, headline, money, single, sureness, tenthsText, whatStops } from './words.ts'

/** Opens at three usual days, ends under two. */
const OPENS_TIMES = 3n
const STAYS_TIMES = 2n
/** A day that was nearly reached twice in the last two weeks is a habit: half as much again is news. */
const HABIT_TIMES_TENTHS = 15n
/** Less than a fiftieth of the balance after the last top-up, or than one unit of money, is worth nobody's night. */
const FLOOR_DIVISOR = 50n

/** Two confirmations: the spike must show now, and have shown an hour (by the bill: a reading) ago. */
export const burnSpike: Rule = {
  name: 'burn-spike',
  aboutCredit: false,
  evaluate: (standing) => {
    const { recent } = standing
    if (!recent) return []
    const state = stateOf(standing, recent)
    if (state === 'clear') return []
    const finding = single('warning', () => alarm(standing, recent))
    return [state === 'holds' ? finding : between(finding)]
  },
}

/** Words are made only when they are told, so the getter is handed on. */
const between = (finding: Finding): Finding => ({
  ...{ scope: finding.scope, level: finding.level, severity: finding.severity, rank: finding.rank, state: 'between' },
  get words() {
    return finding.words
  },
})

const floorOf = ({ base }: Standing): Nanos => maxNanos(base / FLOOR_DIVISOR, UNIT)

const stateOf = (standing: Standing, recent: RecentSpend): Finding['state'] => {
  const { confirmed, spent, yesterday, usual, peak } = recent
  const isRare = confirmed * 10n > peak * HABIT_TIMES_TENTHS
  if (confirmed >= OPENS_TIMES * usual && isRare && confirmed >= floorOf(standing)) return 'holds'
  const lately = maxNanos(spent, recent.by === 'bill' ? yesterday : 0n)
  return lately >= STAYS_TIMES * usual && lately >= floorOf(standing) ? 'between' : 'clear'
}

const alarm = (standing: Standing, recent: RecentSpend): Words => {
  const { spent, usual, days, by } = recent
  const [now, often] = [money(standing, spent), money(standing, usual)]
  const span = by === 'usage' ? 'in the last 24 hours' : 'today (UTC)'
  return {
    title: headline(`Spending on ${accountName(standing)} is up: ${now} ${span}, usually ${often} a day`),
    summary: `${now} was ${by === 'usage' ? 'spent, by what callers report,' : 'billed'} ${span}; the median of the ${days} days before is ${often}. ${sureness(standing)}`,
    figure: now,
    stops: whatStops(standing),
    arithmetic: [spikeSum(standing, recent), ...burnSums(standing), ...boundsSums(standing)],
    next: [
      spendStep,
      {
        label: 'Ask the owners of that project whether the rush is meant; if not, revoke the key it uses',
        who: ON_CALL,
      },
    ],
  }
}

const spikeSum = (standing: Standing, { spent, usual, peak, days }: RecentSpend): string => {
  const times =
    usual > 0n
      ? `${tenthsText(divideHalfEven(spent * 10n, usual), standing.account.locale)} × the usual ${bare(standing, usual)}`
      : 'usually nothing'
  return `${bare(standing, spent)} = ${times} (median of ${days} days; the second largest of them cost ${bare(standing, peak)})`
}
