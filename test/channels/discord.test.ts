import { describe, expect, it } from 'vitest'
import { discord } from '../../functions/channels/discord.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'

describeWebhookChannel({
  channel: discord,
  cloudUrl: 'https://discord.com/api/webhooks/1234567890/canary-8d1f',
  success: { status: 200, body: '{"id":"1315","content":"x"}' },
  bodyMaxBytes: 40_000,
  forbidden: ['*bold*', '_it_', '~no~', '`c`', '||', '[a] (', ']:', '][', '${', '{{', '\\', '@everyone', '@here'],
})
