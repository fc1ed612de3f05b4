/** What billing support asks for first, as lines a person can paste into a ticket. */

import type { DepletionEvidence } from '../domain/evidence.ts'
import type { GrantStanding, Standing } from '../domain/standing.ts'
import { bare, clip, clockTime, NAMES_MAX } from './words.ts'

/** More would hide the latest; the rest is in the ledger. */
const GRANTS_MAX = 5
/** The vendor's sentence is under 250 characters; more is not its text. */
const MESSAGE_MAX = 300
/** Ids are shorter; an entered one may be anything. */
const ID_MAX = 60

/** The claim, the account, the error with its first and last sight, what was paid, and what the ledger made of it. */
export const supportText = (standing: Standing, depletion: DepletionEvidence | undefined): readonly string[] => [
  'for a ticket to billing support, copy from here:',
  `Calls are refused as depleted although the billing account holds Gemini API credit. Billing account ${standing.account.id}${projectsOf(standing)}.`,
  ...(depletion ? sightOf(standing, depletion) : []),
  ...receiptsOf(standing),
  `Our records at ${clockTime(standing, standing.asOf)}: billed ${bare(standing, standing.spent.billed)}, left ${bare(standing, standing.balance.low)} to ${bare(standing, standing.balance.high)} ${standing.account.currency}. Please compare with the Prepay balance.`,
]

const projectsOf = ({ account: { projects } }: Standing): string => {
  if (projects.length === 0) return ''
  const more = projects.length > NAMES_MAX ? ` and ${projects.length - NAMES_MAX} more` : ''
  return `, projects ${projects
    .slice(0, NAMES_MAX)
    .map((name) => clip(name, ID_MAX))
    .join(', ')}${more}`
}

const sightOf = (standing: Standing, depletion: DepletionEvidence): readonly string[] => {
  const { at, since = at, requests, code, message, projectId } = depletion
  const counted = requests === undefined ? '' : `, ${requests} ${requests === 1 ? 'request' : 'requests'}`
  const { paidCallAt } = standing.evidence
  return [
    `Error ${code} “${clip(message, MESSAGE_MAX)}” first seen ${clockTime(standing, since)}, last seen ${clockTime(standing, at)} in project ${clip(projectId, ID_MAX)}${counted}.`,
    ...(paidCallAt === undefined ? [] : [`Last call that was served: ${clockTime(standing, paidCallAt)}.`]),
  ]
}

const receiptsOf = (standing: Standing): readonly string[] => {
  const known = new Map([...standing.recentGrants, ...standing.livingGrants].map((grant) => [grant.id, grant]))
  const started = [...known.values()].filter(({ effectiveAt }) => effectiveAt <= standing.asOf)
  return started
    .sort((a, b) => b.effectiveAt - a.effectiveAt || (a.id < b.id ? -1 : 1))
    .slice(0, GRANTS_MAX)
    .map((grant) => receiptOf(standing, grant))
}

const receiptOf = (standing: Standing, { id, kind, amount, remaining, effectiveAt }: GrantStanding): string =>
  `Receipt ${clip(id, ID_MAX)}: ${kind} of ${bare(standing, amount)} ${standing.account.currency} at ${clockTime(standing, effectiveAt)}, of which ${bare(standing, remaining)} is left.`
