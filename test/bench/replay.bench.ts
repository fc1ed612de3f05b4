/** A year of budget messages and usage replayed, against JSON.parse of the same lines. */

import { atMost, type Bench, noted } from './bench.ts'
import { interleaved, mb, median, micros, ratios, spread, times } from './figures.ts'
import { runScript } from './processes.ts'
import type { ReplayInput, ReplayResult } from './replay-side.ts'

const GOAL = 5
const USAGE = 100_000
const USAGE_FULL = 1_000_000
/** A slow replay is given so long, then it is compared with the parsing of as many lines. */
const SECONDS_MAX = 12
const SECONDS_MAX_FULL = 1_800

export const bench: Bench = async ({ rounds, full, say }) => {
  const usage = full ? USAGE_FULL : USAGE
  const seconds = full ? SECONDS_MAX_FULL : SECONDS_MAX
  let lines = Number.MAX_SAFE_INTEGER
  const results = await interleaved(full ? 1 : rounds, ['replay', 'parse'] as const, async (side, round) => {
    say(`replay: round ${round + 1}, ${side}`)
    const result = await runScript<ReplayResult>('replay', { side, usage, lines, seconds } satisfies ReplayInput)
    // What follows is as long as what was managed first.
    lines = Math.min(lines, result.lines)
    return result
  })
  const of = (side: 'replay' | 'parse', figure: keyof ReplayResult): readonly number[] =>
    (results.get(side) ?? []).map((result) => result[figure])
  const shares = ratios(of('replay', 'msPerLine'), of('parse', 'msPerLine'))
  const speed = `${spread(shares, times)}: ${spread(of('replay', 'msPerLine'), micros)} against ${spread(of('parse', 'msPerLine'), micros)}`
  const total = median(of('replay', 'total'))
  const cut = lines < total ? `, the first ${lines.toLocaleString('en')} of ${total.toLocaleString('en')} lines` : ''
  const title = `replay: a year, ${usage.toLocaleString('en')} usage events${cut}`
  const row = atMost(title, median(shares), GOAL, `${speed} a line`, `≤ ${GOAL} × JSON.parse`)
  return [
    cut !== '' && row.verdict === 'met' ? { ...row, verdict: '' } : row,
    noted(
      'replay: heap, memory at the end',
      `${spread(of('replay', 'heapMb'), mb)}, ${spread(of('replay', 'rssMb'), mb)}`,
    ),
  ]
}
