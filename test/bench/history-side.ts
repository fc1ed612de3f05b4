/** One side of the history bench in a process of its own: makes an account of 24 months, or commits to one. */

import { parseArgs } from 'node:util'
import { openDesk } from '../../functions/app/desk.ts'
import type { Fact } from '../../functions/domain/facts.ts'
import { addMonths, billingMonthStart, type Instant, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { openStore } from '../../functions/wire.ts'
import { ACCOUNT, grant, reading } from '../support/facts.ts'
import { mustBe } from './bench.ts'
import { depsOf } from './deps.ts'
import { median } from './figures.ts'

export type HistoryInput = {
  readonly store: string
  /** `seed` makes the history; the others commit readings of the month after it. */
  readonly side: 'seed' | 'history' | 'empty'
  readonly seconds: number
}

export type HistoryResult = {
  /** Of one commit: time on the clock, and time of the processor. */
  readonly commitMs: number
  readonly cpuMs: number
  readonly commits: number
  /** From opening the store to the first durable reading. */
  readonly coldMs: number
  readonly facts: number
}

/** 24 months of 36 readings a day, each 75 cents above the last one, and a grant of 20 dollars every 17.5 hours. */
const END = instant('2026-11-01T07:00:00Z')
const START = addMonths(END, -24)
const STEP_MS = 40 * MINUTE_MS
const STEP_CENTS = 75
const GRANTS = 1_000
const GRANT_DOLLARS = '20'
/** Keeps the account far from any alert. */
const FIRST_DOLLARS = '2000'
const SEED_BATCH = 500
const WARM_UP_COMMITS = 30
/** One billing month holds them all. */
const COMMITS_MAX = 900

type Sitting = {
  readonly submit: (facts: readonly Fact[]) => Promise<void>
  /** Nanos billed so far. */
  readonly billed: () => Promise<bigint>
  readonly end: () => Promise<void>
}

const sit = async (address: string): Promise<Sitting> => {
  const store = await openStore(address)
  let now = START
  const desk = openDesk(depsOf(store, () => now))
  return {
    submit: async (facts) => {
      now = facts.at(-1)?.provenance.source.ms ?? now
      const { news } = await desk.submit(ACCOUNT, { facts, quarantined: [] })
      mustBe('facts taken as news', news.length, facts.length)
    },
    billed: async () => (await desk.view(ACCOUNT)).standing.spent.billed,
    end: () => store.close(),
  }
}

const readingsFrom = function* (from: Instant, to: Instant): Generator<Fact> {
  let [period, count] = [0, 0]
  for (let at = from; at < to; at += STEP_MS) {
    const start = billingMonthStart(at)
    count = start === period ? count + 1 : 1
    period = start
    yield reading(at, ((count * STEP_CENTS) / 100).toFixed(2), { periodStart: period })
  }
}

/** All facts of the 24 months in order of their times. */
const history = (): readonly Fact[] => {
  const span = (END - START) / GRANTS
  const grants = Array.from({ length: GRANTS }, (_, index) =>
    grant(`G${index}`, index === 0 ? FIRST_DOLLARS : GRANT_DOLLARS, START + Math.floor(index * span)),
  )
  return [...grants, ...readingsFrom(START, END)].toSorted((a, b) => a.provenance.source.ms - b.provenance.source.ms)
}

const readingsOf = (facts: readonly Fact[]): number => facts.filter(({ body }) => body.kind === 'reading').length

const mustBeBilled = (billed: bigint, readings: number): void =>
  mustBe('cents billed', billed / 10_000_000n, BigInt(readings * STEP_CENTS))

const seed = async ({ store }: HistoryInput): Promise<HistoryResult> => {
  const facts = history()
  const desk = await sit(store)
  for (let at = 0; at < facts.length; at += SEED_BATCH) await desk.submit(facts.slice(at, at + SEED_BATCH))
  mustBeBilled(await desk.billed(), readingsOf(facts))
  await desk.end()
  return { commitMs: 0, cpuMs: 0, commits: 0, coldMs: 0, facts: facts.length }
}

const commits = async ({ store, side, seconds }: HistoryInput): Promise<HistoryResult> => {
  const before = side === 'history' ? (END - START) / STEP_MS : 0
  const next = readingsFrom(END, END + (1 + WARM_UP_COMMITS + COMMITS_MAX) * STEP_MS)
  const take = (): Fact => {
    const { value, done } = next.next()
    if (done) throw new Error('the month is over')
    return value
  }
  const openedAt = performance.now()
  const desk = await sit(store)
  await desk.submit([take()])
  const coldMs = performance.now() - openedAt
  for (let count = 0; count < WARM_UP_COMMITS; count += 1) await desk.submit([take()])
  const times: number[] = []
  const cpu = process.cpuUsage()
  const deadline = performance.now() + seconds * 1_000
  while (times.length < COMMITS_MAX && performance.now() < deadline) {
    const fact = take()
    const startedAt = performance.now()
    await desk.submit([fact])
    times.push(performance.now() - startedAt)
  }
  const { user, system } = process.cpuUsage(cpu)
  mustBeBilled(await desk.billed(), before + 1 + WARM_UP_COMMITS + times.length)
  await desk.end()
  const cpuMs = (user + system) / 1_000 / times.length
  return { commitMs: median(times), cpuMs, commits: times.length, coldMs, facts: before }
}

const { positionals } = parseArgs({ allowPositionals: true })
const input = JSON.parse(positionals[0] ?? '') as HistoryInput
process.stdout.write(`${JSON.stringify(await (input.side === 'seed' ? seed(input) : commits(input)))}\n`)
