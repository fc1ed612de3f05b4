/** Lines for `gcloud` that can be pasted as they are; words from outside are quoted for a shell. */

import { shellWord } from '../rules/billing-steps.ts'

/** The last part of a full name. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** The project of `projects/P/…`. */
export const projectOf = (name: string): string => name.split('/')[1] ?? ''

/** `true` is a flag without a value, an empty text one that takes what was set away. */
export type Flags = Readonly<Record<string, string | true>>

/** A command, its words and its flags; what comes from outside is quoted. */
export const gcloud = (command: string, words: readonly string[], flags: Flags): string =>
  [
    `gcloud ${command}`,
    ...words.map(shellWord),
    ...Object.entries(flags).map(([flag, value]) => (value === true ? `--${flag}` : `--${flag}=${flagWord(value)}`)),
  ].join(' ')

/** As `shellWord`, but for characters that no shell looks at within a flag. */
const flagWord = (text: string): string => (/^[\w.:/@,=-]*$/.test(text) ? text : shellWord(text))

/** Where a policy has a condition anywhere, as infra/ makes it, gcloud asks for one: this answers. Pub/Sub and billing never ask. */
export const ALWAYS = { condition: 'None' }

/** Grants a role on a project, organisation, topic, subscription, Cloud Run service or billing account. */
export const grantLine = (resource: string, member: string, role: string): string => {
  const [kind = '', owner = '', , last = '', inner, name = ''] = resource.split('/')
  const who = { member, role }
  if (kind === 'billingAccounts') return gcloud('billing accounts add-iam-policy-binding', [owner], who)
  if (inner === 'services')
    return gcloud('run services add-iam-policy-binding', [name], { project: owner, region: last, ...who, ...ALWAYS })
  const collection = resource.split('/')[2]
  if (collection === undefined) return gcloud(`${kind} add-iam-policy-binding`, [owner], { ...who, ...ALWAYS })
  return gcloud(`pubsub ${collection} add-iam-policy-binding`, [last], { project: owner, ...who })
}

/** Takes a member's role on a topic away. */
export const revokeLine = (topic: string, member: string, role: string): string =>
  gcloud('pubsub topics remove-iam-policy-binding', [shortName(topic)], { project: projectOf(topic), member, role })

export const enableLine = (api: string, project: string): string => gcloud('services enable', [api], { project })

export const updateSubscription = (name: string, flags: Flags): string =>
  gcloud('pubsub subscriptions update', [shortName(name)], { project: projectOf(name), ...flags })

export const updateBudget = (account: string, budget: string, flags: Flags): string =>
  gcloud('billing budgets update', [budget], { 'billing-account': account, ...flags })
