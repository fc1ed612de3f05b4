/** The budgets: there, gross, monthly, of the right services, with thresholds, and published to our topic. */

import type { AccountSettings } from '../domain/standing.ts'
import { plain } from '../report/plain.ts'
import { judgedBudget } from './budget-faults.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'
import { BUDGET_PUBLISHER } from './deployment.ts'
import { gcloud } from './gcloud.ts'
import { isBudgetId } from './ids.ts'
import type { Patient } from './patient.ts'
import type { Budget } from './resources.ts'
import { unseen } from './unseen.ts'

const GEMINI_SERVICE = 'services/AEFD-7695-64FA'
/** Google's own limit of a display name. */
const NAME_MAX = 60

export const budgets: Check = {
  name: 'budgets',
  covers: 'the budgets',
  needs: ['config', 'google'],
  run: async (patient) =>
    (await Promise.all(patient.subjects.map((account) => accountFindings(patient, account)))).flat(),
}

const accountFindings = async (patient: Patient, account: AccountSettings): Promise<readonly Finding[]> => {
  const answer = await patient.io.cloud.budgets(account.id)
  if (answer.kind !== 'answer')
    return [
      unseen(patient, `The budgets of ${account.name}`, answer, {
        api: 'billingbudgets.googleapis.com',
        resource: `billingAccounts/${account.id}`,
        role: 'roles/billing.viewer',
      }),
    ]
  // What is no id at all, the check config has said.
  const listed = Object.entries(account.budgets).filter(([id]) => isBudgetId(id))
  const findings = listed.flatMap(([id, role]) => {
    const budget = answer.answer.find((one) => one.id.toLowerCase() === id.toLowerCase())
    return budget ? judgedBudget({ account, role, topic: patient.topics.billing }, budget) : [missing(account, id)]
  })
  const unlisted = unlistedDrawdown(patient, account, answer.answer)
  if (findings.length > 0 || unlisted.length > 0) return [...findings, ...unlisted]
  return [ok(`All budgets that ${account.name} lists (${listed.length}) are there, and as their roles ask.`)]
}

const missing = ({ name, id }: AccountSettings, budget: string): Finding =>
  problem({
    what: `${name} lists the budget ${budget}, and the billing account has none of that id.`,
    why: 'It was deleted, or belongs to another account: it measures nothing.',
    mend: `See which there are: ${gcloud('billing budgets list', [], { 'billing-account': id, format: 'table(name.basename(),displayName)' })}`,
  })

/** Without a drawdown budget in the file: the one that would do, or the line that makes one. */
const unlistedDrawdown = (patient: Patient, account: AccountSettings, all: readonly Budget[]): readonly Finding[] => {
  const { name, plan, budgets: listed } = account
  if (plan === 'postpay' || Object.values(listed).includes('drawdown')) return []
  const subject = { account, role: 'drawdown' as const, topic: patient.topics.billing }
  const fitting = all.find((budget) => judgedBudget(subject, budget).every(({ status }) => status === 'ok'))
  if (fitting)
    return [
      warning({
        what: `The budget ${fitting.id} (${plain(fitting.name, NAME_MAX)}) would measure the credit of ${name}, and is not listed.`,
        why: 'An unlisted budget is watched only: the balance never falls.',
        mend: `List it: budgets: { ${fitting.id}: drawdown }`,
      }),
    ]
  return [
    problem({
      what: `The billing account of ${name} has no budget that could measure its credit.`,
      why: 'Nothing tells what the credit pays for.',
      mend: `Make one, and list its id as drawdown (${BUDGET_PUBLISHER} must be a publisher first, see the check publishers): ${createLine(patient, account)}`,
    }),
  ]
}

const createLine = ({ topics }: Patient, { id, plan }: AccountSettings): string =>
  gcloud('billing budgets create', [], {
    'billing-account': id,
    'display-name': 'Drawdown: gross spend from prepaid credit',
    'budget-amount': '100',
    'calendar-period': 'month',
    'credit-types-treatment': 'exclude-all-credits',
    ...(plan === 'gemini-prepay' && { 'filter-services': GEMINI_SERVICE }),
    'threshold-rule': 'percent=0.5',
    'notifications-rule-pubsub-topic': topics.billing || 'projects/PROJECT/topics/billing-notifications',
  })
