/** One instance under load: usage and budget messages against the no-op, on SQLite and on the Firestore emulator. */

import { atLeast, atMost, type Bench, type BenchOptions, leftOut, mustBe, noted, type Row } from './bench.ts'
import { environmentFor, ownFolder, sqliteIn } from './configuration.ts'
import { mustHold } from './durable.ts'
import { interleaved, mb, median, micros, ms, ratios, spread, times } from './figures.ts'
import { type FirestorePeer, startFirestore } from './firestore.ts'
import type { Loaded, LoadInput } from './load-generator.ts'
import type { LoadKind } from './messages.ts'
import { type Environment, runScript, startTarget, type Target } from './processes.ts'
import { logOf } from './sqlite-log.ts'

/** What came of one run of a variant, from its server's start to its end. */
export type Measured = Loaded & {
  /** Its address, as in STORE. */
  readonly store: string
  readonly writesPerEvent: number
  readonly readsPerEvent: number
  readonly callsPerEvent: number
}

export type Variant = {
  readonly name: string
  readonly target: Target
  readonly kind: LoadKind
  readonly store: 'none' | 'sqlite' | 'firestore'
}

const NOOP: Variant = { name: 'no-op', target: 'noop', kind: 'usage', store: 'none' }
export const USAGE_SQLITE: Variant = {
  name: 'usage, SQLite',
  target: 'usageNotification',
  kind: 'usage',
  store: 'sqlite',
}
const BUDGET_SQLITE: Variant = {
  name: 'budgets, SQLite',
  target: 'billingNotification',
  kind: 'budget',
  store: 'sqlite',
}
const USAGE_FIRESTORE: Variant = {
  name: 'usage, Firestore',
  target: 'usageNotification',
  kind: 'usage',
  store: 'firestore',
}

const CONCURRENCIES = [1, 8, 80] as const

/** Goals of performance.md at concurrency 80, as multiples of the no-op of the same round. */
const GOAL: Readonly<Record<string, number>> = { [USAGE_SQLITE.name]: 0.9, [USAGE_FIRESTORE.name]: 0.75 }
const GOAL_CONCURRENCY = 80
const OPERATIONS_GOAL = 0.05

export const bench: Bench = async (options) => {
  const firestore = await startFirestore()
  const variants = [NOOP, USAGE_SQLITE, ...('why' in firestore ? [] : [USAGE_FIRESTORE]), BUDGET_SQLITE]
  const rows: Row[] = []
  try {
    if (!('why' in firestore)) {
      // A Java machine that has compiled nothing yet would be measured instead of the store.
      options.say('usage: warming up the emulator')
      await measure(options, USAGE_FIRESTORE, { concurrency: GOAL_CONCURRENCY }, firestore)
    }
    for (const concurrency of CONCURRENCIES) {
      const results = await interleaved(options.rounds, variants, (variant, round) => {
        options.say(`usage: round ${round + 1}, concurrency ${concurrency}, ${variant.name}`)
        return measure(options, variant, { concurrency }, 'why' in firestore ? undefined : firestore)
      })
      const base = results.get(NOOP) ?? []
      for (const [variant, runs] of results) rows.push(...rowsOf(variant, concurrency, runs, base))
    }
  } finally {
    if (!('why' in firestore)) await firestore.stop()
  }
  return 'why' in firestore ? [...rows, leftOut(USAGE_FIRESTORE.name, firestore.why)] : rows
}

type Load = { readonly concurrency: number; readonly amount?: number }

