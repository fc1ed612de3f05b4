/** The evidence behind a cause of failed calls, line by line. */

import type { CauseEvidence } from '../domain/evidence.ts'
import type { Standing } from '../domain/standing.ts'
import { bare, clip, clockTime } from './words.ts'

/** The vendor's sentence is under 250 characters; more is not its text. */
const MESSAGE_MAX = 300

/** The latest error, how many there were, when the project was last served, and what it burns. */
export const refusalSums = (standing: Standing, seen: CauseEvidence): readonly string[] => [
  `error ${seen.code} at ${clockTime(standing, seen.at)}: “${clip(seen.message, MESSAGE_MAX)}”`,
  `requests that failed so in the 24 h before: ${seen.count}`,
  lastServed(standing, seen),
  ...burnOf(standing, seen.projectId),
]

const lastServed = (standing: Standing, { paidAt }: CauseEvidence): string =>
  paidAt === undefined
    ? 'no paid call of the project that was served is known'
    : `last paid call of the project that was served: ${clockTime(standing, paidAt)}`

const burnOf = (standing: Standing, projectId: string): readonly string[] => {
  const share = standing.byProject.find((row) => row.projectId === projectId)
  return share === undefined
    ? []
    : [`the project’s own spend, estimated: ${bare(standing, share.perDay)} ${standing.account.currency} a day`]
}

/** Failed requests as a figure. */
export const failedText = ({ count }: CauseEvidence): string =>
  `${count} failed ${count === 1 ? 'request' : 'requests'}`
