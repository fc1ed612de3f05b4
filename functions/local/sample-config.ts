/** The sample's own account, channels and routes: a small team with one mailbox and one chat space. */

import type { Config } from '../config.ts'
import type { AccountId } from '../domain/keys.ts'
import { SAMPLE_ACCOUNT, SAMPLE_BUDGET, SAMPLE_PROJECTS } from './sample.ts'

export const sampleConfig: Config = {
  accounts: [
    {
      id: SAMPLE_ACCOUNT as AccountId,
      name: 'Sample storefront',
      plan: 'gemini-prepay',
      currency: 'USD',
      projects: SAMPLE_PROJECTS,
      budgets: { [SAMPLE_BUDGET]: 'drawdown' },
      thresholds: { percent: [50, 20, 10], amount: [], runwayHours: [168, 72, 24], expiryDays: [7, 1] },
      timeZone: 'UTC',
    },
  ],
  channels: {
    'ops-mail': {
      kind: 'email',
      settings: { kind: 'email', to: ['ops@example.com'], from: 'drawdown@example.com', smtp: 'SMTP_URL' },
    },
    'ops-chat': { kind: 'google-chat', settings: { kind: 'google-chat', url: 'OPS_CHAT_URL' } },
  },
  routes: [
    { when: {}, to: ['ops-mail'] },
    { when: { severity: ['critical', 'warning'] }, to: ['ops-chat'] },
  ],
}
