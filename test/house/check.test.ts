import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const TOOL_WAIT_MS = 120_000

/** What a tool says of the tree; empty where it is content. */
const findings = (tool: string, args: readonly string[]): string => {
  const options = { cwd: ROOT, encoding: 'utf8', timeout: TOOL_WAIT_MS, shell: process.platform === 'win32' } as const
  const run = spawnSync(join(ROOT, 'node_modules', '.bin', tool), args, options)
  return run.status === 0 ? '' : `${run.stdout}${run.stderr}${run.error?.message ?? ''}` || 'it failed without a word'
}

test('the linter and the formatter find nothing', { timeout: TOOL_WAIT_MS }, () => {
  expect(findings('biome', ['ci', '--error-on-warnings', '--colors=off'])).toBe('')
})

test('the types hold', { timeout: TOOL_WAIT_MS }, () => {
  expect(findings('tsc', ['--pretty', 'false'])).toBe('')
})

test('nothing is left unused', { timeout: TOOL_WAIT_MS }, () => {
  expect(findings('knip', ['--no-progress'])).toBe('')
})
