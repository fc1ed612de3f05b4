/** Messages as Pub/Sub pushes them, each one distinct, all of one realistic size. */

import { BUDGET } from '../support/facts.ts'

/** Binary CloudEvents whose data is the push envelope, as Eventarc delivers them: the no-op understands them too. */
export const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  'ce-id': '8345873465983475',
  'ce-specversion': '1.0',
  'ce-source': '//pubsub.googleapis.com/projects/my-app/topics/t',
  'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
}

export const ACCOUNT_TEXT = '01D4EE-079462-DFD6EC'

/**
 * List price of one usage message below, by hand: gemini-3.5-flash, USD per million: input 1.50, cached 0.15, output 9.00.
 * (12,040 − 11,000 + 30) × 1.50 + 11,000 × 0.15 + (512 + 900) × 9.00 = 1,605 + 1,650 + 12,708 = 15,963 millionths of a dollar.
 */
export const USAGE_COST_NANOS = 15_963_000n

const USAGE_METADATA = {
  promptTokenCount: 12_040,
  cachedContentTokenCount: 11_000,
  candidatesTokenCount: 512,
  thoughtsTokenCount: 900,
  toolUsePromptTokenCount: 30,
  totalTokenCount: 13_482,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 12_040 }],
  cacheTokensDetails: [{ modality: 'TEXT', tokenCount: 11_000 }],
  candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 512 }],
}

export type Message = {
  readonly data: string
  readonly attributes: Readonly<Record<string, string>>
  readonly messageId: string
  readonly publishTime: string
}

/** The n-th call, made at `at` (epoch ms) and published 40 ms later. */
export const usageMessage = (n: number, at: number): Message => ({
  data: base64({
    requestId: `6f1d2c3b-7a58-4e90-9c1f-${String(n).padStart(12, '0')}`,
    projectId: 'my-app',
    at: new Date(at).toISOString(),
    model: 'gemini-3.5-flash',
    usageMetadata: USAGE_METADATA,
  }),
  attributes: {},
  messageId: messageId(n),
  publishTime: new Date(at + 40).toISOString(),
})

export type BudgetNews = {
  readonly account?: string
  /** Cumulative for the period, as a number of cents. */
  readonly cents: number
  /** RFC 3339. */
  readonly periodStart: string
  readonly publishedAt: number
  /** Such as 0.9. */
  readonly threshold?: number
}

export const budgetMessage = (n: number, news: BudgetNews): Message => ({
  data: base64({
    budgetDisplayName: 'Gemini',
    costAmount: news.cents / 100,
    costIntervalStart: news.periodStart,
    budgetAmount: 1_000,
    budgetAmountType: 'SPECIFIED_AMOUNT',
    currencyCode: 'USD',
    ...(news.threshold !== undefined && { alertThresholdExceeded: news.threshold }),
  }),
  attributes: { billingAccountId: news.account ?? ACCOUNT_TEXT, budgetId: BUDGET, schemaVersion: '1.0' },
  messageId: messageId(n),
  publishTime: new Date(news.publishedAt).toISOString(),
})

/** The body of a push request; Pub/Sub names id and time twice. */
export const envelope = (message: Message): string =>
  JSON.stringify({
    message: { ...message, message_id: message.messageId, publish_time: message.publishTime },
    subscription: 'projects/my-app/subscriptions/drawdown',
  })

const base64 = (body: unknown): string => Buffer.from(JSON.stringify(body)).toString('base64')
const messageId = (n: number): string => String(8_345_870_000_000_000 + n)

/** A billing month near enough: it begins on the first at 08:00 UTC. */
export const periodStartOf = (at: number): string => {
  const day = new Date(at - 8 * 3_600_000)
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1, 8)).toISOString().replace('.000Z', 'Z')
}

/** The n-th distinct message of a load that began at `since`, as the body of a request. */
export type LoadKind = 'usage' | 'budget'

/** The costs of a load's budget messages rise by a cent each. */
export const loadBody = (kind: LoadKind, n: number, since: number): string =>
  envelope(
    kind === 'usage'
      ? usageMessage(n, since + (n % 60_000) - 60_000)
      : budgetMessage(n, { cents: n + 1, periodStart: periodStartOf(since), publishedAt: since - 3_600_000 + n }),
  )
