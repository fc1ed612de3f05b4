import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { encode } from '../../functions/domain/json.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import {
  CHECKPOINT_LIMITS,
  type CheckpointLimits,
  pagesOfHead,
  planCheckpoint,
  restore,
} from '../../functions/ledger/checkpoint.ts'
import { amountsOf } from '../../functions/ledger/running-sum.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { supplyPages, unreadPages } from '../../functions/ledger/usage-book.ts'
import { forgetLeaves } from '../../functions/ledger/usage-leaves.ts'
import { anyFact, reading, settings, T0, usage } from '../support/facts.ts'

const RUNS = Number(process.env['LAW_RUNS'] ?? 400)
const END = T0 + 62 * DAY_MS
/** So small that pages are cut, leaves split and read again within a few facts. */
const TINY: CheckpointLimits = { ...CHECKPOINT_LIMITS, keysMax: 2, charsMax: 700, heldMax: 1 }

/** Calls within a few hours and from a few callers, told late or twice with other contents; some days hold many. */
const call: fc.Arbitrary<Fact> = fc
  .record({
    id: fc.integer({ min: 0, max: 2 }),
    day: fc.constantFrom(0, 1, 21, 53, 60),
    minute: fc.integer({ min: 0, max: 400 }),
    lateness: fc.constantFrom(-90, 0, 0, 5, 700),
    cents: fc.integer({ min: 0, max: 3 }),
    project: fc.constantFrom('my-app', 'my-batch'),
    kind: fc.constantFrom('paid', 'paid', 'paid', 'depleted', 'unpriced', 'project-cap', 'tier-cap', 'quota'),
  })
  .map(({ id, day, minute, lateness, cents, project, kind }) => {
    const at = T0 + day * DAY_MS + Math.floor(minute / 200) * 17 * MINUTE_MS
    const over = { projectId: project, sourceAt: at + lateness * MINUTE_MS, model: `model-${id}` }
    if (kind !== 'paid' && kind !== 'unpriced')
      return usage(`r${id}`, at, { ...over, error: kind, quotaIds: kind === 'quota' ? [`X-PaidTier${id + 1}`] : [] })
    return usage(`r${id}`, at, { ...over, costUsd: kind === 'unpriced' ? undefined : (cents / 100).toFixed(2) })
  })
/** The same call told again an hour later, of another model: it loses its key. */
const retold = (told: Fact): readonly Fact[] => {
  if (told.body.kind !== 'usage') return [told]
  const { requestId, at, projectId } = told.body
  return [told, usage(requestId, at, { projectId, model: 'another', sourceAt: told.provenance.source.ms + HOUR_MS })]
}
const facts = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: call.map((told) => [told]) },
      { weight: 1, arbitrary: call.map(retold) },
      { weight: 2, arbitrary: anyFact.map((told) => [told]) },
    ),
    { maxLength: 30 },
  )
  .map((lists) => lists.flat())

const textOf = (book: Book, now: number): string => {
  const { setAside, ...standing } = { ...standingOf(book, now) }
  return encode({
    ...standing,
    setAside: setAside.map(({ fact, reason }) => `${reason} ${fact.key} ${fact.hash}`).sort(),
  })
}

/** An account on a disk: pages and the latest head. */
class Disk {
  readonly pages = new Map<string, string>()
  head: string | undefined
  #version = 0
  /** Every page that was ever written is either dropped or named: nothing is left behind. */
  write(book: Book, now: number, limits: CheckpointLimits): void {
    this.#version += 1
    const plan = planCheckpoint(book, this.#version, now, limits)
    for (const { id, text } of plan.pages) {
      expect(this.pages.has(id)).toBe(false)
      this.pages.set(id, text)
    }
    for (const id of plan.dropped) expect(this.pages.delete(id)).toBe(true)
    this.head = plan.head
    plan.taken()
  }
  open(): Book {
    const book = new Book(settings())
    if (this.head !== undefined) expect(restore(book, this.head, this.only(pagesOfHead(this.head)))).toBe(true)
    return book
  }
  only(ids: readonly string[]): ReadonlyMap<string, string> {
    return new Map(ids.map((id) => [id, this.pages.get(id) ?? '']))
  }
  add(book: Book, fact: Fact): void {
    supplyPages(book.usage, this.only(unreadPages(book.usage, [fact])))
    book.add(fact)
    forgetLeaves(book.usage.leaves, 1)
  }
}

const whole = (list: readonly Fact[]): Book => {
  const book = new Book(settings())
  for (const fact of list) book.add(fact)
  return book
}

const checkpointed = (
  list: readonly Fact[],
  places: readonly number[],
  reopened: boolean,
  limits: CheckpointLimits,
): { readonly book: Book; readonly disk: Disk } => {
  const disk = new Disk()
  let book = disk.open()
  list.forEach((fact, index) => {
    disk.add(book, fact)
    if (!places.includes(index)) return
    disk.write(book, T0 + index * DAY_MS, limits)
    if (reopened) book = disk.open()
  })
  return { book, disk }
}

const places = fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 6 })

