/** The store: an address that can be, lasting where it must, and really answering. */

import { type Check, type Finding, ok, problem, unknown } from './check.ts'
import { accountOf } from './deployment.ts'
import { gcloud, grantLine } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { LedgerRead } from './ports.ts'
import { unseen } from './unseen.ts'

export const store: Check = {
  name: 'store',
  covers: 'the store',
  needs: ['ledger'],
  run: async (patient) => {
    const { store: address = '' } = patient
    if (address === 'sqlite::memory:') return [inMemory()]
    const read = await patient.io.ledger()
    const reached = reachOf(patient, address, read)
    return read.kind === 'read' && address.startsWith('firestore:') && !patient.lacks.google
      ? [reached, await writable(patient, address)]
      : [reached]
  },
}

const inMemory = (): Finding =>
  problem({
    what: 'STORE is sqlite::memory:, which ends with the process.',
    why: 'Grants, readings and open alerts are gone at the next start.',
    mend: 'Set STORE=sqlite:.drawdown/drawdown.db on a machine with a disk, STORE=firestore: in the cloud.',
  })

const reachOf = ({ project }: Patient, address: string, read: LedgerRead): Finding => {
  switch (read.kind) {
    case 'read':
      return ok(`${address} answers.`)
    case 'absent':
      return unknown({
        what: `${address} is not there yet.`,
        why: 'What the ledger holds could not be looked at; doctor makes no file of its own.',
        mend: 'Run npm start once, or set STORE to the ledger that the functions use, such as STORE=firestore:',
      })
    case 'broken':
      return problem({
        what: `${address} does not answer: ${read.note}`,
        why: 'Without the store nothing is recorded and nobody is told.',
        mend: address.startsWith('firestore:')
          ? `Check that the database is there: ${gcloud('firestore databases list', [], project === '' ? {} : { project })}`
          : 'Do what the line says, then run doctor again.',
      })
  }
}

const writable = async (patient: Patient, address: string): Promise<Finding> => {
  const lack = patient.project === '' ? patient.lacks.project : undefined
  if (lack) return unknown({ what: 'Whether the store takes writes was not checked.', ...lack })
  const { project, io, caller } = patient
  const answer = await io.cloud.mayWrite(project, address.slice('firestore:'.length))
  const subject = 'Whether the store takes writes from this sign-in'
  if (answer.kind !== 'answer')
    return unseen(patient, subject, answer, {
      api: 'firestore.googleapis.com',
      resource: `projects/${project}`,
      role: 'roles/datastore.user',
    })
  if (answer.answer) return ok(`${address} takes writes from this sign-in.`)
  const member = caller?.member ?? `serviceAccount:${accountOf({}, 'schedule', project)}`
  return problem({
    what: `${member} may read ${address} and not write to it.`,
    why: 'Nothing that it records lasts: roles/datastore.user is missing.',
    mend: `Grant it: ${grantLine(`projects/${project}`, member, 'roles/datastore.user')}`,
  })
}
