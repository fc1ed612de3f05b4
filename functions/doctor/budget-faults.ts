/** What is wrong with one budget, seen from the role that the configuration gives it. */

import type { AccountSettings } from '../domain/standing.ts'
import { plain } from '../report/plain.ts'
import { type Finding, problem, warning } from './check.ts'
import { updateBudget } from './gcloud.ts'
import type { Budget } from './resources.ts'

export type BudgetSubject = {
  readonly account: AccountSettings
  readonly role: 'drawdown' | 'watch'
  /** Full name; empty where the project is not known: then the topic is not judged. */
  readonly topic: string
}

const GEMINI_SERVICE = 'services/AEFD-7695-64FA'
const GEMINI_API = 'the Gemini API alone'
/** Google's own limit of a display name. */
const NAME_MAX = 60

/** Every fault of the budget; empty where it does what its role asks. */
export const judgedBudget = (subject: BudgetSubject, budget: Budget): readonly Finding[] => [
  ...(budget.spendCap ? [cap(subject, budget)] : topicFaults(subject, budget)),
  ...thresholdFaults(subject, budget),
  ...(subject.role === 'drawdown'
    ? [...creditFaults(subject, budget), ...periodFaults(subject, budget), ...scopeFaults(subject, budget)]
    : []),
]

const called = ({ name, id }: Budget): string => `The budget “${plain(name, NAME_MAX)}” (${id})`

/** A spend cap may have no topic at all. */
const cap = ({ account }: BudgetSubject, budget: Budget): Finding =>
  problem({
    what: `${called(budget)} of ${account.name} is a spend cap.`,
    why: 'A spend cap publishes nothing, so it cannot measure or warn here.',
    mend: 'Make an alerts-only budget beside it, with the same services and amount, and list that one.',
  })

const topicFaults = ({ account, topic }: BudgetSubject, budget: Budget): readonly Finding[] => {
  const mend = (wanted: string): string =>
    `Connect it: ${updateBudget(account.id, budget.id, { 'notifications-rule-pubsub-topic': wanted })}`
  if (budget.topic === undefined)
    return [
      problem({
        what: `${called(budget)} of ${account.name} publishes to no Pub/Sub topic.`,
        why: 'Its messages never reach Drawdown.',
        mend: mend(topic || 'projects/PROJECT/topics/billing-notifications'),
      }),
    ]
  if (topic !== '' && budget.topic !== topic)
    return [
      problem({
        what: `${called(budget)} of ${account.name} publishes to ${budget.topic}, not to ${topic}.`,
        why: 'Its messages go elsewhere.',
        mend: mend(topic),
      }),
    ]
  return []
}

const thresholdFaults = ({ account }: BudgetSubject, budget: Budget): readonly Finding[] => {
  if (budget.spendCap) return []
  if (budget.thresholds === 0)
    return [
      warning({
        what: `${called(budget)} of ${account.name} has no thresholds of spend.`,
        why: 'Its messages never say that a threshold was passed: the alert budget-threshold stays silent.',
        mend: `Add some: ${updateBudget(account.id, budget.id, { 'add-threshold-rule': 'percent=0.5' })} --add-threshold-rule=percent=0.9 --add-threshold-rule=percent=1.0`,
      }),
    ]
  return budget.isMailed
    ? []
    : [
        warning({
          what: `${called(budget)} of ${account.name} mails nobody.`,
          why: 'Google fills the thresholds of a message only where somebody is to get mail too.',
          mend: `Let it mail the billing administrators: ${updateBudget(account.id, budget.id, { 'no-disable-default-iam-recipients': true })}`,
        }),
      ]
}

const creditFaults = ({ account }: BudgetSubject, budget: Budget): readonly Finding[] =>
  budget.credits === 'EXCLUDE_ALL_CREDITS'
    ? []
    : [
        problem({
          what: `${called(budget)} of ${account.name} is net of credits (${budget.credits}).`,
          why: 'Credit that pays for spend reads as no spend at all: the balance seems not to fall, and nobody is warned.',
          mend: `Make it gross: ${updateBudget(account.id, budget.id, { 'credit-types-treatment': 'exclude-all-credits' })}`,
        }),
      ]

const periodFaults = ({ account }: BudgetSubject, budget: Budget): readonly Finding[] => {
  if (budget.period === 'MONTH') return []
  const isCustom = budget.period === 'CUSTOM'
  return [
    (isCustom ? problem : warning)({
      what: `${called(budget)} of ${account.name} has ${isCustom ? 'a custom period' : `the period ${budget.period}`}.`,
      why: isCustom
        ? 'It never begins again: after its end no message comes.'
        : 'The statement and the caps go by the month.',
      mend: `Make it monthly: ${updateBudget(account.id, budget.id, { 'calendar-period': 'month' })}`,
    }),
  ]
}

const scopeFaults = ({ account }: BudgetSubject, budget: Budget): readonly Finding[] => [
  ...serviceFaults(account, budget),
  ...(budget.projects.length === 0 && !budget.isNarrowed
    ? []
    : [
        warning({
          what: `${called(budget)} of ${account.name} sees a part of the billing account only.`,
          why: 'Credit is drawn by every project of the account: what the others spend is not measured, and the balance seems too high.',
          mend: budget.isNarrowed
            ? 'Take labels, subaccounts, folders and organisations out of its filter, in the Cloud console.'
            : `Let it see all projects: ${updateBudget(account.id, budget.id, { 'filter-projects': '' })}`,
        }),
      ]),
]

const serviceFaults = ({ name, id, plan }: AccountSettings, budget: Budget): readonly Finding[] => {
  const { services } = budget
  const isGemini = services.length === 1 && services[0] === GEMINI_SERVICE
  if (plan === 'gemini-prepay' && !isGemini)
    return [
      problem({
        what: `${called(budget)} of ${name} counts ${services.length === 0 ? 'all services' : services.join(', ')}; under the plan gemini-prepay it should count ${GEMINI_API}.`,
        why:
          services.includes(GEMINI_SERVICE) || services.length === 0
            ? 'Other services are not paid from this credit: the balance seems too low.'
            : 'It does not see what the credit pays for: the balance never falls.',
        mend: `Filter it: ${updateBudget(id, budget.id, { 'filter-services': GEMINI_SERVICE })}`,
      }),
    ]
  return plan === 'cloud-credit' && services.length > 0
    ? [
        problem({
          what: `${called(budget)} of ${name} counts ${isGemini ? GEMINI_API : services.join(', ')}; under the plan cloud-credit it should count all services.`,
          why: 'This credit pays for every service: what the others spend is not measured, and the balance seems too high.',
          mend: `Take the filter away: ${updateBudget(id, budget.id, { 'filter-services': '' })}`,
        }),
      ]
    : []
}
