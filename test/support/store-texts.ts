/** Texts and amounts that stores have been known to alter, and one fact of every kind. */

import type { FactBody } from '../../functions/domain/facts.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { NOW } from './store-samples.ts'

export const TEXTS: readonly (readonly [string, string])[] = [
  ['emoji outside the basic plane', 'saldo 💶👩‍👩‍👧'],
  ['a NUL in the middle', 'before\u0000after'],
  ['control characters', '\u0001\u0008\u001b[31m\u007f\u0085'],
  ['line ends of every kind', 'a\r\nb\nc\rd\u2028e\u2029f'],
  ['half a surrogate pair', 'broken \ud83d here'],
  ['quotes, backslashes and SQL', `'; DROP TABLE accounts; -- "\\"`],
  ['what looks like an encoded amount', '{"$n":"12"}'],
  ['combining marks, not normalised', 'e\u0301 \u00e9'],
  ['right-to-left overrides', '\u202eabc\u202c \u0645\u0631\u062d\u0628\u0627'],
  ['a byte order mark', '\ufeffbom'],
  ['nothing at all', ''],
  ['blanks at both ends', '  \t x \u00a0 '],
  ['100,000 characters', 'ü'.repeat(100_000)],
]

export const AMOUNTS: readonly (readonly [string, bigint])[] = [
  ['zero', 0n],
  ['one nano', 1n],
  ['minus one nano', -1n],
  ['the last exact double', 9_007_199_254_740_992n],
  ['the first amount a double cannot hold', 9_007_199_254_740_993n],
  ['its negative', -9_007_199_254_740_993n],
  ['the largest 64-bit amount', 9_223_372_036_854_775_807n],
  ['its negative', -9_223_372_036_854_775_807n],
  ['the smallest 64-bit integer', -9_223_372_036_854_775_808n],
]

const money = { currencyCode: 'USD', at: NOW }

export const BODIES: readonly FactBody[] = [
  {
    kind: 'reading',
    budgetId: 'b1',
    budgetName: 'All',
    periodStart: NOW,
    cost: 8_800_000_001n,
    budgetAmount: 50_000_000_000n,
    budgetAmountType: 'SPECIFIED_AMOUNT',
    currencyCode: 'USD',
    thresholdBp: 9_000,
  },
  {
    kind: 'grant',
    grantId: 'P1',
    grantKind: 'prepayment',
    amount: 50_000_000_000n,
    currencyCode: 'USD',
    effectiveAt: NOW,
    expiresAt: NOW + 1,
    priority: 100,
  },
  { kind: 'void', grantId: 'P1', at: NOW },
  { kind: 'refund', grantId: 'P1', amount: 1n, at: NOW },
  { kind: 'balance-reading', balance: -5n, ...money },
  { kind: 'prepayment-required', projectId: 'my-app', amount: 7n, reason: 'due', ...money },
  { kind: 'plan', plan: 'postpay', at: NOW },
  { kind: 'tier', tier: 'tier-2', at: NOW },
  { kind: 'auto-reload', enabled: true, triggerBalance: 1n, reloadAmount: 2n, monthlyLimit: 3n, ...money },
  { kind: 'acknowledge', alertKey: 'k1' as AlertKey, by: 'ops', until: NOW },
  { kind: 'snooze', alertKey: 'k1' as AlertKey, by: 'ops' },
  {
    kind: 'usage',
    requestId: 'r',
    projectId: 'my-app',
    at: NOW,
    model: 'm',
    requests: 3,
    costUsd: 4n,
    error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'quota', cause: 'other', quotaIds: ['a', 'b'] },
  },
]