describe('a checkpoint makes it cheap, never different', () => {
  test.each([
    ['read back', true],
    ['written while the book goes on', false],
  ])('wherever checkpoints are %s, the standing is that of the facts alone', (_, reopened) => {
    fc.assert(
      fc.property(facts, places, fc.boolean(), (list, at, small) => {
        const { book } = checkpointed(list, at, reopened, small ? TINY : CHECKPOINT_LIMITS)
        expect(textOf(book, END)).toBe(textOf(whole(list), END))
      }),
      { numRuns: RUNS },
    )
  })

  test('what was known before a checkpoint is no news after it', () => {
    fc.assert(
      fc.property(facts, places, (list, at) => {
        const { book, disk } = checkpointed(list, at, true, TINY)
        for (const fact of list) {
          supplyPages(book.usage, disk.only(unreadPages(book.usage, [fact])))
          expect(book.isNews(fact)).toBe(false)
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('a page that is gone is noticed, and nothing is taken from the rest', () => {
    const { disk } = checkpointed([usage('r1', T0), reading(T0 + DAY_MS, '1.00')], [1], false, TINY)
    const head = disk.head ?? ''
    const [gone, ...rest] = pagesOfHead(head)
    expect(gone).toBeDefined()
    const book = new Book(settings())
    expect(restore(book, head, disk.only(rest))).toBe(false)
    expect(textOf(book, END)).toBe(textOf(new Book(settings()), END))
  })
})

describe('what a checkpoint costs', () => {
  const calls = (count: number, from: number): readonly Fact[] =>
    Array.from({ length: count }, (_, n) => usage(`r${from + n}`, T0 + (from + n) * 1_000, { costUsd: '0.01' }))

  test('10,000 calls in order lie in leaves of at most 2,000, and a repeat reads one of them', () => {
    const disk = new Disk()
    const book = disk.open()
    for (let from = 0; from < 10_000; from += 2_000) {
      for (const fact of calls(2_000, from)) disk.add(book, fact)
      disk.write(book, T0 + DAY_MS, CHECKPOINT_LIMITS)
    }
    expect(book.usage.leaves.length).toBeLessThanOrEqual(11)
    const cold = disk.open()
    expect(cold.usage.leaves.every(({ entries }) => entries === undefined)).toBe(true)
    const needed = unreadPages(cold.usage, calls(100, 300))
    expect(needed).toHaveLength(1)
    supplyPages(cold.usage, disk.only(needed))
    expect(calls(100, 300).some((fact) => cold.isNews(fact))).toBe(false)
    for (const text of disk.pages.values()) expect(Buffer.byteLength(text)).toBeLessThan(1_000_000)
  })

  test('old minutes are forgotten, whole hours stay', () => {
    const disk = new Disk()
    const book = disk.open()
    for (let minute = 0; minute < 600; minute += 1)
      disk.add(book, usage(`r${minute}`, T0 + minute * MINUTE_MS, { costUsd: '0.01' }))
    disk.write(book, T0 + 9 * DAY_MS + HOUR_MS, CHECKPOINT_LIMITS)
    const { hours, minutes } = disk.open().usage.series
    expect(amountsOf(hours).map(([, amount]) => amount)).toEqual(Array.from({ length: 10 }, () => 600_000_000n))
    expect([...minutes.values()].map(({ keys }) => keys.length)).toEqual([60, 60, 60, 60, 60, 60, 60, 60, 60])
  })
})
