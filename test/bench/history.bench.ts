/** What a commit to an account of 24 months and 1,000 grants costs, against one to an empty account. */

import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { atMost, type Bench, noted } from './bench.ts'
import { ownFolder } from './configuration.ts'
import { interleaved, median, ms, ratios, spread, times } from './figures.ts'
import type { HistoryInput, HistoryResult } from './history-side.ts'
import { runScript } from './processes.ts'

const GOAL = 1.2

export const bench: Bench = async ({ rounds, seconds, folder, say }) => {
  const seeded = join(ownFolder(folder), 'history.db')
  say('history: making 24 months')
  const { facts } = await side({ store: `sqlite:${seeded}`, side: 'seed', seconds })
  const results = await interleaved(rounds, ['empty', 'history'] as const, async (name, round) => {
    say(`history: round ${round + 1}, ${name}`)
    const path = join(ownFolder(folder), 'ledger.db')
    if (name === 'history') copyDatabase(seeded, path)
    return side({ store: `sqlite:${path}`, side: name, seconds })
  })
  const of = (name: 'empty' | 'history', figure: keyof HistoryResult): readonly number[] =>
    (results.get(name) ?? []).map((result) => result[figure])
  const share = ratios(of('history', 'commitMs'), of('empty', 'commitMs'))
  const pair = (figure: keyof HistoryResult): string =>
    `${spread(of('history', figure), ms)} against ${spread(of('empty', figure), ms)}`
  const cpuShare = ratios(of('history', 'cpuMs'), of('empty', 'cpuMs'))
  const said = `${spread(share, times)}: ${pair('commitMs')}`
  return [
    atMost(`history: a commit, ${facts.toLocaleString('en')} facts, SQLite`, median(share), GOAL, said, `≤ ${GOAL} ×`),
    noted('history: the same in processor time', `${spread(cpuShare, times)}: ${pair('cpuMs')}`),
    noted('history: cold, from opening to the first commit', pair('coldMs')),
  ]
}

const side = (input: HistoryInput): Promise<HistoryResult> => runScript<HistoryResult>('history', input)

/** The file was closed, so its log is part of it, as far as there still is one. */
const copyDatabase = (from: string, to: string): void => {
  for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix)
}
