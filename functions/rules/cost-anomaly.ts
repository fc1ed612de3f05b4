/** Google reports a cost anomaly: spend above what it expected of a project or of the whole account. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { Nanos } from '../domain/money.ts'
import type { AnomalyStanding, Standing } from '../domain/standing.ts'
import type { Rule } from './rule.ts'
import { consoleUrl, ON_CALL, spendStep } from './steps.ts'
import {
  accountName,
  bare,
  clockTime,
  headline,
  judgesCredit,
  money,
  percentOf,
  shortName,
  single,
  whatStops,
} from './words.ts'

/** One episode per anomaly, whatever service it is in; it ends when Google reports no excess any more, or nothing for three days. */
export const costAnomaly: Rule = {
  name: 'cost-anomaly',
  aboutCredit: false,
  evaluate: (standing) => standing.anomalies.map((anomaly) => findingOf(standing, anomaly)),
}

const findingOf = (standing: Standing, anomaly: AnomalyStanding): Finding => {
  const { over } = anomaly
  if (over === undefined) return single('warning', () => alarm(standing, anomaly), anomaly.anomalyId)
  return single('warning', () => ended(standing, anomaly, over), anomaly.anomalyId, { state: 'clear' })
}

const alarm = (standing: Standing, anomaly: AnomalyStanding): Words => {
  const { actual, expected, causes } = anomaly
  const subject = subjectOf(standing, anomaly)
  const [cause] = causes
  const more = excess(standing, anomaly)
  return {
    title: headline(
      `Cost anomaly: ${subject.short} cost ${money(standing, actual)}${more === undefined ? '' : `, ${more}`}`,
    ),
    summary: `Google reports a cost anomaly, detected ${clockTime(standing, anomaly.detectedAt)}: ${subject.full} cost ${money(standing, actual)}${expected === undefined ? '' : ` where ${money(standing, expected)} was expected`}${cause === undefined ? '' : `, mainly for ${cause}`}.`,
    figure: money(standing, anomaly.deviation ?? actual),
    stops: `Nothing stops by this alone.${judgesCredit(standing) ? ` ${whatStops(standing)}` : ''}`,
    arithmetic: sums(standing, anomaly),
    next: [
      {
        label: 'See under Anomalies which service, region and SKU it is, and tell Google there whether it was expected',
        who: ON_CALL,
        url: consoleUrl(standing, ''),
      },
      spendStep,
      { label: 'If it was meant: nothing to do; acknowledge it, and it is not told again', who: ON_CALL },
    ],
  }
}

/** Its title alone is told, when the episode resolves. */
const ended = (standing: Standing, anomaly: AnomalyStanding, over: 'settled' | 'silent'): Words => ({
  title: headline(
    over === 'settled'
      ? `Cost anomaly over: Google reports no excess for ${subjectOf(standing, anomaly).short} any more`
      : `Cost anomaly of ${subjectOf(standing, anomaly).short}: nothing more reported for three days`,
  ),
  summary:
    over === 'settled'
      ? `By Google’s latest report the cost of ${subjectOf(standing, anomaly).full} is no longer above what was expected.`
      : `Google sends no word of an anomaly’s end. This one was last reported ${clockTime(standing, anomaly.reportedAt)}.`,
  figure: money(standing, anomaly.actual),
  arithmetic: sums(standing, anomaly),
  next: [{ label: 'Nothing to do', who: ON_CALL }],
})

/** What the anomaly is about, as it fits a title and as it fits a sentence. */
const subjectOf = (
  standing: Standing,
  { where }: AnomalyStanding,
): { readonly short: string; readonly full: string } =>
  where === undefined
    ? { short: accountName(standing), full: `billing account ${standing.account.name}` }
    : { short: `${shortName(where)} on ${accountName(standing)}`, full: `${where} on ${standing.account.name}` }

const excess = (standing: Standing, { deviation, expected }: AnomalyStanding): string | undefined => {
  if (deviation === undefined) return undefined
  const share = expected === undefined ? undefined : percentOf(deviation, expected, standing.account.locale)
  return `${bare(standing, deviation)}${share === undefined ? '' : ` (${share})`} above expectation`
}

/** The vendor rounds, and may count from the upper end of what it expects: the three amounts need not add up. */
const sums = (standing: Standing, anomaly: AnomalyStanding): readonly string[] => {
  const { actual, expected, deviation, causes } = anomaly
  const addsUp = expected !== undefined && actual - expected === deviation
  return [
    addsUp
      ? `${bare(standing, actual)} actual − ${bare(standing, expected)} expected = ${money(standing, actual - expected)} above`
      : stated(standing, { actual, expected, deviation }),
    ...(causes.length === 0 ? [] : [`causes by Google: ${causes.join(', ')}`]),
    `detected ${clockTime(standing, anomaly.detectedAt)}, last reported ${clockTime(standing, anomaly.reportedAt)}`,
    anomaly.anomalyId,
  ]
}

type Amounts = { readonly actual: Nanos; readonly expected: Nanos | undefined; readonly deviation: Nanos | undefined }

const stated = (standing: Standing, { actual, expected, deviation }: Amounts): string =>
  [
    `as Google states it: actual ${money(standing, actual)}`,
    ...(expected === undefined ? [] : [`expected ${money(standing, expected)}`]),
    ...(deviation === undefined ? [] : [`deviation ${money(standing, deviation)}`]),
  ].join(', ')