/** A fresh process over a fresh store; throws `IncorrectError` unless every message was taken and is there afterwards. */
export const measure = async (
  { folder: parent, seconds }: Pick<BenchOptions, 'folder' | 'seconds'>,
  variant: Variant,
  { concurrency, amount }: Load,
  firestore: FirestorePeer | undefined,
): Promise<Measured> => {
  const folder = ownFolder(parent)
  const peer = variant.store === 'firestore' ? firestore?.fresh() : undefined
  const store = peer ? peer.store : sqliteIn(folder)
  const environment: Environment = { ...environmentFor(folder, store), ...peer?.environment }
  const server = await startTarget(variant.target, environment)
  try {
    const before = peer?.total()
    const common = { url: server.url, pid: server.pid, kind: variant.kind, concurrency, since: Date.now(), first: 0 }
    const input: LoadInput = amount === undefined ? { ...common, seconds } : { ...common, amount }
    const loaded = await runScript<Loaded>('load', input)
    const after = peer?.total()
    mustBe(`${variant.name}: messages refused (${loaded.why})`, loaded.refused, 0)
    await server.stop()
    if (variant.store !== 'none') await mustHold(store, variant.kind, loaded.accepted)
    return { ...loaded, store, ...operationsPerEvent(variant, store, loaded.accepted, before, after) }
  } finally {
    await server.stop()
  }
}

type Counted = ReturnType<ReturnType<FirestorePeer['fresh']>['total']>

/** For SQLite a write is a row and a call is a commit, both read from the file. */
const operationsPerEvent = (
  variant: Variant,
  store: string,
  events: number,
  before: Counted | undefined,
  after: Counted | undefined,
): Pick<Measured, 'writesPerEvent' | 'readsPerEvent' | 'callsPerEvent'> => {
  if (before && after) {
    const per = (name: keyof Counted): number => (after[name] - before[name]) / events
    return { writesPerEvent: per('writes'), readsPerEvent: per('reads'), callsPerEvent: per('calls') }
  }
  if (variant.store === 'none') return { writesPerEvent: 0, readsPerEvent: 0, callsPerEvent: 0 }
  const { commits, rows } = logOf(store)
  return { writesPerEvent: rows / events, readsPerEvent: Number.NaN, callsPerEvent: commits / events }
}

const rowsOf = (
  variant: Variant,
  concurrency: number,
  runs: readonly Measured[],
  base: readonly Measured[],
): readonly Row[] => {
  const of = (name: keyof Measured, from = runs): readonly number[] => from.map((run) => Number(run[name]))
  const toNoop = (name: keyof Measured): readonly number[] => ratios(of(name), of(name, base))
  const share = (name: keyof Measured): string => (variant === NOOP ? '' : `; ${spread(toNoop(name), times)} no-op`)
  const title = `${variant.name} at ${concurrency}`
  const speed = `${spread(of('perSecond'))}/s${share('perSecond')}`
  const goal = concurrency === GOAL_CONCURRENCY ? GOAL[variant.name] : undefined
  return [
    goal === undefined
      ? noted(`${title}: speed`, speed)
      : atLeast(`${title}: speed`, median(toNoop('perSecond')), goal, speed, `≥ ${goal} × no-op`),
    noted(`${title}: p50, p99`, `${spread(of('p50Ms'), ms)}, ${spread(of('p99Ms'), ms)}`),
    noted(`${title}: processor time each`, `${spread(of('cpuMsPerRequest'), micros)}${share('cpuMsPerRequest')}`),
    noted(`${title}: memory`, spread(of('rssMb'), mb)),
    ...operationRows(variant, title, concurrency, of),
  ]
}

const operationRows = (
  variant: Variant,
  title: string,
  concurrency: number,
  of: (name: keyof Measured) => readonly number[],
): readonly Row[] => {
  const [writes, reads, calls] = [of('writesPerEvent'), of('readsPerEvent'), of('callsPerEvent')]
  if (variant.store === 'none') return []
  if (variant.store === 'sqlite')
    return [noted(`${title}: per event`, `${spread(calls)} commits, ${spread(writes)} rows kept`)]
  const text = `${spread(writes)} writes, ${spread(reads)} reads, ${spread(calls)} calls`
  if (concurrency !== GOAL_CONCURRENCY) return [noted(`${title}: per event`, text)]
  const worst = Math.max(median(writes), median(reads))
  return [atMost(`${title}: per event`, worst, OPERATIONS_GOAL, text, `≤ ${OPERATIONS_GOAL} writes, reads`)]
}
