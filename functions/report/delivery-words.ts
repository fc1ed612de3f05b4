/** What a delivery is, beside its alert, in plain words: held back, handed on, or several told as one. */

import type { StoredDelivery } from '../domain/alerts.ts'
import { formatInZone, type Instant } from '../domain/time.ts'

/** Until when quiet hours hold it; `undefined` where they do not, or not any more. */
export const heldUntil = ({ notBefore, state }: StoredDelivery, now: Instant): Instant | undefined =>
  state.status === 'pending' && state.attempts === 0 && notBefore !== undefined && notBefore > now
    ? notBefore
    : undefined

/** A remark of a few words; empty where there is none to make. */
export const remarkOn = (delivery: StoredDelivery, now: Instant): string => {
  const { message } = delivery
  const held = heldUntil(delivery, now)
  const parts = [
    ...(message.step === 'escalation' ? ['escalated, nobody had acknowledged it'] : []),
    ...(message.step === 'digest' ? ['several alerts as one'] : []),
    ...(held === undefined ? [] : [`held by quiet hours until ${formatInZone(held, message.timeZone)}`]),
  ]
  return parts.join('; ')
}
