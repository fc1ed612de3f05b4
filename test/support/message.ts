/** A message as the outbox commits it, for tests of channels and of rendering. */

import type { Message } from '../../functions/domain/alerts.ts'
import type { AccountId, AlertKey } from '../../functions/domain/keys.ts'
import { instant } from '../../functions/domain/time.ts'

/** Credit is low on a made-up account; every field may be replaced. */
export const sampleMessage = (changes: Partial<Message> = {}): Message => ({
  alertKey: '3f9a61c2d07be4581a6c' as AlertKey,
  account: { id: '01D4EE-079462-DFD6EC' as AccountId, name: 'Production' },
  rule: 'credit-low',
  level: '20%',
  severity: 'critical',
  step: 'firing',
  at: instant('2026-11-23T10:00:00Z'),
  openedAt: instant('2026-11-23T10:00:00Z'),
  timeZone: 'UTC',
  currencyCode: 'USD',
  words: {
    title: 'Credit is low: 12.40 USD left on Production',
    summary:
      'The balance fell below 20% of the 100.00 USD that were there after the purchase of 1 November; it lasts about 2 d 19 h.',
    figure: '12.40 USD',
    stops: 'Around 2026-11-26 05:00 UTC every API key of my-app and my-batch stops at once.',
    arithmetic: [
      '100.00 bought on 2026-11-01',
      '− 87.60 drawn, as billed until 2026-11-23 08:12 UTC',
      '= 12.40 USD balance; 4.40 USD a day over the last 7 days',
    ],
    next: [
      { label: 'Buy credit in AI Studio', who: 'billing owner', url: 'https://aistudio.google.com/billing?a=1&b=2' },
      { label: 'See which project spends it', who: 'on call', url: 'https://console.cloud.google.com/billing' },
      { label: 'Tell the team that runs my-batch', who: 'on call' },
    ],
  },
  chart: [
    { at: instant('2026-11-16T10:00:00Z'), balance: '43.20' },
    { at: instant('2026-11-17T10:00:00Z'), balance: '38.90' },
    { at: instant('2026-11-18T10:00:00Z'), balance: '34.10' },
    { at: instant('2026-11-19T10:00:00Z'), balance: '30.00' },
    { at: instant('2026-11-20T10:00:00Z'), balance: '26.05' },
    { at: instant('2026-11-21T10:00:00Z'), balance: '21.70' },
    { at: instant('2026-11-22T10:00:00Z'), balance: '17.00' },
    { at: instant('2026-11-23T10:00:00Z'), balance: '12.40' },
  ],
  projects: ['my-app', 'my-batch'],
  ...changes,
})

/** Everything an attacker would try in a display name, in one line of text. */
export const HOSTILE =
  '<script>alert(1)</script>"\'><img src=x onerror=1> <!channel> <!everyone> <@U1> <users/all> <https://evil.test|click> *bold* _it_ ~no~ `c` a\r\nBcc: victim@evil.test\u202Egnp.exe\u200B\u0000\uD800 & https://evil.test/ {{y}}'

/** A message whose every outside text is `text`. */
export const messageOf = (text: string): Message => {
  const message = sampleMessage()
  return {
    ...message,
    account: { ...message.account, name: text },
    projects: Array.from({ length: 50 }, () => text),
    words: {
      title: text,
      summary: text,
      figure: text,
      stops: text,
      arithmetic: Array.from({ length: 40 }, () => text),
      next: Array.from({ length: 40 }, () => ({ label: text, who: text, url: `https://example.com/${text}` })),
    },
  }
}
