/** 200 distinct facts of one account as 600 posts: each comes three times, as other messages, to other processes. */

import type { Fact } from '../../functions/domain/facts.ts'
import { DAY_MS, formatInstant, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import type { Target } from '../../functions/targets.ts'
import { ACCOUNT, BUDGET, BUDGET_TWO } from './facts.ts'

/** What may be posted, and to which of the hosts first. */
export type Post = { readonly target: Target; readonly home: number; readonly body: string }

/** What is published: all copies of a fact share it, as those of one message do. */
type Told = {
  readonly target: Target
  /** What `nameOf` calls the fact in the store. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly data: object
  readonly publishTime: string
}

const COPIES = 3
const UNPRICED = 'gemini-nobody-1'

/** Sums of the readings of five periods: 101.10 + 120.20 + 130.30 + 140.40 + 150.50 = 642.50. */
const PERIODS = [
  { daysAgo: 160, readings: 27, cents: 101_10 },
  { daysAgo: 130, readings: 27, cents: 120_20 },
  { daysAgo: 100, readings: 27, cents: 130_30 },
  { daysAgo: 70, readings: 26, cents: 140_40 },
  { daysAgo: 40, readings: 26, cents: 150_50 },
] as const
/** A thousand tokens of 1.50 USD a million: 60 × 0.0015 = 0.09. */
const PRICED_CALLS = 60
const UNPRICED_CALLS = 4

/** Two purchases: 900.00 that is old history, and 100.00 that is news. They come first and in this order, so that the balance only falls. */
export const purchases = (now: Instant): readonly Told[] => [
  purchase('P1', '900.00', now - 170 * DAY_MS),
  purchase('P2', '100.00', now - 6 * DAY_MS),
]

/** 133 readings, one of a budget that is only watched, 64 calls: 198 facts. */
export const spending = (now: Instant): readonly Told[] => [
  ...PERIODS.flatMap((period) => readingsOf(period, now)),
  reading(BUDGET_TWO, { start: now - 40 * DAY_MS, at: now - 20 * DAY_MS, cents: 450_00, over: 0.9 }),
  ...Array.from({ length: PRICED_CALLS }, (_, index) => call(index, 'gemini-3.5-flash', now)),
  ...Array.from({ length: UNPRICED_CALLS }, (_, index) => call(PRICED_CALLS + index, UNPRICED, now)),
]

const purchase = (grantId: string, amount: string, at: Instant): Told => {
  const effectiveAt = formatInstant(at)
  return {
    target: 'billingNotification',
    name: `grant ${grantId}`,
    attributes: { drawdown: 'grant' },
    data: { billingAccountId: ACCOUNT, grantId, kind: 'prepayment', amount, currencyCode: 'USD', effectiveAt },
    publishTime: effectiveAt,
  }
}

/** A day after the other, a dollar more each, up to the sum. */
const readingsOf = ({ daysAgo, readings, cents }: (typeof PERIODS)[number], now: Instant): readonly Told[] => {
  const start = now - daysAgo * DAY_MS
  return Array.from({ length: readings }, (_, day) =>
    reading(BUDGET, { start, at: start + (day + 1) * DAY_MS, cents: cents - (readings - 1 - day) * 100 }),
  )
}

type Cost = { readonly start: Instant; readonly at: Instant; readonly cents: number; readonly over?: number }

const reading = (budgetId: string, { start, at, cents, over }: Cost): Told => ({
  target: 'billingNotification',
  name: `reading ${budgetId} ${formatInstant(start)} ${cents}`,
  attributes: { billingAccountId: ACCOUNT, budgetId, schemaVersion: '1.0' },
  data: {
    budgetDisplayName: 'Gemini',
    costAmount: cents / 100,
    costIntervalStart: formatInstant(start),
    budgetAmount: 500,
    budgetAmountType: 'SPECIFIED_AMOUNT',
    currencyCode: 'USD',
    ...(over !== undefined && { alertThresholdExceeded: over }),
  },
  publishTime: formatInstant(at),
})

const call = (index: number, model: string, now: Instant): Told => {
  const at = formatInstant(now - HOUR_MS + index * 1_000)
  return {
    target: 'usageNotification',
    name: `usage r${index}`,
    attributes: {},
    data: { requestId: `r${index}`, projectId: 'my-app', at, model, usageMetadata: { promptTokenCount: 1_000 } },
    publishTime: at,
  }
}

/** The same name from what a store holds. */
export const nameOf = ({ body }: Fact): string => {
  if (body.kind === 'grant') return `grant ${body.grantId}`
  if (body.kind === 'usage') return `usage ${body.requestId}`
  if (body.kind !== 'reading') return body.kind
  return `reading ${body.budgetId} ${formatInstant(body.periodStart)} ${body.cost / 10_000_000n}`
}

/** Two copies of a fact follow each other, the third comes 30 facts later: what was seen last is met, and what is settled. */
const LATER = [0, 1, 90]
/** Shares no factor with the number of facts, so that every fact has a turn and neighbours come apart. */
const STRIDE = 37

/** Every copy to another host first. */
export const postsOf = (told: readonly Told[]): readonly Post[] =>
  told
    .flatMap((one, index) =>
      LATER.map((later, copy) => ({
        turn: ((index * STRIDE) % told.length) * COPIES + later,
        post: { target: one.target, home: (index + copy) % COPIES, body: envelope(one, `${one.name} #${copy}`, copy) },
      })),
    )
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ post }) => post)

/** The last copy is a dead letter that was redriven: its own publish time is later, the first one's is in an attribute. */
const envelope = (told: Told, messageId: string, copy: number): string => {
  const { attributes, publishTime } = told
  const isDeadLetter = copy === COPIES - 1
  const message = {
    data: Buffer.from(JSON.stringify(told.data)).toString('base64'),
    messageId,
    publishTime: isDeadLetter ? formatInstant(Date.parse(publishTime) + HOUR_MS / 2) : publishTime,
    attributes: {
      ...attributes,
      ...(isDeadLetter && { CloudPubSubDeadLetterSourceTopicPublishTime: publishTime }),
    },
  }
  return JSON.stringify({ message, subscription: 'projects/p/subscriptions/s' })
}
