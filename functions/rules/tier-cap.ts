/** The monthly cap of the tier: reached, or to be reached before the month is over. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { CauseEvidence } from '../domain/evidence.ts'
import type { Tier } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import type { MonthStanding, Standing } from '../domain/standing.ts'
import { billingMonthStart, DAY_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { prepaymentTerms } from '../policy/plans.ts'
import { CAUSE_TERMS } from './cause-steps.ts'
import type { Rule } from './rule.ts'
import { spendStep } from './steps.ts'
import { burnSums } from './sums.ts'
import { capAmount, knownLine, limitsLine, lookStep, lossText, TIER_NAMES, tierInForce } from './tier-words.ts'
import { accountName, clip, clockTime, headline, money, percentOf, single } from './words.ts'

/** A pace below nine tenths of the cap is over. */
const CLEAR_TENTHS = 9n
/** Calls that are served this far above the cap show that another one is in force. */
const SERVED_ABOVE_TENTHS = 11n
const SERVED_LATELY_MS = 30 * MINUTE_MS
/** A pace is judged after a day of spend, and so is the cap of a tier that only payments tell: who knows what was paid before. */
const COVERED_MIN_MS = DAY_MS
const MESSAGE_MAX = 300

/** Worst first: a refusal or the month's spend at the cap, then the pace. It ends with the month, or when calls are served again. */
export const tierCap: Rule = {
  name: 'tier-cap',
  aboutCredit: false,
  evaluate: (standing) => {
    const refusal = refusalOf(standing)
    const pace = paceOf(standing)
    const isReached = refusal !== undefined || (pace !== undefined && isAtCap(standing, pace))
    return [
      ...(isReached ? [reached(standing, refusal, pace)] : []),
      ...(pace ? [soon(standing, pace, isReached)] : []),
    ]
  },
}

type Pace = {
  readonly tier: Tier
  readonly cap: Nanos
  readonly month: MonthStanding
  /** What the month comes to if it goes on like this; as spent so far until there is a day of spend to go by. */
  readonly projected: Nanos
  /** When the cap is reached; `undefined` without burn. */
  readonly at: Instant | undefined
}

/** The latest refusal of this month that no served call has followed. */
const refusalOf = (standing: Standing): CauseEvidence | undefined => {
  const { causes = [], paidCallAt = 0 } = standing.evidence
  const latest = causes.find(({ cause }) => cause === 'tier-cap')
  const isThisMonth = latest !== undefined && latest.at >= billingMonthStart(standing.asOf)
  return isThisMonth && paidCallAt <= latest.at ? latest : undefined
}

/** Only where the feeds count the Gemini API alone: a budget over all services says nothing of its cap. */
const paceOf = (standing: Standing): Pace | undefined => {
  const tier = tierInForce(standing)
  const { month, burn, asOf } = standing
  if (tier === undefined || month === undefined || paysForAll(standing)) return undefined
  const cap = capAmount(standing, tier)
  if (cap === undefined) return undefined
  const { perDay } = burn
  const hasPace = perDay > 0n && burn.coveredMs >= COVERED_MIN_MS
  const projected = hasPace ? month.spent + (perDay * BigInt(month.to - asOf)) / BigInt(DAY_MS) : month.spent
  const at = hasPace ? asOf + Number(((cap - month.spent) * BigInt(DAY_MS)) / perDay) : undefined
  return { tier, cap, month, projected, at }
}

const paysForAll = (standing: Standing): boolean =>
  prepaymentTerms(standing.plan, standing.asOf)?.paysFor === 'any-service'

const isJudged = ({ tier, burn }: Standing): boolean => tier.observed !== undefined || burn.coveredMs >= COVERED_MIN_MS

const isAtCap = (standing: Standing, { month, cap }: Pace): boolean => {
  if (!isJudged(standing)) return false
  const { paidCallAt } = standing.evidence
  const isServed = paidCallAt !== undefined && standing.asOf - paidCallAt <= SERVED_LATELY_MS
  return month.spent >= cap && !(isServed && month.spent * 10n > cap * SERVED_ABOVE_TENTHS)
}

const reached = (standing: Standing, refusal: CauseEvidence | undefined, pace: Pace | undefined): Finding =>
  single('critical', () => stoppedWords(standing, refusal, pace), '', { level: '100%', rank: 1 })

