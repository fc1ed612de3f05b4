/** What the checks will have to do without, why, and how to give it to them. */

import type { Need } from '../doctor/check.ts'
import type { Lack, Patient } from '../doctor/patient.ts'
import type { Environment } from '../environment.ts'
import type { SignedIn } from './google-sign-in.ts'

/** Where emulators run, Google's own services are not asked: their answers would be about something else. */
export const EMULATED: Lack = {
  why: 'An emulator stands in for Google Cloud; it knows nothing of rights, budgets and functions.',
  mend: 'To examine the real project, unset PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST.',
}

const UNREADABLE: Lack = { why: 'The configuration cannot be read.', mend: 'See the check config.' }
const NO_STORE: Lack = { why: 'STORE names no store that can be.', mend: 'See the check environment.' }
const NO_PROJECT: Lack = {
  why: 'GOOGLE_CLOUD_PROJECT is not set, so the project that Drawdown runs in is not known.',
  mend: 'Name it: GOOGLE_CLOUD_PROJECT=my-project npx drawdown doctor',
}
const NO_TOPIC: Lack = { why: 'A topic has a name that cannot be.', mend: 'See the check environment.' }

export type Given = {
  readonly env: Environment
  readonly project: string
  readonly topics: Patient['topics']
  readonly signed: SignedIn | Lack
  readonly isReadable: boolean
  readonly store?: string
}

export const lacksOf = ({ env, project, topics, signed, isReadable, store }: Given): Patient['lacks'] => {
  const google = 'why' in signed ? signed : undefined
  const pubsub = env['PUBSUB_EMULATOR_HOST'] ? undefined : google
  const lacks: readonly (readonly [Need, Lack | undefined])[] = [
    ['config', isReadable ? undefined : UNREADABLE],
    ['project', project === '' ? NO_PROJECT : topics.billing === '' ? NO_TOPIC : undefined],
    ['google', google],
    ['pubsub', pubsub],
    ['ledger', ledgerLack({ env, isReadable, ...(store !== undefined && { store }) }, google)],
  ]
  return Object.fromEntries(lacks.filter(([, lack]) => lack !== undefined))
}

type Stored = Pick<Given, 'env' | 'isReadable' | 'store'>

const ledgerLack = ({ env, isReadable, store }: Stored, google: Lack | undefined): Lack | undefined => {
  if (store === undefined) return NO_STORE
  if (!isReadable) return UNREADABLE
  return store.startsWith('firestore:') && !env['FIRESTORE_EMULATOR_HOST'] ? google : undefined
}
