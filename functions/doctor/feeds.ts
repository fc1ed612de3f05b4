/** What the ledger has heard of each account: credit, budget messages, usage, refused look-ups. */

import type { Standing } from '../domain/standing.ts'
import { HOUR_MS, type Instant } from '../domain/time.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'
import { gcloud, shortName } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { Ledger } from './ports.ts'
import { ledgerUnseen } from './unseen.ts'

/** Google sends several messages a day; as the rule feed-stale has it. */
const SILENT_MS = 36 * HOUR_MS

const COVERS = 'what the ledger has heard'

export const feeds: Check = {
  name: 'feeds',
  covers: COVERS,
  needs: ['config', 'ledger'],
  run: async (patient) => {
    const read = await patient.io.ledger()
    if (read.kind !== 'read') return [ledgerUnseen(COVERS)]
    return read.ledger.accounts.flatMap((one) => accountFindings(patient, one))
  },
}

type Account = Ledger['accounts'][number]

const accountFindings = (patient: Patient, account: Account): readonly Finding[] => {
  const { standing } = account
  const findings = [
    ...creditFindings(standing),
    ...budgetFindings(patient, account),
    ...usageFindings(standing),
    ...lookUpFindings(standing),
  ]
  return findings.length > 0
    ? findings
    : [ok(`${standing.account.name} has credit on record, and its feeds are fresh.`)]
}

const creditFindings = ({ account, funded }: Standing): readonly Finding[] =>
  funded
    ? []
    : [
        warning({
          what: `${account.name} has no credit on record.`,
          why: 'Without a purchase or a balance there is nothing to judge: its credit alerts are silent.',
          mend: `Enter the balance that AI Studio shows: npx drawdown reading ${account.id} 41.20`,
        }),
      ]

const budgetFindings = (patient: Patient, { standing, firstSeenAt }: Account): readonly Finding[] => {
  const { account, budgets, feeds: heard } = standing
  const listed = Object.entries(account.budgets).filter(([, role]) => role === 'drawdown')
  if (listed.length === 0) return []
  const waitedMs = patient.now - (firstSeenAt ?? patient.now)
  const unheard = listed.filter(([id]) => !budgets.some(({ budgetId }) => budgetId === id))
  const lastAt = heard.budget?.lastAt
  return [
    ...(lastAt !== undefined && patient.now - lastAt > SILENT_MS ? [silent(patient, standing, lastAt)] : []),
    ...unheard.map(([id]) => neverHeard(patient, standing, { id, waitedMs })),
  ]
}

const hours = (ms: number): number => Math.round(ms / HOUR_MS)

const silent = (patient: Patient, { account }: Standing, lastAt: Instant): Finding =>
  problem({
    what: `${account.name} was last heard of by its budget ${hours(patient.now - lastAt)} h ago.`,
    why: 'Google sends several messages a day: the balance shown is older than it looks.',
    mend: `Follow the way of a message: the checks budgets, publishers and subscriptions here, then the log: ${gcloud('logging read', ['resource.labels.service_name="drawdown-billing-notification"'], { limit: '20', ...(patient.project !== '' && { project: patient.project }) })}`,
  })

type Unheard = { readonly id: string; readonly waitedMs: number }

const neverHeard = (patient: Patient, { account }: Standing, { id, waitedMs }: Unheard): Finding => {
  const complaint = {
    what: `${account.name} has never heard of its budget ${id}.`,
    why: 'The first message may take hours; after a day something is wrong, and spend is not measured.',
    mend: `Check that the budget publishes to ${shortName(patient.topics.billing) || 'billing-notifications'}: ${gcloud('billing budgets describe', [id], { 'billing-account': account.id, format: 'value(notificationsRule.pubsubTopic)' })}`,
  }
  return waitedMs > SILENT_MS ? problem(complaint) : warning(complaint)
}

const usageFindings = ({ account, feeds: heard }: Standing): readonly Finding[] => {
  if (heard.usage && !heard.usage.stale) return []
  const what = heard.usage
    ? `${account.name} has not heard of usage for a while.`
    : `${account.name} has never heard of usage.`
  return [
    warning({
      what,
      why: 'Budget messages come up to a day late; without token counts the balance has wide bounds and warnings come late.',
      mend: 'Have your callers publish usageMetadata after each call to the topic gemini-usage, as the README shows.',
    }),
  ]
}

const lookUpFindings = ({ account, billing }: Standing): readonly Finding[] =>
  billing.refused.map(({ about, why }) =>
    warning({
      what: `Google refuses the schedule’s look-up of ${about} for ${account.name} (${why}).`,
      why: 'A lost billing link or a closed account would not be noticed.',
      mend: 'The check service-accounts names the missing role; the alert billing-unseen has the line to run.',
    }),
  )
