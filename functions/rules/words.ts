/** Phrases that rules share: amounts, times, names, how sure the ledger is, and what stops with what. */

import type { Finding, Severity, Words } from '../domain/alerts.ts'
import { assertNever } from '../domain/errors.ts'
import { DEFAULT_LOCALE, numeral } from '../domain/locale.ts'
import { formatForPeople, type Nanos } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { formatInZone, HOUR_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'

/** One line fits a phone's notification and every chat's card header. */
const TITLE_MAX = 140
/** Long enough to tell names apart, short enough that the figure stays in the title. */
const NAME_MAX = 36
/** More names make a list nobody reads. */
export const NAMES_MAX = 5
/** A later end is no news, and far instants are no dates. */
const HORIZON_HOURS = 10 * 365 * 24

/** Whether credit can be judged: some credit is known, and the plan has credit to run out of. */
export const judgesCredit = (standing: Standing): boolean => standing.funded && PLAN_TERMS[standing.plan].creditMatters

/**
 * What a rule with one level found, about the account or one subject of it; `over` says what is otherwise. Its words are
 * made when somebody tells them: a copy by spread would make them at once.
 */
export const single = (
  severity: Severity,
  words: () => Words,
  scope = '',
  over: Partial<Omit<Finding, 'words' | 'severity' | 'scope'>> = {},
): Finding => {
  let made: Words | undefined
  return {
    scope,
    level: '',
    severity,
    rank: 0,
    state: 'holds',
    ...over,
    get words() {
      made ??= words()
      return made
    },
  }
}

/** Cuts outside text to `max` UTF-16 units, the last an ellipsis; never splits a surrogate pair. */
export const clip = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`

/** A title that fits one line whatever the names in it. */
export const headline = (text: string): string => clip(text, TITLE_MAX)

/** A name as it fits a title. */
export const shortName = (name: string): string => clip(name, NAME_MAX)

/** The account's name as it fits a title. */
export const accountName = (standing: Standing): string => shortName(standing.account.name)

/** An amount with its code, in the account's currency unless told, rounded half to even to the currency's digits. */
export const money = ({ account }: Standing, amount: Nanos, currencyCode = account.currency): string =>
  formatForPeople(amount, currencyCode, account.locale)

/** The same without the code, for sums. */
export const bare = (standing: Standing, amount: Nanos): string => money(standing, amount).replace(/ [A-Z]{3}$/, '')

/** An instant in the account's zone. */
export const clockTime = (standing: Standing, at: Instant): string => formatInZone(at, standing.account.timeZone)

/** Hours for people, rounded down: `190 h`, `7.5 h`, `40 min`. */
export const hoursText = (hours: number, locale = DEFAULT_LOCALE): string => {
  if (!(hours <= HORIZON_HOURS)) return 'more than ten years'
  const shown = Math.max(0, hours)
  if (shown < 1) return `${Math.floor(shown * 60)} min`
  return shown >= 10 ? `${Math.floor(shown)} h` : `${tenthsText(BigInt(Math.floor(shown * 10)), locale)} h`
}

/** A share in percent, cut to one decimal; `undefined` of nothing. */
export const percentOf = (part: Nanos, whole: Nanos, locale = DEFAULT_LOCALE): string | undefined =>
  whole > 0n ? `${tenthsText((part * 1_000n) / whole, locale)}%` : undefined

/** A count of tenths as a number, without a zero behind the point: 74 is `7.4`, 70 is `7`. */
export const tenthsText = (count: bigint, locale = DEFAULT_LOCALE): string => {
  const magnitude = count < 0n ? -count : count
  const fraction = magnitude % 10n
  return numeral(`${count < 0n ? '-' : ''}${magnitude / 10n}${fraction === 0n ? '' : `.${fraction}`}`, locale)
}

const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, NAMES_MAX).join(', ')
  return names.length > NAMES_MAX ? `${shown} and ${names.length - NAMES_MAX} more` : shown
}

/** The projects that share the account's fate, in brackets; empty where none is listed. */
const together = (standing: Standing): string =>
  standing.account.projects.length === 0 ? '' : ` (${listed(standing.account.projects)})`

/** What zero means under the plan in force. */
export const atZero = (standing: Standing): string => {
  switch (standing.plan) {
    case 'gemini-prepay':
      return `every API key of every linked project stops at once${together(standing)}, until credit is bought`
    case 'cloud-credit':
      return 'calls go on, and the primary payment method is charged for all further usage'
    case 'postpay':
      return 'nothing stops: usage is charged to the primary payment method'
    default:
      return assertNever(standing.plan)
  }
}

/** What stops and when, by the runway where there is one. */
export const whatStops = (standing: Standing): string => {
  const { runway, balance } = standing
  if (balance.value <= 0n) return `Now: ${atZero(standing)}.`
  if (!runway || !(runway.p50Hours <= HORIZON_HOURS)) return `When credit reaches zero, ${atZero(standing)}.`
  const likely = `${after(standing, runway.p50Hours)} (in about ${hoursText(runway.p50Hours, standing.account.locale)})`
  return `About ${likely}, perhaps as early as ${after(standing, runway.p10Hours)}: ${atZero(standing)}.`
}

/** The instant so many hours from now, in the account's zone. */
const after = (standing: Standing, hours: number): string =>
  clockTime(standing, standing.asOf + Math.max(0, hours) * HOUR_MS)

/** How sure the ledger is of the balance, in one sentence. */
export const sureness = (standing: Standing): string => {
  const { low, value, high } = standing.balance
  if (low === high) return `The ledger puts the balance at ${money(standing, value)}.`
  const range = `between ${bare(standing, low)} and ${money(standing, high)}`
  return `The ledger puts the balance ${range}, most likely at ${money(standing, value)}.`
}
