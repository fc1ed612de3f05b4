import { expect, test } from 'vitest'
import type { LookUpSubject, Refusal } from '../../functions/domain/facts.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { billingUnseen } from '../../functions/rules/billing-unseen.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, standing } from '../support/standing.ts'

ruleContract(billingUnseen)

const PROJECT = 'projects/my-app'
const OWN = 'billingAccounts/01D4EE-079462-DFD6EC'

const judge = (...refused: readonly (readonly [LookUpSubject, Refusal])[]) =>
  billingUnseen.evaluate(
    standing({
      billing: { links: [], refused: refused.map(([about, why]) => ({ about, why, since: AS_OF - HOUR_MS })) },
    }),
    context(),
  )

test('nothing refused, nothing said', () => {
  expect(judge()).toEqual([])
})

test('every refusal is a warning of its own, told once while it lasts', () => {
  expect(judge([PROJECT, 'denied'], [OWN, 'denied'])).toMatchObject([
    { scope: PROJECT, severity: 'warning', state: 'holds', once: true },
    { scope: OWN, severity: 'warning', state: 'holds', once: true },
  ])
})

test.each([
  [
    PROJECT,
    'gcloud projects add-iam-policy-binding my-app --member=serviceAccount:SERVICE_ACCOUNT --role=roles/browser,',
  ],
  [
    OWN,
    'gcloud billing accounts add-iam-policy-binding 01D4EE-079462-DFD6EC --member=serviceAccount:SERVICE_ACCOUNT --role=roles/billing.viewer,',
  ],
] as const)('a missing role on %s comes with the command that grants it', (about, command) => {
  const [finding] = judge([about, 'denied'])
  expect(finding?.words.title).toMatch(/^roles\/[a-z.]+ is missing: /)
  expect(finding?.words.summary).toContain(about)
  expect(finding?.words.next[0]?.label).toContain(command)
})

test.each([
  ['not-found', 'Google finds no such resource', 'spelled'],
  ['unauthenticated', 'Google does not know the caller', 'gcloud auth application-default login'],
  ['api-disabled', 'The Cloud Billing API is disabled', 'gcloud services enable cloudbilling.googleapis.com'],
] as const)('%s has its own words and its own mend', (why, title, mend) => {
  const [finding] = judge([PROJECT, why])
  expect(finding?.words.title).toContain(title)
  expect(finding?.words.next.map(({ label }) => label).join('\n')).toContain(mend)
})

test('one message names everything that is refused', () => {
  const [first] = judge([PROJECT, 'denied'], [OWN, 'api-disabled'])
  expect(first?.words.arithmetic).toEqual([
    'projects/my-app: Role missing since 2026-11-23 09:00 UTC',
    'billingAccounts/01D4EE-079462-DFD6EC: API disabled since 2026-11-23 09:00 UTC',
  ])
})
