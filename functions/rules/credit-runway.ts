/** Credit lasts only so many hours more at the present burn rate, in the worst of ten cases. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { Runway } from '../domain/balance.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Rule } from './rule.ts'
import { calmStep, compareStep, payStep, recordStep, spendStep } from './steps.ts'
import { boundsSums, burnSums, purchase, purchaseSums } from './sums.ts'
import { accountName, headline, hoursText, judgesCredit, money, sureness, whatStops } from './words.ts'

/** A shorter history says nothing about tomorrow. */
const HISTORY_MIN_MS = DAY_MS
const CRITICAL_HOURS = 24
/** Resolves a quarter above the level. */
const CLEAR_FACTOR = 1.25

/** Judges p10 against every configured number of hours; without burn every level is clear. */
export const creditRunway: Rule = {
  name: 'credit-runway',
  aboutCredit: true,
  quietedBy: ['credit-exhausted', 'prepayment-required'],
  evaluate: (standing) =>
    judgesCredit(standing)
      ? [...new Set(standing.account.thresholds.runwayHours)].map((hours) => findingOf(standing, hours))
      : [],
}

const findingOf = (standing: Standing, hours: number): Finding => {
  const state = stateOf(standing, hours)
  const { runway } = standing
  return {
    scope: '',
    level: `${hours}h`,
    severity: hours <= CRITICAL_HOURS ? 'critical' : 'warning',
    rank: -hours,
    state,
    /** Put together only when they are told: most evaluations tell nothing. */
    get words() {
      return state !== 'clear' && runway ? alarm(standing, runway) : relief(standing, hours)
    },
  }
}

/** With too little history a level neither opens nor resolves; a feed that fell silent is no all-clear. */
const stateOf = ({ runway, burn, feeds }: Standing, hours: number): Finding['state'] => {
  if (!runway && feeds.budget?.stale && feeds.usage?.stale !== false) return 'between'
  if (!runway || runway.p10Hours >= hours * CLEAR_FACTOR) return 'clear'
  return runway.p10Hours <= hours && burn.coveredMs >= HISTORY_MIN_MS ? 'holds' : 'between'
}

const alarm = (standing: Standing, runway: Runway): Words => {
  const perDay = money(standing, standing.burn.perDay)
  const left = money(standing, standing.balance.low)
  const { locale } = standing.account
  const lasts = hoursText(runway.p10Hours, locale)
  return {
    title: headline(
      `Credit may last only ${lasts} more on ${accountName(standing)}: ${left} left, ${perDay} spent per day`,
    ),
    summary: `At the burn rate of the last days credit most likely lasts ${hoursText(runway.p50Hours, locale)}, in one case of ten less than ${lasts}. ${sureness(standing)}${purchase(standing)}`,
    figure: lasts,
    stops: whatStops(standing),
    arithmetic: [
      runwaySum(standing, runway),
      ...burnSums(standing),
      ...purchaseSums(standing),
      ...boundsSums(standing),
    ],
    next: [payStep(standing), recordStep, spendStep, compareStep(standing)],
  }
}

const runwaySum = ({ account }: Standing, runway: Runway): string => {
  const { p10Hours, p50Hours, p90Hours, shapedByWeeks: weeks } = runway
  const [p10, p50, p90] = [p10Hours, p50Hours, p90Hours].map((hours) => hoursText(hours, account.locale))
  const shaped = weeks === undefined ? '' : `, by the hours of the week as calls were spread over ${weeks} weeks`
  return `runway ${p10} (p10), ${p50} (p50), ${p90} (p90)${shaped}`
}

/** Written at every evaluation of an account that is well, so it stays short. */
const relief = (standing: Standing, level: number): Words => {
  const { runway } = standing
  const lasts = runway ? hoursText(runway.p10Hours, standing.account.locale) : 'without end'
  const how = runway ? `at least ${lasts} in nine cases of ten` : 'without end: nothing is being spent'
  return {
    title: headline(`Credit on ${accountName(standing)} lasts longer: ${lasts} (level ${level}h)`),
    summary: `At the present burn rate credit lasts ${how}. ${sureness(standing)}`,
    figure: lasts,
    arithmetic: [],
    next: [calmStep(standing)],
  }
}
