/** The tables of an account as rows of words: grants, budgets, feeds, tier, projects. */

import type { BudgetStanding, Feed, GrantStanding, Standing } from '../domain/standing.ts'
import { formatInZone, formatSpan } from '../domain/time.ts'
import { bare, clockTime, money, percentOf } from '../rules/words.ts'
import { plain } from './plain.ts'

/** Cells in the order of `columns`; `numeric` names the columns set to the right. */
export type TableView = {
  readonly title: string
  readonly columns: readonly string[]
  readonly numeric: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What an empty table means, and what to do about it. */
  readonly empty: string
  readonly more: number
}

export type AccountTables = {
  readonly grants: TableView
  readonly budgets: TableView
  readonly feeds: TableView
  readonly projects: TableView
  readonly tier: readonly string[]
  /** Facts that contradict the others, and models nobody knows the price of. */
  readonly remarks: readonly string[]
}

const ROWS_MAX = 25
const NAME_MAX = 80
/** More would widen the table for little. */
const MODELS_MAX = 3

/** Pure; grants that still hold credit come first, otherwise the order is the standing's. */
export const tablesOf = (standing: Standing): AccountTables => ({
  grants: grantsTable(standing),
  budgets: budgetsTable(standing),
  feeds: feedsTable(standing),
  projects: projectsTable(standing),
  tier: tierLines(standing),
  remarks: remarksOf(standing),
})

const table = (base: Omit<TableView, 'more'>): TableView => ({
  ...base,
  rows: base.rows.slice(0, ROWS_MAX),
  more: Math.max(0, base.rows.length - ROWS_MAX),
})

const isLive = ({ state }: GrantStanding): boolean => state === 'active' || state === 'scheduled'

const grantsTable = (standing: Standing): TableView => {
  const ordered = [...standing.grants.filter(isLive), ...standing.grants.filter((grant) => !isLive(grant))]
  return table({
    title: `Grants, in ${standing.account.currency}`,
    columns: ['Grant', 'Kind', 'Remaining', 'Amount', 'State', 'Effective', 'Expires'],
    numeric: ['Remaining', 'Amount'],
    rows: ordered.map((grant) => grantRow(standing, grant)),
    empty: 'No grant has been entered.',
  })
}

const grantRow = (standing: Standing, grant: GrantStanding): readonly string[] => [
  plain(grant.id, NAME_MAX),
  grant.kind,
  bare(standing, grant.remaining),
  bare(standing, grant.amount),
  grant.state,
  dayOf(standing, grant.effectiveAt),
  grant.expiresAt === undefined ? 'never' : dayOf(standing, grant.expiresAt),
]

const dayOf = (standing: Standing, at: number): string => clockTime(standing, at).slice(0, 10)

const budgetsTable = (standing: Standing): TableView =>
  table({
    title: 'Budgets',
    columns: ['Budget', 'Role', 'Spent this period', 'Of', 'Last message'],
    numeric: ['Spent this period', 'Of'],
    rows: standing.budgets.map((budget) => budgetRow(standing, budget)),
    empty:
      'No budget message has come yet. Connect a budget of the billing account to the topic billing-notifications.',
  })

const budgetRow = (standing: Standing, budget: BudgetStanding): readonly string[] => {
  const share = percentOf(budget.cost, budget.amount, standing.account.locale)
  return [
    plain(budget.name || budget.budgetId, NAME_MAX),
    budget.role,
    money(standing, budget.cost, budget.currencyCode),
    money(standing, budget.amount, budget.currencyCode) + (share === undefined ? '' : ` (${share})`),
    clockTime(standing, budget.lastAt),
  ]
}

const feedsTable = (standing: Standing): TableView => {
  const { budget, usage } = standing.feeds
  return table({
    title: 'Feeds',
    columns: ['Feed', 'Last message', 'Age', 'State'],
    numeric: [],
    rows: [feedRow(standing, 'Budget messages', budget), feedRow(standing, 'Usage', usage)],
    empty: '',
  })
}

const feedRow = (standing: Standing, name: string, feed: Feed | undefined): readonly string[] => {
  if (!feed) return [name, 'none yet', '–', 'not connected']
  const age = formatSpan(Math.max(0, standing.asOf - feed.lastAt))
  return [name, formatInZone(feed.lastAt, standing.account.timeZone), age, feed.stale ? 'stale' : 'fresh']
}

const projectsTable = (standing: Standing): TableView =>
  table({
    title: 'Spend by project, estimated',
    columns: ['Project', `${standing.account.currency} a day`, 'Models, largest first'],
    numeric: [`${standing.account.currency} a day`],
    rows: standing.byProject.map(({ projectId, perDay, models }) => [
      plain(projectId, NAME_MAX),
      bare(standing, perDay),
      modelsOf(standing, models),
    ]),
    empty: 'No usage has come yet. Callers publish it to the topic gemini-usage.',
  })

const modelsOf = (standing: Standing, models: Standing['byProject'][number]['models']): string => {
  const named = models.filter(({ model }) => model !== '').slice(0, MODELS_MAX)
  return named.map(({ model, perDay }) => `${plain(model, NAME_MAX)} ${bare(standing, perDay)}`).join(', ') || '–'
}

const TIER_LABELS: Readonly<Record<Standing['tier']['entitled'], string>> = {
  free: 'Free',
  'tier-1': 'Tier 1',
  'tier-2': 'Tier 2',
  'tier-3': 'Tier 3',
}

const tierLines = (standing: Standing): readonly string[] => {
  const { observed, entitled, since, next } = standing.tier
  const from = since === undefined ? '' : ` since ${clockTime(standing, since).slice(0, 10)}`
  const earliest = next?.earliestAt === undefined ? '' : `, on ${dayOf(standing, next.earliestAt)} at the earliest`
  return [
    `By payments: ${TIER_LABELS[entitled]}${observed === undefined ? from : ''}`,
    ...(observed === undefined ? [] : [`Observed: ${TIER_LABELS[observed]}${from}`]),
    ...(next ? [`Next: ${TIER_LABELS[next.tier]}${stillNeeded(standing, next.paidStillNeeded)}${earliest}`] : []),
  ]
}

const stillNeeded = (standing: Standing, amount: bigint): string =>
  amount > 0n ? ` after paying ${money(standing, amount)} more` : ''

const remarksOf = ({ setAside, unpricedModels }: Standing): readonly string[] => [
  ...(setAside.length > 0
    ? [
        `${setAside.length} ${setAside.length === 1 ? 'fact contradicts' : 'facts contradict'} the others and ${setAside.length === 1 ? 'is' : 'are'} set aside.`,
      ]
    : []),
  ...(unpricedModels.length > 0
    ? [`Without a known price: ${plain(unpricedModels.slice(0, ROWS_MAX).join(', '), NAME_MAX * 3)}.`]
    : []),
]
