/** The configuration file: readable, and plausible account by account. */

import type { AccountSettings } from '../domain/standing.ts'
import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import { gcloud } from './gcloud.ts'
import { isBudgetId, isProject } from './ids.ts'
import type { Patient } from './patient.ts'

export const config: Check = {
  name: 'config',
  covers: 'the configuration file',
  needs: [],
  run: async (patient) => {
    const faults = faultsOf(patient)
    if (faults.length > 0) return faults
    const findings = [
      ...builtIn(patient),
      ...patient.config.accounts.flatMap((account) => accountFindings(patient, account)),
      ...unlooked(patient),
    ]
    const count = patient.config.accounts.length
    return findings.length > 0
      ? findings
      : [ok(`The configuration is sound: ${count} account${count === 1 ? '' : 's'}.`)]
  },
}

const faultsOf = ({ configFaults, configPath }: Patient): readonly Finding[] =>
  configFaults.map((line) =>
    problem({
      what: line,
      why: 'No function starts with this configuration.',
      mend: `Mend the file, then run: npx drawdown config check${configPath === undefined ? '' : ` ${configPath}`}`,
    }),
  )

const builtIn = ({ configPath }: Patient): readonly Finding[] =>
  configPath === undefined
    ? [
        warning({
          what: 'No configuration file is named: the built-in example is in use.',
          why: 'Its account, budget and addresses are examples; nobody is told of yours.',
          mend: 'Write a file as the README shows under Configuration, and set DRAWDOWN_CONFIG to its path.',
        }),
      ]
    : []

const accountFindings = (patient: Patient, account: AccountSettings): readonly Finding[] => [
  ...budgetFindings(patient, account),
  ...projectFindings(account),
  ...thresholdFindings(account),
  ...rateFindings(account),
]

const budgetFindings = (patient: Patient, account: AccountSettings): readonly Finding[] => {
  const { name, id, plan, budgets } = account
  const malformed = Object.keys(budgets).filter((budget) => !isBudgetId(budget))
  const drawdown = Object.values(budgets).filter((role) => role === 'drawdown').length
  const list = `gcloud billing budgets list --billing-account=${id}`
  return [
    ...malformed.map((budget) =>
      problem({
        what: `${name} lists the budget ${budget}, which is no budget id.`,
        why: 'No message will ever carry it, so this budget measures nothing.',
        mend: `Take the last part of the budget’s name, 32 hex digits in five groups: ${list}`,
      }),
    ),
    ...(drawdown === 0 && plan !== 'postpay' ? [noDrawdown(patient, name, list)] : []),
    ...(drawdown > 1 ? [severalDrawdown(name, drawdown)] : []),
  ]
}

const noDrawdown = ({ project }: Patient, name: string, list: string): Finding => {
  const flags = { secret: 'drawdown-config', ...(project !== '' && { project }) }
  const read = gcloud('secrets versions access', ['latest'], flags)
  return problem({
    what: `${name} lists no budget with the role drawdown.`,
    why: 'Nothing measures what the credit pays for, so the balance never falls.',
    mend: `Find the budget (${list}) and list it: budgets: { ID: drawdown }. infra/ lists the budgets it makes in the deployed file alone; to examine that one: ${read} > deployed.yaml && DRAWDOWN_CONFIG=deployed.yaml npx drawdown doctor`,
  })
}

const severalDrawdown = (name: string, count: number): Finding =>
  warning({
    what: `${name} lists ${count} budgets with the role drawdown.`,
    why: 'They add up: what two of them cover is taken from the credit twice.',
    mend: 'Keep one, and give the others the role watch; or make sure that no project is in two of them.',
  })

const projectFindings = ({ name, projects }: AccountSettings): readonly Finding[] => [
  ...projects
    .filter((project) => !isProject(project))
    .map((project) =>
      problem({
        what: `${name} lists the project ${project}, which is neither a project id nor a project number.`,
        why: 'Messages of that project find no account, and are set aside.',
        mend: 'Write its id as Google spells it: gcloud projects list',
      }),
    ),
  ...(projects.length === 0
    ? [
        warning({
          what: `${name} lists no projects.`,
          why: 'Usage, errors and incidents name a project, not an account: they are set aside. Billing links are not watched.',
          mend: 'List the projects that are billed to it: projects: [my-app]',
        }),
      ]
    : []),
]

const thresholdFindings = ({ name, thresholds }: AccountSettings): readonly Finding[] => {
  const { percent, amount, runwayHours } = thresholds
  if (percent.length > 0 || amount.length > 0) return []
  return runwayHours.length > 0
    ? [
        warning({
          what: `${name} has no thresholds of credit, only of runway.`,
          why: 'Runway needs a day of history: on the first day nothing warns before the credit is gone.',
          mend: 'Add thresholds: { percent: [50, 20, 10] }, or leave percent out to have these.',
        }),
      ]
    : [
        problem({
          what: `${name} has no thresholds at all.`,
          why: 'Nobody is told before the credit is gone.',
          mend: 'Leave thresholds out to have the defaults, or write thresholds: { percent: [50, 20, 10], runwayHours: [168, 72, 24] }.',
        }),
      ]
}

const rateFindings = ({ name, currency, usdRate }: AccountSettings): readonly Finding[] =>
  currency === 'USD' || usdRate !== undefined
    ? []
    : [
        warning({
          what: `${name} is billed in ${currency} and has no usdRate.`,
          why: 'List prices are in US dollars: usage shapes the burn rate, but cannot be priced.',
          mend: `Write what one US dollar costs in ${currency}, such as usdRate: "0.92".`,
        }),
      ]

const unlooked = ({ leftOut: { accounts, projects } }: Patient): readonly Finding[] =>
  accounts + projects === 0
    ? []
    : [
        unknown({
          what: `${accounts} accounts and ${projects} projects were not looked up at Google, nor in the ledger.`,
          why: 'A person waits, so doctor looks up the first ones of the configuration.',
          mend: 'Move those you doubt to the top of a copy of the file, and name it: DRAWDOWN_CONFIG=copy.yaml npx drawdown doctor',
        }),
      ]
