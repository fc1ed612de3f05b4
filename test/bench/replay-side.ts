/** One side of the replay bench in a process of its own: a year of recorded messages replayed, or only parsed. */

import { parseArgs } from 'node:util'
import { type Replayed, replay } from '../../functions/app/replay.ts'
import { billingMonthStart, formatInstant, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { ACCOUNT } from '../support/facts.ts'
import { mustBe } from './bench.ts'
import { depsOf } from './deps.ts'
import { budgetMessage, USAGE_COST_NANOS, usageMessage } from './messages.ts'

export type ReplayInput = {
  readonly side: 'replay' | 'parse'
  /** Usage events beside the year's budget messages. */
  readonly usage: number
  /** Lines taken at most, and the time after which no more are; both ends are clean. */
  readonly lines: number
  readonly seconds: number
}

export type ReplayResult = {
  readonly lines: number
  readonly total: number
  readonly msPerLine: number
  /** Of the process when all was done, before anything was let go. */
  readonly heapMb: number
  readonly rssMb: number
}

/** A year with a budget message every 40 minutes, 75 cents above the last one. */
const START = instant('2025-11-01T07:00:00Z')
const END = instant('2026-11-01T07:00:00Z')
const STEP_MS = 40 * MINUTE_MS
const STEP_CENTS = 75
const CENT_NANOS = 10_000_000n

type Line = { readonly at: number; readonly kind: 'budget' | 'usage'; readonly text: string }

const linesOf = (usage: number): readonly Line[] => {
  const lines: Line[] = []
  let [period, count] = [0, 0]
  for (let at = START; at < END; at += STEP_MS) {
    const start = billingMonthStart(at)
    count = start === period ? count + 1 : 1
    period = start
    const news = { cents: count * STEP_CENTS, periodStart: formatInstant(start), publishedAt: at }
    const message = budgetMessage(lines.length, news)
    lines.push({ at, kind: 'budget', text: JSON.stringify({ topic: 'billing-notifications', message }) })
  }
  for (let n = 0; n < usage; n += 1) {
    const at = START + Math.floor(((END - START) * n) / usage)
    lines.push({ at, kind: 'usage', text: JSON.stringify({ topic: 'gemini-usage', message: usageMessage(n, at) }) })
  }
  return lines.sort((a, b) => a.at - b.at)
}

/** As many lines as there is time for; `taken` says afterwards how many those were. */
const timely = function* (lines: readonly Line[], seconds: number, taken: Line[]): Generator<string> {
  const deadline = performance.now() + seconds * 1_000
  for (const line of lines) {
    if (performance.now() > deadline) return
    taken.push(line)
    yield line.text
  }
}

const replayAll = (lines: Iterable<string>): Promise<Replayed> =>
  replay(
    depsOf(openMemoryStore(), () => 0),
    lines,
  )

const mustBeWhole = ({ counts, quarantined, views }: Replayed, taken: readonly Line[]): void => {
  const budgets = taken.filter(({ kind }) => kind === 'budget').length
  mustBe('lines', counts.lines, taken.length)
  mustBe('facts', counts.facts, taken.length)
  mustBe('lines quarantined', quarantined.length, 0)
  const spent = views.get(ACCOUNT)?.standing.spent
  mustBe('billed', spent?.billed, BigInt(budgets * STEP_CENTS) * CENT_NANOS)
  if (taken.length > budgets) mustBe('estimated', spent?.estimated, BigInt(taken.length - budgets) * USAGE_COST_NANOS)
}

const measure = async ({ side, usage, lines: max, seconds }: ReplayInput): Promise<ReplayResult> => {
  const all = linesOf(usage)
  const lines = all.slice(0, max)
  const taken: Line[] = []
  const startedAt = performance.now()
  const kept: unknown[] = []
  if (side === 'parse') for (const text of timely(lines, seconds, taken)) kept[0] = JSON.parse(text)
  else kept.push(await replayAll(timely(lines, seconds, taken)))
  const msPerLine = (performance.now() - startedAt) / taken.length
  const { heapUsed, rss } = process.memoryUsage()
  if (side === 'replay') mustBeWhole(kept[0] as Replayed, taken)
  return { lines: taken.length, total: all.length, msPerLine, heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20 }
}

const { positionals } = parseArgs({ allowPositionals: true })
process.stdout.write(`${JSON.stringify(await measure(JSON.parse(positionals[0] ?? '') as ReplayInput))}\n`)
