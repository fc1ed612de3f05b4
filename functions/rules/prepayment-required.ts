/** Google demands a prepayment: an operator said so, or calls fail and the ledger agrees. */

import type { Words } from '../domain/alerts.ts'
import type { DepletionEvidence } from '../domain/evidence.ts'
import type { PrepaymentDemand } from '../domain/facts.ts'
import type { Standing } from '../domain/standing.ts'
import { evidenceLines, judgeEvidence } from './evidence.ts'
import type { Rule } from './rule.ts'
import { LINKS, ON_CALL, payStep, recordStep } from './steps.ts'
import { boundsSums } from './sums.ts'
import { accountName, atZero, clockTime, headline, money, shortName, single } from './words.ts'

/** Judged even while nothing is known of credit; it ends as the standing says (design §4.4). */
export const prepaymentRequired: Rule = {
  name: 'prepayment-required',
  aboutCredit: false,
  evaluate: (standing) =>
    judgeEvidence(standing) === 'prepayment-required' ? [single('critical', () => alarm(standing))] : [],
}

const alarm = (standing: Standing): Words => {
  const { demand, depletion } = standing.evidence
  return {
    ...(demand ? demanded(standing, demand) : failing(standing, depletion)),
    arithmetic: [...evidenceLines(standing), ...(standing.funded ? boundsSums(standing) : [])],
    next: [
      payStep(standing),
      recordStep,
      { label: 'See which projects are marked “No credits”', who: ON_CALL, url: LINKS.aiStudioProjects },
    ],
  }
}

type Told = Pick<Words, 'title' | 'summary' | 'figure' | 'stops'>

const demanded = (standing: Standing, demand: PrepaymentDemand): Told => {
  const currency = demand.currencyCode ?? standing.account.currency
  const amount = demand.amount === undefined ? undefined : money(standing, demand.amount, currency)
  const where = demand.projectId === undefined ? '' : ` for project ${demand.projectId}`
  const due = demand.dueAt === undefined ? undefined : clockTime(standing, demand.dueAt)
  const by = due === undefined ? '' : ` by ${due}`
  return {
    title: headline(
      `Prepayment required on ${accountName(standing)}: ${amount ?? 'the amount is on the billing page'}${by}`,
    ),
    summary: `An operator reported at ${clockTime(standing, demand.at)} that Google demands a prepayment${where}${by}.${demand.reason === undefined ? '' : ` Reason given: ${demand.reason}`}`,
    figure: amount ?? 'Prepayment required',
    stops: `${due === undefined ? 'Until it is paid' : `Unless it is paid by ${due}`}: ${unpaid(standing)}.`,
  }
}

/** Under cloud-credit an unpaid demand leaves the project on the free tier; nothing is charged for that. */
const unpaid = (standing: Standing): string =>
  standing.plan === 'cloud-credit' ? 'the project stays within the free tier’s limits' : atZeroOf(standing)

const atZeroOf = (standing: Standing): string =>
  standing.plan === 'postpay' ? 'calls of the linked projects fail' : atZero(standing)

const failing = (standing: Standing, depletion: DepletionEvidence | undefined): Told => ({
  title: headline(
    `Prepayment required on ${accountName(standing)}: calls${depletion ? ` of ${shortName(depletion.projectId)}` : ''} fail, credit is depleted`,
  ),
  summary: `Google refuses Gemini API calls because the prepayment is used up. ${agreement(standing, depletion)}`,
  figure: standing.funded ? money(standing, standing.balance.value) : `Error ${depletion?.code ?? 402}`,
  stops: `Since ${clockTime(standing, depletion?.at ?? standing.asOf)}: ${stopped(standing)}.`,
})

const stopped = (standing: Standing): string =>
  standing.plan === 'gemini-prepay' ? atZero(standing) : 'calls with this error fail; retrying does not help'

const agreement = (standing: Standing, depletion: DepletionEvidence | undefined): string => {
  if (!standing.funded) return 'The ledger knows no grant yet, so it can neither agree nor object.'
  if (depletion?.nearZero) return 'The ledger agrees: credit was almost or wholly gone by then.'
  return 'The ledger cannot object: its billing feed has been silent for 36 h or more.'
}
