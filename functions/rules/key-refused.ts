/** Google refuses an API key: leaked, expired, restricted or wrong. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { CauseEvidence } from '../domain/evidence.ts'
import type { Standing } from '../domain/standing.ts'
import { HOUR_MS } from '../domain/time.ts'
import { CAUSE_TERMS } from './cause-steps.ts'
import { failedText, refusalSums } from './refusal-sums.ts'
import type { Rule } from './rule.ts'
import { ON_CALL, spendStep } from './steps.ts'
import { accountName, clockTime, headline, shortName, single } from './words.ts'

/** A project has several keys, so calls that are served end nothing: silence of the refusals does. */
const HOLDS_MS = HOUR_MS
const CLEAR_MS = 6 * HOUR_MS
/** A mistyped key in somebody's shell fails once or twice. */
const REQUESTS_MIN = 5

/** One level per project: opens after five refusals in a day, or with the first that says a key leaked; clear after six hours without. */
export const keyRefused: Rule = {
  name: 'key-refused',
  aboutCredit: false,
  evaluate: (standing) =>
    (standing.evidence.causes ?? [])
      .filter(({ cause }) => cause === 'key')
      .map((seen) =>
        single('warning', () => alarm(standing, seen), seen.projectId, { state: stateOf(standing, seen) }),
      ),
}

const isLeaked = ({ message }: CauseEvidence): boolean => /\bleaked\b/i.test(message)

const stateOf = ({ asOf }: Standing, seen: CauseEvidence): Finding['state'] => {
  const ageMs = asOf - seen.at
  if (ageMs >= CLEAR_MS) return 'clear'
  return ageMs < HOLDS_MS && (seen.count >= REQUESTS_MIN || isLeaked(seen)) ? 'holds' : 'between'
}

const alarm = (standing: Standing, seen: CauseEvidence): Words => ({
  title: headline(
    `Google refuses an API key of project ${shortName(seen.projectId)} on ${accountName(standing)}${isLeaked(seen) ? ': it was reported as leaked' : ''}`,
  ),
  summary: isLeaked(seen)
    ? `Calls of project ${seen.projectId} fail because the key was found in public. Somebody else may have spent with it: look at what was spent before it was blocked. The credit of ${standing.account.name} is not the reason.`
    : `Calls of project ${seen.projectId} fail: ${CAUSE_TERMS.key.meaning}. The credit of ${standing.account.name} is not the reason.`,
  figure: failedText(seen),
  stops: `Callers that use this key, last seen ${clockTime(standing, seen.at)}; other keys go on. It does not pass by itself.`,
  arithmetic: refusalSums(standing, seen),
  next: [
    CAUSE_TERMS.key.next,
    ...(isLeaked(seen) ? [spendStep] : []),
    { label: 'Stop retrying with this key: a retry cannot succeed', who: ON_CALL },
  ],
})
