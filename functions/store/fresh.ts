/** The state a delivery starts with, the same in every store. */

import type { Delivery, DeliveryState } from '../domain/alerts.ts'
import type { Instant } from '../domain/time.ts'

/** Due at its commit, or when what holds it back is over. */
export const freshState = ({ notBefore }: Delivery, committedAt: Instant): DeliveryState => ({
  status: 'pending',
  attempts: 0,
  dueAt: Math.max(committedAt, notBefore ?? committedAt),
  ambiguous: 0,
})
