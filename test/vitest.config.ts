/** One test run: the house's own checks first and alone, so that they steal no time from tests that watch the clock. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LEFT_OUT_VARIABLE } from './support/left-out.ts'
import { lastLine } from './support/reporter.ts'

/** Workers inherit the variable; a caller that set it keeps the list. */
const leftOutFile = (): string => {
  const given = process.env[LEFT_OUT_VARIABLE]
  if (given) return given
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-test-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'left-out')
  process.env[LEFT_OUT_VARIABLE] = file
  return file
}

const HOUSE = ['test/house/**/*.test.ts']
const TEST_TIMEOUT_MS = 30_000

const project = (name: string, include: readonly string[], exclude: readonly string[], groupOrder: number) => ({
  test: {
    name,
    root: `${import.meta.dirname}/..`,
    include: [...include],
    exclude: [...exclude],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    sequence: { groupOrder },
    globalSetup: ['test/support/emulators-setup.ts'],
  },
})

export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    reporters: [lastLine(leftOutFile()), 'default'],
    projects: [project('house', HOUSE, [], 0), project('drawdown', ['test/**/*.test.ts'], HOUSE, 1)],
  },
})
