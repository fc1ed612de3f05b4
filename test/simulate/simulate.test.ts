import { beforeAll, describe, expect, test } from 'vitest'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { BUDGET, settings } from '../support/facts.ts'
import { arrivalsOf, PERIODS } from './feeds.ts'
import { type Figures, figuresOf } from './figures.ts'
import { chanceOf } from './prng.ts'
import { quietYear } from './quiet-year.ts'
import { REGIMES } from './regimes.ts'
import { drawTruth } from './truth.ts'

/** Few, so that every change is held against them; `main.ts` runs thousands for the note. */
const SEEDS = 8
const USAGE = REGIMES.filter(({ usage }) => usage)

describe('accounts whose truth is known', () => {
  let figures: readonly Figures[] = []
  beforeAll(() => {
    figures = REGIMES.map((regime) => figuresOf(regime, SEEDS))
  }, 60_000)
  const mean = (list: readonly Figures[], of: (one: Figures) => number): number =>
    list.reduce((sum, one) => sum + of(one), 0) / list.length

  test('with a usage feed the truth lies within the bounds at 95 of 100 evaluations, from the third day at 97', () => {
    const told = figures.filter(({ regime }) => USAGE.some(({ name }) => name === regime))
    expect(mean(told, ({ within }) => within)).toBeGreaterThanOrEqual(0.94)
    expect(mean(told, ({ withinAfterDay3 }) => withinAfterDay3)).toBeGreaterThanOrEqual(0.97)
  })

  test('the bounds are no wider than two days of burn at the median', () => {
    for (const { widthMedian } of figures) expect(widthMedian).toBeLessThan(48)
  })

  test('where burn is steady, runway and low credit are told in time, and at most two days too soon at the median', () => {
    const steady = figures.filter(({ regime }) => regime === 'usage, steady' || regime === 'usage, mispriced')
    for (const { leads } of steady)
      for (const { kept, earlyMedian } of leads) {
        expect(kept).toBeGreaterThanOrEqual(0.9)
        expect(earlyMedian).toBeLessThan(72)
      }
  })

  test('a truth that is a tenth lower than the bills is noticed: the coverage can fail', () => {
    const [regime] = USAGE
    if (!regime) throw new Error('a regime with usage')
    const chance = chanceOf(1)
    const truth = drawTruth(chance, regime, PERIODS[0] ?? 0)
    const book = new Book(settings({ budgets: { [BUDGET]: 'drawdown' } }))
    for (const { fact } of arrivalsOf(chance, regime, truth)) book.add(fact)
    const now = Math.floor(truth.end)
    const { low } = standingOf(book, now).balance
    expect(truth.balanceAt(now)).toBeGreaterThanOrEqual(Number(low) / 1e9)
    expect(truth.balanceAt(now) - truth.spentBy(now) / 10).toBeLessThan(Number(low) / 1e9)
  })

  test('any order of arrival, told twice, gives the same bounds', () => {
    for (const regime of REGIMES) {
      const chance = chanceOf(7)
      const truth = drawTruth(chance, regime, PERIODS[0] ?? 0)
      const facts = arrivalsOf(chance, regime, truth).map(({ fact }) => fact)
      const [one, other] = [facts, [...facts, ...facts.toReversed()].filter((_, n) => n % 2 === 1 || n >= facts.length)]
      const [a, b] = [one, other].map((list) => {
        const book = new Book(settings({ budgets: { [BUDGET]: 'drawdown' } }))
        for (const fact of list) book.add(fact)
        const { balance, burn, runway, recent } = standingOf(book, Math.floor(truth.end))
        return { balance, burn, runway, recent }
      })
      expect(b).toEqual(a)
    }
  })
})

describe('a quiet year', () => {
  test.each([
    ['with usage', true],
    ['with budgets alone', false],
  ])('%s: no critical alert, at most two warnings', { timeout: 60_000 }, (_, usage) => {
    const { critical, warning, evaluations } = quietYear(1, usage)
    expect(critical).toEqual([])
    expect(warning.length).toBeLessThanOrEqual(2)
    expect(evaluations).toBeGreaterThan(2_000)
  })
})
