import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

type Step = {
  readonly id: string
  readonly name: string
  readonly args: readonly string[]
  readonly waitFor?: readonly string[]
  readonly timeout?: string
}

const ROOT = join(import.meta.dirname, '../..')
const build: {
  readonly steps: readonly Step[]
  readonly serviceAccount: string
  readonly substitutions: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, unknown>>
  readonly timeout: string
} = parse(readFileSync(join(ROOT, 'cloudbuild.yaml'), 'utf8'))

const seconds = (text = ''): number => Number(/^(\d+)s$/.exec(text)?.[1])

test('nothing is applied that was not checked, tested, built and planned first', () => {
  const ids = build.steps.map(({ id }) => id)
  expect(ids).toEqual(['install', 'check', 'test', 'build', 'plan', 'apply'])
  expect(build.steps.slice(1).map(({ waitFor }) => waitFor)).toEqual(ids.slice(0, -1).map((id) => [id]))
})

test('an apply is asked for, and applies the plan that was printed', () => {
  expect(build.substitutions['_STAGE']).toBe('plan')
  const [script = ''] = build.steps.at(-1)?.args.slice(-1) ?? []
  expect(script).toMatch(/^\[ "\$\{_STAGE\}" = apply \] \|\| exit 0\n/)
  expect(script).toContain('apply -input=false /workspace/plan')
  expect(script).not.toContain('auto-approve')
})

test('the files are tested without the settings of a deployment, which terraform test would read', () => {
  const [script = ''] = build.steps.find(({ id }) => id === 'plan')?.args.slice(-1) ?? []
  const [copied, removed, tested] = [
    'cp -a infra infra-as-it-comes',
    'rm -f infra-as-it-comes/*.tfvars ',
    'terraform -chdir=infra-as-it-comes test',
  ].map((line) => script.indexOf(line))
  expect(copied).toBeGreaterThan(script.indexOf('terraform -chdir=infra init'))
  expect(removed).toBeGreaterThan(copied ?? 0)
  expect(tested).toBeGreaterThan(removed ?? 0)
  expect(script).not.toContain('-chdir=infra test')
})

test('images are pinned, and no step waits for ever', () => {
  const images = new Set(build.steps.map(({ name }) => name))
  expect([...images]).toEqual(['node:24-slim', 'hashicorp/terraform:1.11.4'])
  const limits = build.steps.map(({ timeout }) => seconds(timeout))
  expect(limits.filter((limit) => !(limit > 0 && limit <= 1_800))).toEqual([])
  expect(seconds(build.timeout)).toBeLessThanOrEqual(limits.reduce((sum, limit) => sum + limit, 0))
})

test('it runs as an account of its own, by default one that changes nothing', () => {
  expect(build.serviceAccount).toMatch(/^projects\/\$PROJECT_ID\/serviceAccounts\/\$\{_RUN_AS\}@/)
  expect(build.substitutions['_RUN_AS']).toBe('drawdown-planner')
  expect(build.options['logging']).toBe('CLOUD_LOGGING_ONLY')
})
