/** Rules about what Google answers when it is asked: is the project billed here, is the account open, may we know. */

import { ACCOUNT } from '../../support/facts.ts'
import { google } from '../../support/rule-acts.ts'
import type { RuleTable } from '../../support/rule-table.ts'

const well = google((peer) => {
  peer.link('my-app', ACCOUNT)
  peer.account(ACCOUNT, true)
})
const closed = google((peer) => peer.account(ACCOUNT, false))
const unlinked = google((peer) => peer.link('my-app'))
/** PERMISSION_DENIED. */
const denied = google((peer) => peer.answer('projects/my-app', { code: 7 }))

const accountClosed: RuleTable = {
  rule: 'account-closed',
  asksGoogle: true,
  rows: [
    { at: 0, act: well, expect: [] },
    { at: 1, act: closed, shows: 'opens', expect: ['firing critical'] },
    { at: 2, act: closed, shows: 'again', expect: [] },
    { at: 4.9, shows: 'too soon', expect: [] },
    { at: 5, shows: 'repeats', expect: ['repeat critical'] },
    { at: 6, act: well, shows: 'resolves', expect: ['resolved critical'] },
    { at: 7, act: closed, shows: 'opens anew', expect: ['firing critical'] },
  ],
}

const billingUnlinked: RuleTable = {
  rule: 'billing-unlinked',
  asksGoogle: true,
  rows: [
    { at: 0, act: well, expect: [] },
    { at: 1, act: unlinked, shows: 'opens', expect: ['firing critical'] },
    { at: 2, act: unlinked, shows: 'again', expect: [] },
    { at: 4.9, shows: 'too soon', expect: [] },
    { at: 5, shows: 'repeats', expect: ['repeat critical'] },
    { at: 6, act: well, shows: 'resolves', expect: ['resolved critical'] },
    { at: 7, act: unlinked, shows: 'opens anew', expect: ['firing critical'] },
  ],
}

const billingUnseen: RuleTable = {
  rule: 'billing-unseen',
  asksGoogle: true,
  once: 'nothing is known to be wrong; a missing role is no alarm',
  rows: [
    { at: 0, act: well, expect: [] },
    { at: 1, act: denied, shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: denied, shows: 'again', expect: [] },
    { at: 25, shows: 'never again', expect: [] },
    { at: 240, shows: 'never again', expect: [] },
    { at: 241, act: well, shows: 'resolves', expect: ['resolved warning'] },
    { at: 242, act: denied, shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** Closed, unlinked and unseen. */
export const lookUpTables: readonly RuleTable[] = [accountClosed, billingUnlinked, billingUnseen]
