/** An open alert for tests of pages and JSON; every field may be replaced. */

import type { Episode } from '../../functions/domain/alerts.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { instant } from '../../functions/domain/time.ts'

/** `credit-low` at 50%, opened an hour before the default standing. */
export const episode = (overrides: Partial<Episode> = {}): Episode => ({
  key: 'k1' as AlertKey,
  rule: 'credit-low',
  scope: '',
  level: '50%',
  severity: 'warning',
  status: 'firing',
  title: 'Credit is low',
  openedAt: instant('2026-11-23T09:00:00Z'),
  sentAt: instant('2026-11-23T09:00:00Z'),
  repeats: 0,
  grantsAtOpen: 1,
  grantsSeen: 1,
  correctionsAtOpen: '0',
  ...overrides,
})
