/** The canary: the latest one that fell due was planned, and got out. */

import type { CanaryRun } from '../app/canary.ts'
import { formatSpan, MINUTE_MS } from '../domain/time.ts'
import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import { gcloud } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { Ledger } from './ports.ts'
import { ledgerUnseen } from './unseen.ts'

/** Three runs of the schedule, which plans it. */
const LATE_MS = 15 * MINUTE_MS

const COVERS = 'the canary'

export const canary: Check = {
  name: 'canary',
  covers: COVERS,
  // The ledger too, but where there is no canary its absence is not worth a word.
  needs: ['config'],
  run: async (patient) => {
    if (!patient.config.canary) return []
    const lack = patient.lacks.ledger
    if (lack) return [unknown({ what: `Not checked: ${COVERS}.`, ...lack })]
    const read = await patient.io.ledger()
    if (read.kind !== 'read') return [ledgerUnseen(COVERS)]
    const { canary: run } = read.ledger
    return run ? [judged(patient, read.ledger, run)] : []
  },
}

/** What was planned is a delivery like any other: where it is late or dead, the check outbox says so. */
const judged = (patient: Patient, ledger: Ledger, run: CanaryRun): Finding => {
  if (run.recipients === 0) return nobody()
  const sent = run.states.filter((status) => status === 'sent').length
  if (run.states.length > 0)
    return ok(`The canary of ${run.day} was planned; sent so far: ${sent} of ${run.recipients}.`)
  const { now } = patient
  const waitedMs = now - Math.max(run.dueAt, bornAt(ledger) ?? now)
  if (!run.isOver) return waitedMs > LATE_MS ? overdue(patient, run) : ok(`The canary of ${run.day} is due now.`)
  return (bornAt(ledger) ?? now) < run.dueAt ? missed(patient, run) : ok('No canary has fallen due yet.')
}

/** It belongs to the first account; before that is known nothing can be late. */
const bornAt = ({ accounts: [first] }: Ledger) => first?.firstSeenAt

const nobody = (): Finding =>
  problem({
    what: 'The canary has no recipient: there is no channel.',
    why: 'It proves nothing.',
    mend: 'Add a channel, as the check routes says.',
  })

const overdue = (patient: Patient, { day, dueAt }: CanaryRun): Finding =>
  problem({
    what: `The canary of ${day} fell due ${formatSpan(patient.now - dueAt)} ago, and nobody planned it.`,
    why: 'The schedule plans it within five minutes: it does not run, or with another configuration.',
    mend: `See the checks functions and schedule, then the log: ${logLine(patient)}`,
  })

const missed = (patient: Patient, { day }: CanaryRun): Finding =>
  warning({
    what: `The canary of ${day} was missed.`,
    why: 'No run of the schedule knew of it within twelve hours; if it was not set up by then, all is well.',
    mend: `Prove the channels now (npx drawdown test-alert), then see why: ${logLine(patient)}`,
  })

const logLine = ({ project }: Patient): string =>
  gcloud('logging read', ['resource.labels.service_name="drawdown-schedule"'], {
    limit: '20',
    ...(project !== '' && { project }),
  })
