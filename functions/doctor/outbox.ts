/** What waits to be sent, what could not be, and what was set aside. */

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../domain/time.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'
import type { Patient } from './patient.ts'
import type { Ledger } from './ports.ts'
import { ledgerUnseen } from './unseen.ts'

/** Three runs of the schedule: it sweeps whatever an announcement lost. */
const LATE_MS = 15 * MINUTE_MS

const COVERS = 'deliveries and quarantine'

export const outbox: Check = {
  name: 'outbox',
  covers: COVERS,
  needs: ['ledger'],
  run: async (patient) => {
    const read = await patient.io.ledger()
    if (read.kind !== 'read') return [ledgerUnseen(COVERS)]
    const findings = [...lateOf(patient, read.ledger), ...deadOf(read.ledger), ...setAside(patient, read.ledger)]
    return findings.length > 0
      ? findings
      : [ok('Nothing waits to be sent, nothing is dead, nothing was set aside today.')]
  },
}

const lateOf = ({ now }: Patient, { nextDueAt }: Ledger): readonly Finding[] => {
  if (nextDueAt === undefined || now - nextDueAt <= LATE_MS) return []
  const late = now - nextDueAt
  const age = late < 2 * HOUR_MS ? `${Math.round(late / MINUTE_MS)} min` : `${Math.round(late / HOUR_MS)} h`
  return [
    problem({
      what: `A delivery has been due for ${age}, and nobody sends it.`,
      why: 'The schedule sweeps every five minutes, so it does not run, or its function cannot send.',
      mend: 'See the checks schedule and subscriptions. To send from here meanwhile: npx drawdown deliveries redrive --all-dead --send',
    }),
  ]
}

const deadOf = ({ dead }: Ledger): readonly Finding[] => {
  const [latest] = dead
  if (!latest) return []
  const channels = [...new Set(dead.map(({ channel }) => channel))].join(', ')
  return [
    problem({
      what: `${dead.length} deliver${dead.length === 1 ? 'y is' : 'ies are'} dead, by ${channels}; the latest: ${latest.note}.`,
      why: 'They were refused, or failed ten times: people were not told.',
      mend: 'Mend the channel, then send them again: npx drawdown deliveries redrive --all-dead',
    }),
  ]
}

const setAside = ({ now }: Patient, { quarantined }: Ledger): readonly Finding[] => {
  const today = quarantined.filter(({ at }) => now - at < DAY_MS)
  if (today.length === 0) return []
  const reasons = [...new Set(today.map(({ reason }) => reason))].join(', ')
  return [
    warning({
      what: `${today.length} input${today.length === 1 ? ' was' : 's were'} set aside within the last day (${reasons}).`,
      why: 'What they said is not in the ledger.',
      mend: 'See why, one by one: npx drawdown quarantine list',
    }),
  ]
}
