/** What IAM policies say of one member; grants on folders and organisations are not in them. */

import type { LookedUp } from '../app/look-up.ts'
import type { Policy } from './resources.ts'

/**
 * `unclear`: by a custom role, or to a group or domain that may or may not hold the member. `conditional`: under a
 * condition that is not judged here.
 */
export type Grant = 'granted' | 'conditional' | 'unclear' | 'absent'

/** Roles that hold what the first of them is for, smallest first. */
export const ROLES = {
  publish: ['roles/pubsub.publisher', 'roles/pubsub.editor', 'roles/pubsub.admin', 'roles/editor', 'roles/owner'],
  subscribe: ['roles/pubsub.subscriber', 'roles/pubsub.editor', 'roles/pubsub.admin', 'roles/editor', 'roles/owner'],
  database: ['roles/datastore.user', 'roles/datastore.owner', 'roles/editor', 'roles/owner'],
  invoke: ['roles/run.invoker', 'roles/run.admin', 'roles/editor', 'roles/owner'],
  readProject: ['roles/browser', 'roles/viewer', 'roles/editor', 'roles/owner'],
  readAccount: ['roles/billing.viewer', 'roles/billing.costsManager', 'roles/billing.admin'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>

export type Right = keyof typeof ROLES

const BEST: readonly Grant[] = ['granted', 'conditional', 'unclear', 'absent']
const EVERYBODY = new Set(['allUsers', 'allAuthenticatedUsers'])

/** The best that any of the policies holds for the member. */
export const grantOf = (policies: readonly Policy[], member: string, right: Right): Grant => {
  const known: readonly string[] = ROLES[right]
  const grants = policies.flat().map(({ role, members, condition }): Grant => {
    const isNamed = members.includes(member) || members.some((one) => EVERYBODY.has(one))
    const isCustom = !role.startsWith('roles/')
    if (known.includes(role) && isNamed) return condition === undefined ? 'granted' : 'conditional'
    if (isCustom && isNamed) return 'unclear'
    return known.includes(role) && members.some((one) => /^(group|domain|principalSet):/.test(one))
      ? 'unclear'
      : 'absent'
  })
  return BEST.find((grant) => grants.includes(grant)) ?? 'absent'
}

/** Of several answers those that came, and the first that did not. */
export const policiesOf = (answers: readonly LookedUp<Policy>[]) => ({
  policies: answers.flatMap((answer) => (answer.kind === 'answer' ? [answer.answer] : [])),
  missing: answers.find((answer) => answer.kind !== 'answer'),
})
