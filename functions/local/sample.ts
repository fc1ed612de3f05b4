/** The sample month: thirty days of one small team's prepaid credit, in the vendors' documented message shapes. */

import { billingMonthStart, DAY_MS, formatInstant, HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'

/** One Pub/Sub message of the sample; `body` is the JSON text that the push envelope carries as base64. */
export type SampleMessage = {
  readonly topic: 'billing-notifications' | 'gemini-usage'
  readonly at: Instant
  readonly messageId: string
  readonly attributes: Readonly<Record<string, string>>
  readonly body: string
}

export const SAMPLE_ACCOUNT = 'C0FFEE-5A4B1E-0D15C0'
export const SAMPLE_BUDGET = 'de72f49d-779b-4945-a127-4d6ce8def0bb'
const SAMPLE_DAYS = 30
const BUDGET_AMOUNT = 80
/** The bill is this far behind the calls; budgets report every four hours. */
const BILL_LAG_HOURS = 10
const BUDGET_EVERY_HOURS = 4
/** Depleted this long before somebody bought more. */
const OUTAGE_HOURS = 3
const CREDIT_USD = 60.2
const CORRECTION_DAY = 18
/** gemini-3.5-flash-lite, whose price does not change with the year: 0.30 in, 2.50 out per million tokens. */
const MODEL = 'gemini-3.5-flash-lite'
const INPUT_TOKENS_PER_USD = 0.4 / 0.3e-6
const OUTPUT_TOKENS_PER_USD = 0.6 / 2.5e-6
/** Spend grows about ninefold over the month and breathes with the day (UTC). */
const FIRST_DAY_USD = 0.6
const GROWTH_PER_DAY = 0.09

/** Spend of an hour of the month in USD; what the made-up team's calls cost. */
const hourlyUsd = (hour: number, hourOfDay: number): number => {
  const daily = FIRST_DAY_USD * Math.exp((GROWTH_PER_DAY * hour) / 24)
  return (daily / 24) * (1 - 0.7 * Math.cos((2 * Math.PI * (hourOfDay - 2)) / 24))
}

type Hour = { readonly from: Instant; readonly usd: number; readonly failed: boolean }

const hoursOf = (start: Instant): readonly Hour[] => {
  let spent = 0
  let outage = 0
  return Array.from({ length: SAMPLE_DAYS * 24 }, (_, hour) => {
    const from = start + hour * HOUR_MS
    const usd = hourlyUsd(hour, new Date(from).getUTCHours())
    const failed = spent + usd > CREDIT_USD && outage < OUTAGE_HOURS
    if (failed) outage += 1
    else spent += usd
    return { from, usd: failed ? 0 : usd, failed }
  })
}

/** The whole month up to `end`, in order of publish time; the same `end` gives the same messages. */
export const sampleMonth = (end: Instant): readonly SampleMessage[] => {
  const start = Math.floor(end / HOUR_MS) * HOUR_MS - SAMPLE_DAYS * DAY_MS
  const hours = hoursOf(start)
  const outageAt = hours.find(({ failed }) => failed)?.from ?? start
  const all = [...operatorFacts(start, outageAt), ...hours.flatMap(usageOfHour), ...budgetMessages(start, hours)]
  return all.sort((a, b) => a.at - b.at).map((message, index) => ({ ...message, messageId: String(index + 1) }))
}

/** Where the month that begins with this first message ends. */
export const sampleEnd = (firstAt: Instant): Instant => firstAt + SAMPLE_DAYS * DAY_MS

type Draft = Omit<SampleMessage, 'messageId'>

const operatorFact = (kind: string, at: Instant, fields: Record<string, unknown>): Draft => ({
  topic: 'billing-notifications',
  at,
  attributes: { drawdown: kind },
  body: JSON.stringify({ billingAccountId: SAMPLE_ACCOUNT, ...fields }),
})

const grantFact = (at: Instant, grantId: string, amount: string, effectiveAt: Instant, expiresAt?: Instant): Draft =>
  operatorFact('grant', at, {
    grantId,
    kind: 'prepayment',
    amount,
    currencyCode: 'USD',
    effectiveAt: formatInstant(effectiveAt),
    ...(expiresAt === undefined ? {} : { expiresAt: formatInstant(expiresAt) }),
  })

const operatorFacts = (start: Instant, outageAt: Instant): readonly Draft[] => {
  const boughtAt = outageAt + OUTAGE_HOURS * HOUR_MS - 12 * MINUTE_MS
  return [
    grantFact(start, 'last-winter', '16.00', start, start + 12 * DAY_MS),
    grantFact(start + 2 * MINUTE_MS, 'october-purchase', '50.00', start),
    operatorFact('tier', start + 3 * MINUTE_MS, { tier: 'tier-1', at: formatInstant(start) }),
    grantFact(boughtAt, 'emergency-top-up', '40.00', boughtAt),
  ]
}

/** Projects of the sample account. */
export const SAMPLE_PROJECTS: readonly string[] = ['storefront-prod', 'nightly-batch']
const SHARES = [
  ['storefront-prod', 0.7],
  ['nightly-batch', 0.3],
] as const

const usageOfHour = (hour: Hour, index: number): readonly Draft[] =>
  SHARES.flatMap(([projectId, share]) => {
    if (hour.failed)
      return projectId === 'storefront-prod' ? [refusal(hour.from + 4 * MINUTE_MS, projectId, index)] : []
    const promptTokenCount = Math.round(hour.usd * share * INPUT_TOKENS_PER_USD)
    const candidatesTokenCount = Math.round(hour.usd * share * OUTPUT_TOKENS_PER_USD)
    const usageMetadata = {
      promptTokenCount,
      candidatesTokenCount,
      totalTokenCount: promptTokenCount + candidatesTokenCount,
    }
    const requests = Math.max(1, Math.round(promptTokenCount / 1_800))
    return [usage(hour.from + 59 * MINUTE_MS, projectId, `hour-${index}`, { requests, usageMetadata })]
  })

const usage = (at: Instant, projectId: string, requestId: string, fields: Record<string, unknown>): Draft => ({
  topic: 'gemini-usage',
  at,
  attributes: {},
  body: JSON.stringify({ requestId, projectId, at: formatInstant(at), model: MODEL, ...fields }),
})

/** As callers report it since August 2026: https://discuss.ai.google.dev/t/183654 */
const refusal = (at: Instant, projectId: string, index: number): Draft =>
  usage(at, projectId, `refused-${index}`, {
    error: {
      code: 402,
      message:
        'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing. Learn more at https://ai.google.dev/gemini-api/docs/billing#prepay.',
      status: 'RESOURCE_EXHAUSTED',
    },
  })

const budgetMessages = (start: Instant, hours: readonly Hour[]): readonly Draft[] => {
  const drafts: Draft[] = []
  for (let hour = BUDGET_EVERY_HOURS; hour < hours.length; hour += BUDGET_EVERY_HOURS) {
    const at = start + hour * HOUR_MS + 7 * MINUTE_MS
    const periodStart = billingMonthStart(at)
    const upTo = at - BILL_LAG_HOURS * HOUR_MS
    const billed = hours.filter(({ from }) => from >= periodStart && from < upTo).reduce((sum, { usd }) => sum + usd, 0)
    const correction =
      at >= start + CORRECTION_DAY * DAY_MS && periodStart <= start + CORRECTION_DAY * DAY_MS ? 0.85 : 0
    drafts.push(budgetMessage(at, Math.max(0, billed - correction), periodStart))
    if (hour % 12 === 0) drafts.push(budgetMessage(at, Math.max(0, billed - correction), periodStart))
  }
  return drafts
}

/** Budget notification 1.0: https://docs.cloud.google.com/billing/docs/how-to/budgets-programmatic-notifications */
const budgetMessage = (at: Instant, cost: number, periodStart: Instant): Draft => {
  const reached = [1, 0.9, 0.5].find((threshold) => cost >= threshold * BUDGET_AMOUNT)
  return {
    topic: 'billing-notifications',
    at,
    attributes: { billingAccountId: SAMPLE_ACCOUNT, budgetId: SAMPLE_BUDGET, schemaVersion: '1.0' },
    body: JSON.stringify({
      budgetDisplayName: 'Gemini API, gross',
      costAmount: Math.round(cost * 1e6) / 1e6,
      costIntervalStart: formatInstant(periodStart),
      budgetAmount: BUDGET_AMOUNT,
      budgetAmountType: 'SPECIFIED_AMOUNT',
      ...(reached === undefined ? {} : { alertThresholdExceeded: reached }),
      currencyCode: 'USD',
    }),
  }
}
