/** What Firestore's refusals mean for the person who runs this. */

import { ConfigError, UnavailableError } from '../domain/errors.ts'

/** Where the data lie, for the words of an error. */
export type Place = { readonly project: string; readonly database: string }

/** A call that did not succeed: Google's name of the status, or `NO_REPLY` where nobody can know whether it was applied. */
export type Failure = { readonly status: string; readonly detail: string; readonly cause?: unknown }

/** Those that pass by themselves: https://docs.cloud.google.com/firestore/docs/understand-error-codes */
const PASSING = new Set([
  'NO_REPLY',
  'ABORTED',
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'UNKNOWN',
])

/** Those by which a write is told that its precondition does not hold; a missing database says `NOT_FOUND` as well. */
const UNMET = new Set(['ALREADY_EXISTS', 'FAILED_PRECONDITION', 'NOT_FOUND'])

export const isPassing = ({ status }: Failure): boolean => PASSING.has(status)

/** Whether to read back what became of a write: its outcome is unknown, or may have been decided by its own first try. */
export const isUnsettled = (failure: Failure): boolean => isPassing(failure) || UNMET.has(failure.status)

const MENDS: Readonly<Record<string, (place: Place) => string>> = {
  PERMISSION_DENIED: ({ project }) =>
    `access is denied. Enable firestore.googleapis.com in project ${project} and grant roles/datastore.user to the service account this runs as.`,
  UNAUTHENTICATED: () =>
    'the credentials are missing or expired. In the cloud, run it as a service account; elsewhere, run `gcloud auth application-default login`.',
  NOT_FOUND: ({ project, database }) =>
    `there is no such database. Create it with \`gcloud firestore databases create --project=${project} --database='${database}' --location=LOCATION\`, or name another: STORE=firestore:DATABASE.`,
  FAILED_PRECONDITION: () =>
    'an index is missing or still being built, or the database is not in native mode. Apply the Terraform files of infra/ and wait until its indexes are ready.',
}

const DETAIL_MAX = 200

/** The error to throw: a `ConfigError` with the mend where a person must act, else what to expect. Never repeats a token or a document. */
export const explained = (place: Place, failure: Failure): Error => {
  const { status, detail, cause } = failure
  const where = `Firestore database ${place.database} of project ${place.project}`
  const mend = MENDS[status]
  if (mend) return new ConfigError(`${where}: ${mend(place)}`, { cause })
  const told = detail.replaceAll(/\s+/g, ' ').slice(0, DETAIL_MAX)
  const what = `${where}: ${status}${told && ` (${told})`}.`
  return isPassing(failure)
    ? new UnavailableError(`${what} What was not confirmed will be tried again.`, { cause })
    : new Error(what, { cause })
}
