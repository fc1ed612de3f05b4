/** Spend caps: whether one could pause Drawdown itself, and whether one has stopped the Gemini API. */

import type { LookedUp } from '../app/look-up.ts'
import { plain } from '../report/plain.ts'
import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import { gcloud } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { Budget } from './resources.ts'
import { type Unseen, unseen } from './unseen.ts'

/** Google's own limit of a display name. */
const NAME_MAX = 60
const GEMINI_SERVICE = 'services/AEFD-7695-64FA'
/** Cloud Run and Cloud Run functions, as the Cloud Billing catalog numbers them. */
const RUNS_US = new Set(['services/152E-C115-5142', 'services/29E7-DA93-CA13'])

export const spendCaps: Check = {
  name: 'spend-caps',
  covers: 'spend caps',
  needs: ['config', 'project', 'google'],
  run: async (patient) => {
    const number = await patient.io.cloud.projectNumber(patient.project)
    const accounts = await accountsOf(patient)
    const answers = await Promise.all(
      accounts.ids.map(async (id) => ({ id, answer: await patient.io.cloud.budgets(id) })),
    )
    const findings = answers.flatMap(({ id, answer }) =>
      answer.kind === 'answer'
        ? answer.answer.flatMap((budget) => capFindings(patient, { account: id, number }, budget))
        : [budgetsUnseen(patient, id, answer)],
    )
    const all = [...accounts.unseen, ...findings]
    return all.length > 0 ? all : [ok('No spend cap could pause Drawdown, and none is enforced.')]
  },
}

/** The configured accounts, and the one that pays for Drawdown itself: the cap may lie there. */
const accountsOf = async (patient: Patient) => {
  const own = await patient.io.billing.billingLink(patient.project)
  const linked = own.kind === 'answer' && own.answer.linkedTo ? [own.answer.linkedTo] : []
  const ids: readonly string[] = [...new Set([...patient.subjects.map(({ id }) => id), ...linked])]
  return { ids, unseen: own.kind === 'answer' ? [] : [payerUnseen(patient, own)] }
}

const payerUnseen = (patient: Patient, answer: Unseen): Finding =>
  unseen(patient, `The billing account that pays for Drawdown’s own project ${patient.project}`, answer, {
    api: 'cloudbilling.googleapis.com',
    resource: `projects/${patient.project}`,
    role: 'roles/browser',
  })

const budgetsUnseen = (patient: Patient, id: string, answer: Unseen): Finding =>
  unseen(patient, `The spend caps of billing account ${id}`, answer, {
    api: 'billingbudgets.googleapis.com',
    resource: `billingAccounts/${id}`,
    role: 'roles/billing.viewer',
  })

type Where = { readonly account: string; readonly number: LookedUp<string> }

const capFindings = (patient: Patient, where: Where, budget: Budget): readonly Finding[] => {
  if (!budget.spendCap) return []
  const called = `The spend cap “${plain(budget.name, NAME_MAX)}” (${budget.id})`
  const describe = gcloud('billing budgets describe', [budget.id], { 'billing-account': where.account })
  if (budget.services.includes(GEMINI_SERVICE)) return enforcedFindings(called, budget, describe)
  const isOurs = coversProject(patient.project, where.number, budget)
  if (isOurs === false || !budget.services.some((service) => RUNS_US.has(service))) return []
  if (isOurs === undefined) return [projectUnclear(called, describe)]
  return [
    problem({
      what: `${called} caps what Drawdown itself runs on, in its own project ${patient.project}.`,
      why: 'When the cap is reached, the functions pause: nobody is warned just when spend is high.',
      mend: `Delete the cap, or run Drawdown in a project of its own: ${gcloud('billing budgets delete', [budget.id], { 'billing-account': where.account })}`,
    }),
  ]
}

/** A filter names projects by number, as a rule; `undefined` where the number is not known. */
const coversProject = (project: string, number: LookedUp<string>, { projects }: Budget): boolean | undefined => {
  if (projects.length === 0 || projects.includes(`projects/${project}`)) return true
  return number.kind === 'answer' ? projects.includes(`projects/${number.answer}`) : undefined
}

const projectUnclear = (called: string, describe: string): Finding =>
  unknown({
    what: `${called} is on Cloud Run; whether it caps Drawdown’s own project is not certain.`,
    why: 'The filter names the project by its number, and the number could not be read.',
    mend: `Compare budgetFilter.projects with the number of the project: ${describe}`,
  })

const enforcedFindings = (called: string, { spendCap }: Budget, describe: string): readonly Finding[] =>
  spendCap?.state === 'ENFORCED'
    ? [
        warning({
          what: `${called} is enforced: the Gemini API of its project is stopped.`,
          why: 'Calls fail although there may be credit left, and usage goes quiet.',
          mend: `Lift it in the Cloud console under Budgets, or wait for the next month. To see it: ${describe}`,
        }),
      ]
    : []
