/** What a test run could not try, kept in one file so that it can be told at the very end. */

import { appendFileSync, readFileSync } from 'node:fs'

/** Names the file of the list; the test configuration sets it, `.ci/run` reads it. */
export const LEFT_OUT_VARIABLE = 'DRAWDOWN_LEFT_OUT'

export type LeftOut = { readonly name: string; readonly why: string }

/** Records that something was not tried, e.g. `leaveOut('emulator:firestore', 'gcloud is not installed')`. Repeating it is harmless. */
export const leaveOut = (name: string, why: string): void => {
  const file = process.env[LEFT_OUT_VARIABLE]
  if (file !== undefined) appendFileSync(file, `${oneLine(name)}\t${oneLine(why)}\n`)
}

/** Everything left out so far, each once, by name; empty without a list. */
export const readLeftOut = (file: string): readonly LeftOut[] =>
  [...new Set(linesOf(file))].sort().map((line) => {
    const [name = '', why = ''] = line.split('\t')
    return { name, why }
  })

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

const linesOf = (file: string): readonly string[] => {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}
