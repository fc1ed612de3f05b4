/** Ends a test run with what was left out and one line of counts, after everything else has been said. */

import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { readLeftOut } from './left-out.ts'

export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number }

/**
 * Counts every test; a file that cannot be loaded and an error outside any test count as one failure each.
 * The lines are written when the process ends, so that nothing of vitest's own follows them.
 */
export const lastLine = (leftOutFile: string): Reporter => {
  let tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  return {
    // Not earlier: the configuration is loaded once for each project, and only one of these reporters is used.
    onInit: () => {
      process.prependOnceListener('exit', (code) => process.stdout.write(closing(tally, code, leftOutFile)))
    },
    onTestRunEnd: (modules, unhandled) => {
      tally = count(modules, unhandled.length)
    },
  }
}

/** The text that closes a run; a run that fails for a reason outside the tests never says `0 failed`. */
export const closing = (tally: Tally, exitCode: number, leftOutFile: string): string => {
  const { passed, skipped } = tally
  const failed = exitCode !== 0 ? Math.max(tally.failed, 1) : tally.failed
  const left = readLeftOut(leftOutFile).map(({ name, why }) => `  ${name}: ${why}`)
  const told = left.length > 0 ? ['Left out:', ...left] : []
  return `${[...told, `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`].join('\n')}\n`
}

const count = (modules: readonly TestModule[], unhandled: number): Tally => {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const inState = (state: ReturnType<TestCase['result']>['state']): number =>
    tests.filter((test) => test.result().state === state).length
  const broken = modules.filter((module) => module.errors().length > 0).length
  return {
    passed: inState('passed'),
    failed: inState('failed') + inState('pending') + broken + unhandled,
    skipped: inState('skipped'),
  }
}
