/** What every channel that posts to a webhook must do, proved over a real HTTP server; each channel's test calls it. */

import { describeAnswers, describeConnection } from './webhook-answers.ts'
import { benchFor, type WebhookContract } from './webhook-bench.ts'
import { describeSecret, describeWords } from './webhook-words.ts'

/** Registers the whole suite for one channel. */
export const describeWebhookChannel = (contract: WebhookContract): void => {
  const bench = benchFor(contract)
  describeAnswers(bench)
  describeConnection(bench)
  describeSecret(bench)
  describeWords(bench)
}
