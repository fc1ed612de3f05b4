import { describe, expect, it } from 'vitest'
import { pagerduty } from '../../functions/channels/pagerduty.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'

const KEY = 'R0CANARY8D1F0000000000000000000A'

describeWebhookChannel({
  channel: pagerduty,
  cloudUrl: 'https://events.pagerduty.com/v2/enqueue',
  success: { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"k"}' },
  bodyMaxBytes: 512_000,
  forbidden: ['*bold*', '_it_', '~no~', '`c`'],
  judgedBy: '202',
  settings: (routingKey) => ({ kind: 'pagerduty', routingKey }),
  cloudSecret: KEY,
})
