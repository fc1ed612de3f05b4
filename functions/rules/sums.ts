/** The sums behind an alert, line by line, in numbers that add up as printed. */

import type { Drift } from '../domain/balance.ts'
import { assertNever } from '../domain/errors.ts'
import { DEFAULT_LOCALE, numeral } from '../domain/locale.ts'
import { currencyDigits, divideHalfEven, maxNanos, minNanos, type Nanos, UNIT } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, formatSpan } from '../domain/time.ts'
import { bare, clip, clockTime, money, NAMES_MAX } from './words.ts'

/** A month is how people buy credit. */
const PURCHASE_DAYS = 30
/** The few that explain the burn; a model's name is outside text. */
const MODELS_MAX = 3
const MODEL_MAX = 60

/** How the three bounds came about (design §4.3), one line each; amounts rounded to the currency's digits. */
export const boundsSums = (standing: Standing): readonly string[] => {
  const { high, value } = standing.balance
  const text = (amount: Nanos) => bare(standing, amount)
  const unbilled = text(printed(standing, high) - printed(standing, value))
  return [
    `high ${text(high)} = grants remaining after billed spend of ${text(standing.spent.billed)}`,
    `value ${text(value)} = high − ${unbilled} estimated spend not billed yet (factor ${factorText(standing)})`,
    lowSum(standing),
    ...driftLine(standing),
    ...lagLine(standing),
    ...grossLine(standing),
    ...correctedLine(standing),
    `all amounts in ${standing.account.currency}, as of ${clockTime(standing, standing.asOf)}`,
  ]
}

/** The burn rate, the time it was measured over, and which projects burn most. */
export const burnSums = (standing: Standing): readonly string[] => {
  const { perDay, spent, coveredMs } = standing.burn
  const burn = `burn ${bare(standing, perDay)}/day = ${bare(standing, spent)} spent over ${formatSpan(coveredMs)}`
  const largest = standing.byProject.slice(0, NAMES_MAX)
  if (largest.length === 0) return [burn]
  const shares = largest.map((share) => `${share.projectId} ${bare(standing, share.perDay)}/day`)
  return [burn, `by project, estimated: ${shares.join(', ')}`, ...modelLine(standing)]
}

/** The models that burn most, over all projects; nothing where no call named one. */
const modelLine = (standing: Standing): readonly string[] => {
  const rows = standing.byProject.flatMap(({ projectId, models }) => models.map((row) => ({ projectId, ...row })))
  const largest = rows
    .filter(({ model }) => model !== '')
    .sort((a, b) => (a.perDay > b.perDay ? -1 : a.perDay < b.perDay ? 1 : 0))
    .slice(0, MODELS_MAX)
  const shares = largest.map(({ projectId, model, perDay }) => {
    const where = standing.byProject.length > 1 ? ` in ${projectId}` : ''
    return `${clip(model, MODEL_MAX)}${where} ${bare(standing, perDay)}/day`
  })
  return shares.length === 0 ? [] : [`by model, estimated: ${shares.join(', ')}`]
}

/** An amount as it is printed: differences of printed amounts are what a reader would check. */
const printed = (standing: Standing, amount: Nanos): Nanos => {
  const step = 10n ** BigInt(9 - currencyDigits(standing.account.currency))
  return divideHalfEven(amount, step) * step
}

/** Two decimals, cut. */
const factorText = (standing: Standing, factorMillionths = standing.balance.factorMillionths): string => {
  const text = `${factorMillionths / 1_000_000n}.${String((factorMillionths / 10_000n) % 100n).padStart(2, '0')}`
  return numeral(text, standing.account.locale ?? DEFAULT_LOCALE)
}

const lowSum = (standing: Standing): string => {
  const { value, low, drift, lagMs } = standing.balance
  const text = (amount: Nanos) => bare(standing, amount)
  const total = printed(standing, value) - printed(standing, low)
  const lagged = minNanos(maxNanos(printed(standing, value - low - drift), 0n), total)
  const why =
    lagMs > 0 ? `burn ${text(standing.burn.perDay)}/day × ${formatSpan(lagMs)} feed lag` : 'no feed lag to cover'
  const floor = low === 0n && expectedLag(standing) + drift > value ? ', not below zero' : ''
  return `low ${text(low)} = value − ${text(lagged)} (${why}) − drift ${text(total - lagged)}${floor}`
}

const expectedLag = (standing: Standing): Nanos =>
  (standing.burn.perDay * BigInt(Math.trunc(standing.balance.lagMs))) / BigInt(DAY_MS)

const driftLine = (standing: Standing): readonly string[] => {
  const { driftBy } = standing.balance
  return driftBy ? [`drift: ${driftText(standing, driftBy)}`] : []
}

const driftText = (standing: Standing, drift: Drift): string => {
  const amount = bare(standing, drift.amount)
  switch (drift.by) {
    case 'unbilled':
      return `of the last ${formatSpan(drift.spanMs)} up to ${amount} may not be billed yet (factor ${factorText(standing, drift.factorMillionths)} at most)`
    case 'silence':
      return `no call was told for ${formatSpan(drift.spanMs)}; at ${bare(standing, drift.perHour)} an hour, as in dear hours of the last day, that may hide ${amount}`
    case 'readings':
      return `balance readings found the ledger too high by up to ${shareText(standing, drift.shareMillionths)} of spend; of ${bare(standing, drift.spent)} spent since the latest one that is ${amount}`
    default:
      return assertNever(drift)
  }
}

/** Percent with one decimal, cut. */
const shareText = ({ account }: Standing, millionths: bigint): string =>
  `${numeral(String(Number(millionths / 1_000n) / 10), account.locale ?? DEFAULT_LOCALE)}%`

const lagLine = (standing: Standing): readonly string[] => {
  const { feedLagMs } = standing.balance
  return feedLagMs === undefined ? [] : [`billed feed ${formatSpan(feedLagMs)} behind usage at the median, as measured`]
}

/** A gross budget knows nothing of Google's own credits (design §4.1). */
const grossLine = (standing: Standing): readonly string[] =>
  standing.plan === 'gemini-prepay' && standing.budgets.some(({ role }) => role === 'drawdown')
    ? ['billed spend is gross: where Cloud credits of Google’s own paid a part, more is left than high says']
    : []

/** What to buy so that credit lasts a month at the present burn, by the lowest figure; rounded up to a whole unit of the currency. */
const purchaseFor = (standing: Standing): Nanos => {
  const short = standing.burn.perDay * BigInt(PURCHASE_DAYS) - standing.balance.low
  return short <= 0n ? 0n : ((short + UNIT - 1n) / UNIT) * UNIT
}

/** The purchase as a sentence that follows another; empty where credit lasts that long anyway. */
export const purchase = (standing: Standing): string => {
  const amount = purchaseFor(standing)
  return amount === 0n ? '' : ` To last ${PURCHASE_DAYS} days at this burn rate, buy ${money(standing, amount)}.`
}

/** The purchase as a sum; none where credit lasts that long anyway. */
export const purchaseSums = (standing: Standing): readonly string[] => {
  const amount = purchaseFor(standing)
  if (amount === 0n) return []
  const need = `${PURCHASE_DAYS} × ${bare(standing, standing.burn.perDay)} burn − low ${bare(standing, standing.balance.low)}`
  return [`to last ${PURCHASE_DAYS} days, buy ${bare(standing, amount)} (${need}, rounded up)`]
}

const correctedLine = (standing: Standing): readonly string[] => {
  const { corrected } = standing.spent
  if (corrected === undefined || corrected === 0n) return []
  return [`corrected ${bare(standing, corrected)}: taken in from a balance an operator read`]
}
