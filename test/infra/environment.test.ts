import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeOf } from '../support/terraform.ts'

const FUNCTIONS = join(import.meta.dirname, '../../functions')

const sources = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(FUNCTIONS, path), 'utf8'))
  .join('\n')

/** Every variable that the code asks for by its name. */
const asked = new Set(
  [...sources.matchAll(/(?:env\[|required\(\s*env,\s*|topicOf\(env, )'([A-Z][A-Z0-9_]*)'/g)].map(
    ([, name = '']) => name,
  ),
)

const listAfter = (marker: RegExp): string =>
  codeOf('functions.tf')
    .split(marker)[1]
    ?.split(/^\s*[\]}]\)?$/m)[0] ?? ''
const assigned = (text: string): readonly string[] =>
  [...text.matchAll(/^\s*([A-Z][A-Z0-9_]*)\s*=/gm)].map(([, name = '']) => name)
const set = [
  ...assigned(listAfter(/^\s*environment = \{$/m)),
  ...assigned(listAfter(/environment_variables = merge\(local\.environment, \{$/m)),
].sort()

/** Read by the code, and not Terraform's to set. */
const NOT_SET: Readonly<Record<string, readonly string[]>> = {
  'the platform sets it': ['FUNCTION_TARGET', 'K_SERVICE', 'PATH', 'PORT'],
  'on a person’s machine alone': [
    'DRAWDOWN_SAMPLE_END',
    'FIRESTORE_EMULATOR_HOST',
    'METADATA_SERVER_DETECTION',
    'NO_COLOR',
    'PUBSUB_EMULATOR_HOST',
    'USER',
    'USERNAME',
  ],
  'for another store than Firestore': ['DRAWDOWN_DURABLE_DISK'],
  'its default is right in the cloud': ['BILLING_NOTIFICATIONS_TOPIC', 'DRAWDOWN_FAST_PATH'],
  'a secret, given in the variable secrets': ['ACK_SECRET', 'HEARTBEAT_URL'],
}

test('the code reads every variable that Terraform sets', () => {
  expect(set).toContain('STORE')
  expect(set.length).toBe(11)
  // Node itself reads its own two.
  expect(set.filter((name) => !name.startsWith('NODE_') && !asked.has(name))).toEqual([])
})

test('Terraform sets every variable that the code reads, or somebody else does', () => {
  const known = new Set([...set, ...Object.values(NOT_SET).flat()])
  expect(asked.size).toBeGreaterThan(12)
  expect([...asked].filter((name) => !known.has(name)).sort()).toEqual([])
})

test('no secret can take the name of a variable that is set', () => {
  const listed = listAfter(/^\s*own_environment = \[$/m).match(/[A-Z][A-Z0-9_]+/g) ?? []
  expect([...listed].sort()).toEqual(set)
})
