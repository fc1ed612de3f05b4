import { describe, expect, it } from 'vitest'
import { teams } from '../../functions/channels/teams.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'

describeWebhookChannel({
  channel: teams,
  cloudUrl: 'https://prod-08.westeurope.logic.azure.com:443/workflows/w/triggers/manual/paths/invoke?sp=%2Fx&sig=canary-8d1f',
  success: { status: 202, body: '' },
  bodyMaxBytes: 21_000,
  forbidden: ['**bold', '_it_', '~no~', '`c`', '](', '] (', ']:', '][', '${', '{{', '\\', '@everyone'],
  judgedBy: '202',
})
