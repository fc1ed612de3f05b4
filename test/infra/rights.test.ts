import { expect, test } from 'vitest'
import { ENFORCE_RIGHTS } from '../../functions/domain/enforcement.ts'
import { allBlocks, codeOf, filesOf, textOf } from '../support/terraform.ts'

/** Each role, and why somebody needs it. */
const ROLES: Readonly<Record<string, string>> = {
  'roles/artifactregistry.writer': 'the build stores images',
  'roles/billing.viewer': 'schedule looks whether an account is open',
  'roles/browser': 'schedule looks what a project is billed to',
  'roles/datastore.user': 'functions read and write the ledger',
  'roles/iam.serviceAccountOpenIdTokenCreator': 'Pub/Sub signs its pushes as the push account',
  'roles/iap.httpsResourceAccessor': 'people open the page through IAP',
  'roles/logging.logWriter': 'the build writes its log',
  'roles/pubsub.publisher': 'messages come in',
  'roles/pubsub.subscriber': 'Pub/Sub takes what it gives up',
  'roles/run.invoker': 'Pub/Sub and people call functions',
  'roles/run.viewer': 'the proxy asks for the address of the status page',
  'roles/secretmanager.secretAccessor': 'functions read secrets',
  'roles/storage.objectViewer': 'the build reads the bundle',
}

const FORBIDDEN =
  /roles\/(?:owner|editor|viewer|billing\.(?:admin|projectManager|user|costsManager)|iam\.(?:serviceAccountTokenCreator|serviceAccountKeyAdmin|securityAdmin)|resourcemanager\.\w+|\w+\.admin)\b/

const grants = allBlocks().filter(({ kind, labels }) => kind === 'resource' && /_iam_/.test(labels[0] ?? ''))

test('every role has its reason, and none can own, administer or unlink', () => {
  const roles = grants.map(({ body }) => /^\s*role\s+= "([^"]+)"$/m.exec(body)?.[1] ?? '')
  expect(roles.length).toBeGreaterThan(20)
  expect(roles.filter((role) => !(role in ROLES) && !/^projects\/.*role_id}$|^$/.test(role))).toEqual([])
  expect(new Set(roles.filter((role) => role in ROLES))).toEqual(new Set(Object.keys(ROLES)))
  for (const file of filesOf('.tf')) expect(codeOf(file)).not.toMatch(FORBIDDEN)
})

test('rights are added one by one, so that nobody else’s are taken away', () => {
  const types = grants.map(({ labels }) => labels[0] ?? '').filter((type) => type !== 'google_project_iam_custom_role')
  expect(types.filter((type) => !type.endsWith('_iam_member'))).toEqual([])
})

test('every right is in the list that terraform test goes through', () => {
  const listed = textOf('tests/with-everything.tftest.hcl')
  const missing = grants
    .map(({ labels }) => labels.join('.'))
    .filter((name) => !new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`).test(listed))
  expect(missing).toEqual([])
})

test('nothing is for everybody', () => {
  for (const file of filesOf('.tf')) expect(codeOf(file)).not.toMatch(/allUsers|allAuthenticatedUsers/)
})

test('the one role of our own has what the steps of enforcement need, and nothing else', () => {
  const roles = allBlocks().filter(({ labels }) => labels[0] === 'google_project_iam_custom_role')
  expect(roles.map(({ labels }) => labels[1])).toEqual(['enforce'])
  const rights = roles[0]?.body.match(/(?<=")[a-z]+\.\w+\.\w+(?=")/g) ?? []
  expect(rights.toSorted()).toEqual(Object.values(ENFORCE_RIGHTS).flat().toSorted())
  expect(codeOf('variables-optional.tf')).toMatch(/variable "enforce_armed" \{[^}]*default\s+= false/)
})
