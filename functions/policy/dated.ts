/** Rows of policy with the date they hold from, and how the one in force is found. */

import type { Instant } from '../domain/time.ts'

export type Dated = {
  /** The row holds from here, in UTC, until the next row. */
  readonly effectiveFrom: Instant
  /** The page that says so. */
  readonly source: string
  /** The UTC day it was read. */
  readonly read: string
}

/** Oldest first, never empty. */
export type Rows<Row extends Dated> = readonly [Row, ...(readonly Row[])]

/** The row in force at `at`; before the first row's date, that row holds (design §4.1). */
export const rowAt = <Row extends Dated>(rows: Rows<Row>, at: Instant): Row =>
  rows.findLast((row) => row.effectiveFrom <= at) ?? rows[0]
