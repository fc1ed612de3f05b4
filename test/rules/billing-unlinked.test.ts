import { describe, expect, test } from 'vitest'
import type { AccountId } from '../../functions/domain/keys.ts'
import type { BillingStanding, LinkStanding } from '../../functions/domain/standing.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { billingUnlinked } from '../../functions/rules/billing-unlinked.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, standing } from '../support/standing.ts'

ruleContract(billingUnlinked)

const OWN = '01D4EE-079462-DFD6EC' as AccountId
const OTHER = '0A0A0A-0B0B0B-0C0C0C' as AccountId
const since = AS_OF - HOUR_MS

const judge = (links: readonly Omit<LinkStanding, 'since'>[], rest: Partial<BillingStanding> = {}) =>
  billingUnlinked.evaluate(
    standing({ billing: { links: links.map((link) => ({ ...link, since })), refused: [], ...rest } }),
    context(),
  )
const unlinked = { projectId: 'my-app', billingEnabled: false }
const elsewhere = { projectId: 'my-app', linkedTo: OTHER, billingEnabled: true }
const linked = { projectId: 'my-app', linkedTo: OWN, billingEnabled: true }
const off = { projectId: 'my-app', linkedTo: OWN, billingEnabled: false }

test('a project nobody has answered for is not judged', () => {
  expect(judge([])).toEqual([])
})

test('every project is its own scope: the unlinked hold, the linked are clear', () => {
  const findings = judge([unlinked, { ...linked, projectId: 'my-batch' }])
  expect(findings.map(({ scope, level, severity, state }) => [scope, level, severity, state])).toEqual([
    ['my-app', '', 'critical', 'holds'],
    ['my-batch', '', 'critical', 'clear'],
  ])
})

describe('linked to no account', () => {
  const words = judge([unlinked])[0]?.words

  test('says what stops, and since when it was seen', () => {
    expect(words?.title).toBe('Project my-app of Production is linked to no billing account: paid calls fail')
    expect(words?.stops).toContain('Since 2026-11-23 09:00 UTC at the latest: every paid call of the project fails')
    expect(words?.stops).toContain('free tier')
  })

  test('gives the page, the command, the roles it takes, and where the culprit is written', () => {
    expect(words?.next[0]?.url).toBe('https://console.cloud.google.com/billing/linkedaccount?project=my-app')
    expect(words?.next[0]?.label).toContain('Billing Account User')
    expect(words?.next[0]?.label).toContain('Project Billing Manager')
    expect(words?.next[1]?.label).toContain(
      'gcloud billing projects link my-app --billing-account=01D4EE-079462-DFD6EC',
    )
    expect(words?.next[2]?.label).toContain('DisableResourceBilling')
  })
})

test('linked to another account: says which, and that this ledger does not cover it', () => {
  const [finding] = judge([elsewhere])
  expect(finding).toMatchObject({ severity: 'critical', state: 'holds' })
  expect(finding?.words.title).toBe('Project my-app is billed to account 0A0A0A-0B0B0B-0C0C0C, not to Production')
  expect(finding?.words.summary).toContain('not in this ledger')
  expect(finding?.words.stops).toContain('Nothing stops by that alone')
})

test('linked to another account that is closed: paid calls fail', () => {
  expect(judge([{ ...elsewhere, billingEnabled: false }])[0]?.words.stops).toContain('the other account is closed')
})

describe('linked, yet billing is off', () => {
  test('is told while the account’s own state is unknown or said to be open', () => {
    expect(judge([off])[0]).toMatchObject({ state: 'holds' })
    expect(judge([off], { open: { open: true, since } })[0]).toMatchObject({ state: 'holds' })
    expect(judge([off])[0]?.words.title).toBe('Billing is off for project my-app, although Production is linked')
  })

  test('is left to account-closed where the account is known to be closed: it neither opens nor resolves', () => {
    expect(judge([off], { open: { open: false, since } })[0]).toMatchObject({ state: 'between' })
  })
})

test('linked again: the resolution says so', () => {
  expect(judge([linked])[0]).toMatchObject({
    state: 'clear',
    words: { title: 'Project my-app is linked to Production again' },
  })
})

test('a project’s name cannot change the command it stands in', () => {
  const [finding] = judge([{ ...unlinked, projectId: "x; rm -rf '$HOME'" }])
  expect(finding?.words.next[1]?.label).toContain(
    "gcloud billing projects link 'x; rm -rf '\\''$HOME'\\''' --billing-account=",
  )
})
