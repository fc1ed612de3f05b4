import { describe, expect, it } from 'vitest'
import { webhook } from '../../functions/channels/webhook.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'

describeWebhookChannel({
  channel: webhook,
  cloudUrl: 'https://hooks.acme-corp.com/in/canary-8d1f',
  success: { status: 200, body: '' },
  bodyMaxBytes: 20_000,
  forbidden: ['*bold*', '_it_', '~no~', '`c`'],
  judgedBy: '2xx',
  settings: (url) => ({ kind: 'webhook', url, secrets: ['HOOK_SECRET'] }),
  variables: { HOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  anyHost: true,
})
