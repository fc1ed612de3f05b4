/** An account's facts, each known once, folded as far as time has come; any order of arrival gives the same book. */

import type { Fact, FactBody, Reading } from '../domain/facts.ts'
import type { FactKey } from '../domain/keys.ts'
import type { Nanos } from '../domain/money.ts'
import type { AccountSettings, SetAside } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { type BudgetBook, budgetRole, hearBudget } from './budgets.ts'
import { type FactPages, openFactPages } from './fact-pages.ts'
import { earliest, is, isUsage, sourceOrder } from './facts-of.ts'
import { applyEvent } from './fold.ts'
import { type FoldState, openFold } from './fold-state.ts'
import {
  type BudgetTrail,
  compareEvents,
  compareSource,
  type FactOf,
  grantEvents,
  type LedgerEvent,
  openTrail,
  operatorEvent,
  type PlanHistory,
  STEP,
  spendEvent,
  standingReadings,
} from './timeline.ts'
import { addToUsage, beatenUsage, isUsageNews, openUsageBook, type UsageBook } from './usage-book.ts'

type Known = Map<FactKey, Map<string, Fact>>

export class Book {
  readonly account: AccountSettings
  readonly usage: UsageBook
  /** Everything but usage, as a checkpoint writes it. */
  readonly facts: FactPages = openFactPages()
  /** Pages of the latest checkpoint that the next one replaces. */
  bodyPages: readonly string[] = []
  readonly budgets: BudgetBook = new Map()
  readonly #known: Known = new Map()
  /** Keys by kind but readings', and keys with several contents: both stay few. */
  readonly #keysByKind = new Map<FactBody['kind'], Set<FactKey>>()
  /** What `factsOf` last found, until a fact of the kind is added. */
  readonly #standing = new Map<FactBody['kind'], readonly Fact[]>()
  readonly #reused = new Set<FactKey>()
  readonly #trails = new Map<string, { trail: BudgetTrail; last: FactOf<Reading> | undefined }>()
  #events: LedgerEvent[] = []
  #applied = 0
  #fold: FoldState
  #plans: PlanHistory
  #dirty = false
  /** Latest source time of a drawdown reading; no clock of ours may be behind what was already published. */
  lastReadingAt: Instant | undefined
  firstSpendFrom: Instant | undefined

  constructor(account: AccountSettings) {
    this.account = account
    this.usage = openUsageBook(account.id)
    this.#plans = { configured: account.plan, changes: [] }
    this.#fold = openFold(this.#plans, [])
  }

  /** Whether the fact says anything this book does not know yet. */
  isNews(fact: Fact): boolean {
    if (isUsage(fact)) return isUsageNews(this.usage, fact)
    const same = this.#known.get(fact.key)?.get(fact.hash)
    return same === undefined || compareSource(fact, same) < 0
  }

