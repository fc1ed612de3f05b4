/** A digest in the making: what could wait, collected until its time comes. */

import type { Severity } from './alerts.ts'
import type { AlertKey } from './keys.ts'
import type { Instant } from './time.ts'

/** One alert: opened, or over, or both, since the digest before. */
export type DigestLine = {
  readonly alertKey: AlertKey
  readonly severity: Severity
  readonly title: string
  readonly openedAt: Instant
  readonly resolvedAt?: Instant
}

export type Digest = {
  /** Which of a channel's digests it is, such as `daily 09:00` or `weekly mon 09:00`. */
  readonly schedule: string
  readonly channel: string
  /** When its first line came. */
  readonly since: Instant
  /** Fixed with its first line: a changed configuration delays nothing. */
  readonly dueAt: Instant
  readonly lines: readonly DigestLine[]
  /** Alerts beyond the lines there is room for. */
  readonly more: number
}
