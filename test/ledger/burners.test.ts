/** Who burns: by project and model, over the trailing week. */

import { describe, expect, test } from 'vitest'
import { formatDecimal } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { type BurnerRow, burnByProject, burnerRows, fillBurners } from '../../functions/ledger/burners.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { settings, T0, usage } from '../support/facts.ts'

const CALLS = [
  usage('a', T0, { costUsd: '7', projectId: 'my-app', model: 'gemini-3.5-flash' }),
  usage('b', T0 + HOUR_MS, { costUsd: '14', projectId: 'my-app', model: 'gemini-3.1-pro' }),
  usage('c', T0 + HOUR_MS, { costUsd: '3.5', projectId: 'my-batch', model: 'gemini-3.5-flash' }),
]
const told = (book: Book, now: number) =>
  standingOf(book, now).byProject.map(({ projectId, perDay, models }) => [
    projectId,
    formatDecimal(perDay, 'USD'),
    models.map((row) => `${row.model} ${formatDecimal(row.perDay, 'USD')}`),
  ])
const bookOf = (over: Parameters<typeof settings>[0] = {}): Book => {
  const book = new Book(settings(over))
  for (const call of CALLS) book.add(call)
  return book
}

describe('spend by project and model', () => {
  test('is a seventh of the week, largest first', () => {
    expect(told(bookOf(), T0 + 2 * HOUR_MS)).toEqual([
      ['my-app', '3.00', ['gemini-3.1-pro 2.00', 'gemini-3.5-flash 1.00']],
      ['my-batch', '0.50', ['gemini-3.5-flash 0.50']],
    ])
  })

  test('forgets what is older than a week', () => {
    expect(told(bookOf(), T0 + 7 * DAY_MS + 1)).toEqual([
      ['my-app', '2.00', ['gemini-3.1-pro 2.00']],
      ['my-batch', '0.50', ['gemini-3.5-flash 0.50']],
    ])
    expect(told(bookOf(), T0 + 8 * DAY_MS)).toEqual([])
  })

  test('is told in the currency of the account', () => {
    expect(told(bookOf({ currency: 'EUR', usdRate: 500_000_000n }), T0 + 2 * HOUR_MS)[1]).toEqual([
      'my-batch',
      '0.25',
      ['gemini-3.5-flash 0.25'],
    ])
  })

  test('a call that loses its key takes its spend back', () => {
    const book = bookOf()
    const dearer = usage('c', T0 + HOUR_MS, { costUsd: '7', projectId: 'my-batch', model: 'gemini-3.1-pro' })
    book.add({ ...dearer, provenance: { ...dearer.provenance, source: { ms: T0 + HOUR_MS - 1, subNanos: 0 } } })
    expect(told(book, T0 + 2 * HOUR_MS)[1]).toEqual(['my-batch', '1.00', ['gemini-3.1-pro 1.00']])
  })
})

test('a checkpoint of a time without models is read, and written rows are read back as they were', () => {
  const old: BurnerRow[] = [['my-app', [[Math.floor(T0 / HOUR_MS), '7000000000']]]]
  const burners = new Map()
  fillBurners(burners, old)
  expect(burnByProject(burners, T0 + HOUR_MS)).toEqual([
    { projectId: 'my-app', perDay: 1_000_000_000n, models: [{ model: '', perDay: 1_000_000_000n }] },
  ])
  const again = new Map()
  fillBurners(again, burnerRows(bookOf().usage.burners, T0 + HOUR_MS))
  expect(burnByProject(again, T0 + 2 * HOUR_MS)).toEqual(burnByProject(bookOf().usage.burners, T0 + 2 * HOUR_MS))
})