  /** Takes a fact; one that is no news changes nothing. */
  add(fact: Fact): void {
    if (!this.isNews(fact)) return
    if (isUsage(fact)) {
      addToUsage(this.usage, fact)
      return
    }
    this.facts.pending.push(fact)
    const contents = this.#known.get(fact.key) ?? new Map<string, Fact>()
    const first = contents.size === 0
    contents.set(fact.hash, fact)
    this.#known.set(fact.key, contents)
    if (contents.size > 1) this.#reused.add(fact.key)
    if (is(fact, 'reading')) this.#read(fact)
    else this.#index(fact)
    if (!first || !this.#append(fact)) this.#dirty = true
  }

  /** The fold with every event up to `now` applied; of those at that very instant the ones up to `step`. */
  foldAt(now: Instant, step: number = STEP.seen): FoldState {
    const isDue = (event: LedgerEvent): boolean => event.at < now || (event.at === now && event.step <= step)
    // A caller may ask for an earlier instant than the last one; the fold then starts afresh.
    const last = this.#events[this.#applied - 1]
    if (this.#dirty || (last && !isDue(last))) this.#rebuild()
    for (let event = this.#events[this.#applied]; event && isDue(event); event = this.#events[this.#applied]) {
      applyEvent(this.#fold, event)
      this.#applied += 1
    }
    return this.#fold
  }

  get plans(): PlanHistory {
    return this.#plans
  }

  /** Standing facts of a kind: of one key the earliest by source time. */
  factsOf<Kind extends FactBody['kind']>(kind: Kind): readonly FactOf<Extract<FactBody, { kind: Kind }>>[] {
    const found = this.#standing.get(kind) ?? this.#winnersOf(kind)
    this.#standing.set(kind, found)
    return found as readonly FactOf<Extract<FactBody, { kind: Kind }>>[]
  }

  /** Billed spend by period start, over all drawdown budgets. */
  billedByPeriod(): ReadonlyMap<Instant, Nanos> {
    const sums = new Map<Instant, Nanos>()
    for (const { trail } of this.#trails.values()) {
      for (const [period, cost] of trail.costs) sums.set(period, (sums.get(period) ?? 0n) + cost)
    }
    return sums
  }

  /** Facts that the others contradict, at the fold's present instant. */
  setAside(): readonly SetAside[] {
    const reused = [...this.#reused].flatMap((key): readonly SetAside[] => {
      const contents = this.#known.get(key)
      const winner = earliest(contents)
      const losers = [...(contents?.values() ?? [])].filter((fact) => fact !== winner && !is(fact, 'reading'))
      return losers.map((fact) => ({ fact, reason: 'KEY_REUSED' }))
    })
    return [...this.#fold.setAside, ...reused, ...beatenUsage(this.usage)]
  }

  #winnersOf(kind: FactBody['kind']): readonly Fact[] {
    const winners = [...(this.#keysByKind.get(kind) ?? [])].map((key) => earliest(this.#known.get(key)))
    return winners.filter((fact) => fact !== undefined)
  }

  #index(fact: Fact): void {
    this.#standing.delete(fact.body.kind)
    const keys = this.#keysByKind.get(fact.body.kind) ?? new Set()
    this.#keysByKind.set(fact.body.kind, keys.add(fact.key))
  }

  #read(fact: FactOf<Reading>): void {
    hearBudget(this.budgets, fact)
    if (budgetRole(this.account, fact.body.budgetId) !== 'drawdown') return
    const at = fact.provenance.source.ms
    this.lastReadingAt = Math.max(this.lastReadingAt ?? 0, at)
    this.firstSpendFrom = Math.min(this.firstSpendFrom ?? at, fact.body.periodStart, at)
  }

  /** Puts the fact's events behind the applied ones; false where that would change the past. */
  #append(fact: Fact): boolean {
    if (this.#dirty || is(fact, 'plan')) return false
    if (is(fact, 'reading')) return this.#appendReading(fact)
    if (is(fact, 'grant')) {
      if (this.#fold.lots.has(fact.body.grantId) || this.#wasMissed(fact.body.grantId)) return false
      const events = grantEvents(fact, this.#plans)
      const start = events.find((event) => event.kind === 'start')
      if (!this.#insert(events)) return false
      if (start?.kind === 'start') this.#fold.lots.set(fact.body.grantId, start.lot)
      return true
    }
    if (is(fact, 'refund') || is(fact, 'void') || is(fact, 'balance-reading'))
      return this.#insert([operatorEvent(fact)])
    return true
  }

  #appendReading(fact: FactOf<Reading>): boolean {
    if (budgetRole(this.account, fact.body.budgetId) !== 'drawdown') return true
    const known = this.#trails.get(fact.body.budgetId) ?? { trail: openTrail(), last: undefined }
    if (!fact.provenance.timed || (known.last && sourceOrder(known.last, fact) >= 0)) return false
    const event = spendEvent(known.trail, fact)
    known.last = fact
    this.#trails.set(fact.body.budgetId, known)
    return event === undefined || this.#insert([event])
  }

  /** Whether a void or refund was set aside for want of this grant. */
  #wasMissed(grantId: string): boolean {
    return this.#fold.setAside.some(({ fact }) => 'grantId' in fact.body && fact.body.grantId === grantId)
  }

  #insert(events: readonly LedgerEvent[]): boolean {
    const last = this.#events[this.#applied - 1]
    if (last && events.some((event) => compareEvents(event, last) <= 0)) return false
    for (const event of events) {
      let at = this.#events.length
      while (at > this.#applied && compareEvents(this.#events[at - 1] ?? event, event) > 0) at -= 1
      this.#events.splice(at, 0, event)
    }
    return true
  }

  *#winners(): Generator<Fact> {
    for (const contents of this.#known.values()) {
      const winner = earliest(contents)
      if (winner) yield winner
    }
  }

  #rebuild(): void {
    const facts = [...this.#winners()]
    const changes = facts
      .filter((fact) => is(fact, 'plan'))
      .sort((a, b) => a.body.at - b.body.at || compareSource(a, b))
    this.#plans = { configured: this.account.plan, changes: changes.map(({ body }) => body) }
    const grants = facts.filter((fact) => is(fact, 'grant')).flatMap((fact) => grantEvents(fact, this.#plans))
    const operators = facts
      .filter((fact) => is(fact, 'refund') || is(fact, 'void') || is(fact, 'balance-reading'))
      .map((fact) => operatorEvent(fact))
    this.#events = [...grants, ...operators, ...this.#spendEvents()].sort(compareEvents)
    this.#fold = openFold(
      this.#plans,
      grants.flatMap((event) => (event.kind === 'start' ? [event.lot] : [])),
    )
    this.#applied = 0
    this.#dirty = false
  }

  #spendEvents(): readonly LedgerEvent[] {
    const byBudget = new Map<string, FactOf<Reading>[]>()
    for (const contents of this.#known.values()) {
      for (const fact of contents.values()) {
        if (!is(fact, 'reading') || budgetRole(this.account, fact.body.budgetId) !== 'drawdown') continue
        const readings = byBudget.get(fact.body.budgetId)
        if (readings) readings.push(fact)
        else byBudget.set(fact.body.budgetId, [fact])
      }
    }
    this.#trails.clear()
    return [...byBudget].flatMap(([budgetId, readings]) => {
      const trail = openTrail()
      const standing = standingReadings(readings)
      this.#trails.set(budgetId, { trail, last: standing.at(-1) })
      return standing.map((fact) => spendEvent(trail, fact)).filter((event) => event !== undefined)
    })
  }
}
