import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { encode } from '../../functions/domain/json.ts'
import { DAY_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { anyFact, balanceReading, grant, reading, settings, T0 } from '../support/facts.ts'

const END = T0 + 70 * DAY_MS
const RUNS = Number(process.env['LAW_RUNS'] ?? 400)
const facts = fc.array(anyFact, { minLength: 1, maxLength: 25 })
const plan = fc.constantFrom('cloud-credit', 'gemini-prepay', 'postpay')

const bookOf = (list: readonly Fact[], over: Parameters<typeof settings>[0] = {}): Book => {
  const book = new Book(settings(over))
  for (const fact of list) book.add(fact)
  return book
}

/** Everything a standing says, as text; set-aside facts by identity, in any order. */
const textOf = (book: Book, now: number): string => {
  const { setAside, ...standing } = { ...standingOf(book, now) }
  return encode({
    ...standing,
    setAside: setAside.map(({ fact, reason }) => `${reason} ${fact.key} ${fact.hash}`).sort(),
  })
}

describe('the ledger is a function of the set of facts', () => {
  test('any order of arrival gives the same standing', () => {
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), plan, (list, random, configured) => {
        const shuffled = list
          .map((fact) => ({ fact, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ fact }) => fact)
        expect(textOf(bookOf(shuffled, { plan: configured }), END)).toBe(
          textOf(bookOf(list, { plan: configured }), END),
        )
      }),
      { numRuns: RUNS },
    )
  })

  test('any duplication gives the same standing', () => {
    fc.assert(
      fc.property(facts, plan, (list, configured) => {
        const doubled = [...list, ...list.toReversed(), ...list]
        expect(textOf(bookOf(doubled, { plan: configured }), END)).toBe(textOf(bookOf(list, { plan: configured }), END))
      }),
      { numRuns: RUNS },
    )
  })

  test('a split run equals the whole run: looking at it on the way changes nothing', () => {
    fc.assert(
      fc.property(facts, plan, fc.integer({ min: 1, max: 5 }), (list, configured, every) => {
        const watched = new Book(settings({ plan: configured }))
        list.forEach((fact, index) => {
          watched.add(fact)
          if (index % every === 0) standingOf(watched, fact.provenance.source.ms)
        })
        expect(textOf(watched, END)).toBe(textOf(bookOf(list, { plan: configured }), END))
      }),
      { numRuns: RUNS },
    )
  })

  test('facts in order of time, judged after each, equal the facts judged once', () => {
    fc.assert(
      fc.property(facts, plan, (list, configured) => {
        const inOrder = list.toSorted((a, b) => a.provenance.source.ms - b.provenance.source.ms)
        const live = new Book(settings({ plan: configured }))
        for (const fact of inOrder) {
          live.add(fact)
          standingOf(live, fact.provenance.source.ms)
        }
        expect(textOf(live, END)).toBe(textOf(bookOf(list, { plan: configured }), END))
      }),
      { numRuns: RUNS },
    )
  })
})

describe('conservation', () => {
  const conserved = (book: Book, now: number): void => {
    const standing = standingOf(book, now)
    const drawn = standing.grants.reduce((sum, lot) => sum + lot.drawn, 0n)
    for (const lot of standing.grants) {
      expect(lot.remaining + lot.drawn + lot.expired + lot.refunded + lot.voided).toBe(lot.amount)
      for (const part of [lot.remaining, lot.drawn, lot.expired, lot.refunded, lot.voided])
        expect(part).toBeGreaterThanOrEqual(0n)
    }
    const fold = book.foldAt(Math.max(now, book.lastReadingAt ?? now))
    expect(fold.overage).toBeGreaterThanOrEqual(0n)
    expect(fold.deficit).toBeGreaterThanOrEqual(0n)
    expect(drawn + fold.overage + fold.deficit).toBe(
      standing.spent.billed + (standing.spent.corrected ?? 0n) + fold.carry,
    )
    const { low, value, high } = standing.balance
    expect(low).toBeLessThanOrEqual(value)
    expect(value).toBeLessThanOrEqual(high)
  }

  test('holds after every fact and at every instant asked for', () => {
    fc.assert(
      fc.property(
        facts,
        plan,
        fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 4 }),
        (list, configured, days) => {
          const book = new Book(settings({ plan: configured }))
          for (const fact of list) {
            book.add(fact)
            conserved(book, fact.provenance.source.ms)
          }
          for (const day of days) conserved(book, T0 + day * DAY_MS)
          conserved(book, END)
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('billed is the sum of what the latest reading of each budget and period says', () => {
    fc.assert(
      fc.property(facts, (list) => {
        const latest = new Map<string, Fact>()
        for (const fact of list) {
          if (fact.body.kind !== 'reading') continue
          const id = `${fact.body.budgetId} ${fact.body.periodStart}`
          const other = latest.get(id)
          const isLater =
            !other ||
            fact.provenance.source.ms > other.provenance.source.ms ||
            (fact.provenance.source.ms === other.provenance.source.ms && fact.hash > other.hash)
          if (isLater) latest.set(id, fact)
        }
        const expected = [...latest.values()].reduce(
          (sum, { body }) => sum + (body.kind === 'reading' ? body.cost : 0n),
          0n,
        )
        expect(standingOf(bookOf(list), END).spent.billed).toBe(expected)
      }),
      { numRuns: RUNS },
    )
  })

  test('a balance reading is the balance right after it', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 5_000 }), (list, value) => {
        const seenAt = T0 + 65 * DAY_MS
        const readings = list.filter((fact) => fact.body.kind !== 'balance-reading')
        const balance = (value / 100).toFixed(2)
        const { balance: bounds } = standingOf(
          bookOf([...readings, balanceReading(balance, seenAt)], { plan: 'gemini-prepay' }),
          seenAt,
        )
        expect(bounds.high).toBe(BigInt(value) * 10_000_000n)
      }),
      { numRuns: RUNS },
    )
  })
})

describe('controls: the laws can fail', () => {
  test('two sets that differ in one cent differ in standing', () => {
    const one = [grant('G1', '50', T0), reading(T0 + DAY_MS, '10.00')]
    const two = [grant('G1', '50', T0), reading(T0 + DAY_MS, '10.01')]
    expect(textOf(bookOf(one), END)).not.toBe(textOf(bookOf(two), END))
  })

  test('arbitrary sets reach corrections, deficits, overage, expiry, voids, refunds and set-aside facts', () => {
    const reached = new Set<string>()
    for (const list of fc.sample(facts, { numRuns: 300, seed: 7 })) {
      for (const configured of ['gemini-prepay', 'cloud-credit'] as const) {
        const standing = standingOf(bookOf(list, { plan: configured }), END)
        if (standing.corrections > 0n) reached.add('correction')
        if (standing.balance.high < 0n) reached.add('deficit')
        if (standing.overage > 0n) reached.add('overage')
        if (standing.setAside.length > 0) reached.add('set aside')
        for (const lot of standing.grants)
          for (const part of ['expired', 'voided', 'refunded', 'drawn'] as const) if (lot[part] > 0n) reached.add(part)
      }
    }
    expect([...reached].sort()).toEqual([
      'correction',
      'deficit',
      'drawn',
      'expired',
      'overage',
      'refunded',
      'set aside',
      'voided',
    ])
  })
})
