import { expect, test } from 'vitest'
import { allBlocks, blocksOf, codeOf, filesOf, textOf } from '../support/terraform.ts'

const LINES_MAX = 150

const resources = allBlocks().filter(({ kind }) => kind === 'resource')
const variables = allBlocks().filter(({ kind }) => kind === 'variable')

test('each file is short and says what it is about', () => {
  const own = filesOf('.tf').filter((file) => !['versions.tf', 'outputs.tf'].includes(file))
  for (const file of own) {
    expect(textOf(file)).toMatch(/^# [A-Z].{20,}\n/)
    expect(textOf(file).split('\n').length, file).toBeLessThanOrEqual(LINES_MAX)
  }
  expect(own.length).toBeGreaterThan(15)
})

test('every variable and output says what it is for', () => {
  const said = allBlocks().filter(({ kind }) => kind === 'variable' || kind === 'output')
  expect(said.filter(({ body }) => !/^ {2}description = ".{15,}"$/m.test(body)).map(({ labels }) => labels[0])).toEqual(
    [],
  )
})

test('one provider, in a range that holds both of its versions', () => {
  expect(codeOf('versions.tf')).toContain('version = ">= 6.50, < 8.0"')
  expect([...new Set([...resources.map(({ labels }) => labels[0] ?? '')].map((type) => type.split('_')[0]))]).toEqual([
    'google',
  ])
  for (const file of filesOf('.tf')) expect(codeOf(file)).not.toContain('archive_file')
})

test('what other things may use stays when Drawdown goes', () => {
  const [needed] = resources.filter(({ labels }) => labels[0] === 'google_project_service')
  expect(needed?.body).toMatch(/disable_on_destroy\s+= false/)
})

test('the only text in the state that Secret Manager holds is the configuration', () => {
  const versions = resources.filter(({ labels }) => labels[0] === 'google_secret_manager_secret_version')
  expect(versions.map(({ body }) => /secret_data\s+= (.*)$/m.exec(body)?.[1])).toEqual(['local.config_text'])
  const read = allBlocks().filter(({ kind, labels }) => kind === 'data' && /secret/.test(labels[0] ?? ''))
  expect(read).toEqual([])
  expect(variables.filter(({ labels }) => /password|token|key|webhook/.test(labels[0] ?? ''))).toEqual([])
})

test('the examples set variables that exist, and all that are required', () => {
  const known = variables.map(({ labels }) => labels[0])
  const required = variables.filter(({ body }) => !/^ {2}default\b/m.test(body)).map(({ labels }) => labels[0])
  const examples = filesOf('.tfvars', 'examples')
  expect(examples).toHaveLength(2)
  for (const file of examples) {
    const names = [...codeOf(file).matchAll(/^(\w+)\s*=/gm)].map(([, name]) => name)
    expect(names.filter((name) => !known.includes(name))).toEqual([])
    expect(required.filter((name) => !names.includes(name))).toEqual([])
  }
})

test('the Terraform tests cover every resource but those that hold no choice', () => {
  const tests = [...filesOf('.tftest.hcl'), ...filesOf('.tftest.hcl', 'tests')].map(textOf).join('\n')
  const dull = [
    'google_artifact_registry_repository.images',
    'google_compute_region_network_endpoint_group.status',
    'google_compute_target_https_proxy.status',
    'google_compute_url_map.status',
    'google_logging_metric.logged',
    'google_logging_project_exclusion.usage_requests',
    'google_secret_manager_secret.config',
    'google_service_account.build',
    'google_storage_bucket.bundles',
  ]
  const untold = resources.map(({ labels }) => labels.join('.')).filter((name) => !tests.includes(name))
  expect(untold.sort()).toEqual(dull)
})

test('infra-check finds the Terraform tests, for which it looks in two places at once', () => {
  expect(filesOf('.tftest.hcl')).not.toEqual([])
  expect(filesOf('.tftest.hcl', 'tests')).not.toEqual([])
})

test('blocks are read as they are written', () => {
  expect(blocksOf('services.tf').map(({ kind, labels }) => [kind, ...labels].join(' '))).toEqual([
    'locals',
    'resource google_project_service needed',
  ])
})
