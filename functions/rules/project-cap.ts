/** A project reached the monthly spending cap set for it in AI Studio: its calls fail, others go on. */

import type { Words } from '../domain/alerts.ts'
import type { CauseEvidence } from '../domain/evidence.ts'
import type { Standing } from '../domain/standing.ts'
import { billingMonthStart } from '../domain/time.ts'
import { CAUSE_TERMS } from './cause-steps.ts'
import { failedText, refusalSums } from './refusal-sums.ts'
import type { Rule } from './rule.ts'
import { ON_CALL, spendStep } from './steps.ts'
import { accountName, clockTime, headline, shortName, single } from './words.ts'

/** One level per project, critical while it holds; a later paid call of the project ends it, and so does the new month. */
export const projectCap: Rule = {
  name: 'project-cap',
  aboutCredit: false,
  evaluate: (standing) =>
    (standing.evidence.causes ?? [])
      .filter((seen) => seen.cause === 'project-cap' && isInForce(standing, seen))
      .map((seen) => single('critical', () => alarm(standing, seen), seen.projectId)),
}

const isInForce = ({ asOf }: Standing, { at, paidAt }: CauseEvidence): boolean =>
  (paidAt === undefined || paidAt <= at) && billingMonthStart(asOf) === billingMonthStart(at)

const alarm = (standing: Standing, seen: CauseEvidence): Words => {
  const { meaning, passes, next } = CAUSE_TERMS['project-cap']
  const at = clockTime(standing, seen.at)
  return {
    title: headline(
      `Project ${shortName(seen.projectId)} on ${accountName(standing)} reached its monthly spending cap: its calls fail`,
    ),
    summary: `Google refuses calls of project ${seen.projectId}: ${meaning}. The credit of ${standing.account.name} is not the reason. Google’s figures lag by about 10 minutes, and running jobs may have passed the cap.`,
    figure: failedText(seen),
    stops: `Calls of project ${seen.projectId} fail, last seen ${at}; other projects go on. It ends ${passes}, or when the cap is raised.`,
    arithmetic: refusalSums(standing, seen),
    next: [next, spendStep, { label: 'Stop retrying until then: a retry cannot succeed', who: ON_CALL }],
  }
}