const stoppedWords = (standing: Standing, refusal: CauseEvidence | undefined, pace: Pace | undefined): Words => {
  const tier = pace?.tier ?? tierInForce(standing)
  const until = standing.month === undefined ? 'the 1st of next month' : clockTime(standing, standing.month.to)
  const named = tier === undefined ? 'its tier' : TIER_NAMES[tier]
  return {
    title: headline(
      `${accountName(standing)} has reached the monthly cap of ${named}: Google pauses every linked project`,
    ),
    summary: `${refusal ? `Calls of ${clip(refusal.projectId, 80)} are refused since ${clockTime(standing, refusal.at)} at the latest because the billing account is over its monthly cap.` : 'By the ledger the month’s spend has come to the cap; no refusal was reported yet.'} Buying credit does not help; a higher cap does, or the 1st of the month.`,
    figure: pace ? money(standing, pace.month.spent) : lossText(standing, tier ?? standing.tier.entitled),
    stops: `Now: the Gemini API of every linked project, until ${until} or until Google raises the cap.`,
    arithmetic: [...refusalLines(standing, refusal), ...paceLines(standing, pace)],
    next: [CAUSE_TERMS['tier-cap'].next, spendStep, lookStep],
  }
}

const refusalLines = (standing: Standing, refusal: CauseEvidence | undefined): readonly string[] =>
  refusal
    ? [
        `error ${refusal.code} at ${clockTime(standing, refusal.at)} in project ${clip(refusal.projectId, 80)}: “${clip(refusal.message, MESSAGE_MAX)}”`,
      ]
    : []

const paceLines = (standing: Standing, pace: Pace | undefined): readonly string[] => {
  if (!pace) return [knownLine(standing)]
  const { month, cap, tier } = pace
  const share = percentOf(month.spent, cap, standing.account.locale)
  return [
    `spent since ${clockTime(standing, month.from)}: ${money(standing, month.spent)} of ${money(standing, cap)}${share === undefined ? '' : ` (${share})`}`,
    ...burnSums(standing),
    limitsLine(standing, tier),
    knownLine(standing),
  ]
}

const soon = (standing: Standing, pace: Pace, isReached: boolean): Finding =>
  single('warning', () => soonWords(standing, pace), '', { state: soonState(standing, pace, isReached) })

const soonState = (standing: Standing, pace: Pace, isReached: boolean): Finding['state'] => {
  const { month, cap, projected, at } = pace
  if (isReached) return 'between'
  if (month.spent >= cap) return isJudged(standing) ? 'holds' : 'between'
  if (projected * 10n < cap * CLEAR_TENTHS) return 'clear'
  return at !== undefined && at < month.to && isAffordable(standing, pace) ? 'holds' : 'between'
}

/** Prepaid credit that ends before the cap is another rule's warning, unless it buys itself more. */
const isAffordable = (standing: Standing, { cap, month }: Pace): boolean =>
  standing.plan !== 'gemini-prepay' ||
  standing.autoReload?.enabled === true ||
  standing.balance.high >= cap - month.spent

const soonWords = (standing: Standing, pace: Pace): Words => {
  const { tier, cap, month, at, projected } = pace
  const capped = money(standing, cap)
  const told = `${accountName(standing)} `
  if (month.spent >= cap) return aboveWords(standing, pace)
  if (at === undefined || at >= month.to)
    return {
      ...calm(standing, pace),
      title: headline(`${told}stays below the monthly cap of ${TIER_NAMES[tier]}, ${capped}, at this pace`),
    }
  return {
    ...calm(standing, pace),
    title: headline(
      `${told}reaches the monthly cap of ${TIER_NAMES[tier]}, ${capped}, on ${clockTime(standing, at)} at this pace`,
    ),
    stops: `About ${clockTime(standing, at)}: Google pauses the Gemini API of every linked project until ${clockTime(standing, month.to)}.`,
    summary: `${money(standing, month.spent)} is spent this month; at the present burn it would come to ${money(standing, projected)}. The cap is the tier’s: more credit does not lift it.`,
  }
}

const calm = (standing: Standing, pace: Pace): Words => ({
  title: '',
  summary: `${money(standing, pace.month.spent)} is spent this month; at the present burn it comes to ${money(standing, pace.projected)}.`,
  figure: `${money(standing, pace.month.spent)} of ${money(standing, pace.cap)}`,
  arithmetic: paceLines(standing, pace),
  next: [spendStep, CAUSE_TERMS['tier-cap'].next, lookStep],
})

const aboveWords = (standing: Standing, pace: Pace): Words => ({
  ...calm(standing, pace),
  title: headline(
    `${accountName(standing)} is above the monthly cap of ${TIER_NAMES[pace.tier]}, yet calls are served`,
  ),
  summary: `${money(standing, pace.month.spent)} is spent this month, more than the cap of ${money(standing, pace.cap)}, and paid calls still succeed. Most likely the account has a higher tier or cap than the ledger knows.`,
  next: [lookStep, spendStep],
})
