import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDecimal } from '../../functions/domain/money.ts'
import { DAY_MS, instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { type Statement, statementOf } from '../../functions/ledger/statement.ts'
import { anyFact, balanceReading, grant, reading, refund, settings, T0, voidGrant } from '../support/facts.ts'

const DECEMBER = instant('2026-12-01T08:00:00Z')
const JANUARY = instant('2027-01-01T08:00:00Z')
const bookOf = (list: Parameters<Book['add']>[0][], plan: 'cloud-credit' | 'gemini-prepay' = 'cloud-credit'): Book => {
  const book = new Book(settings({ plan }))
  for (const fact of list) book.add(fact)
  return book
}
const money = (amount: bigint): string => formatDecimal(amount, 'USD')
const told = ({ lines, total, billed, corrected, beyond }: Statement) => ({
  lines: lines.map((line) =>
    [line.id, line.opening, line.granted, line.drawn, line.expired, line.refunded, line.voided, line.closing]
      .map((part) => (typeof part === 'bigint' ? money(part) : part))
      .join(' '),
  ),
  closing: money(total.closing),
  billed: money(billed),
  corrected: money(corrected),
  beyond: money(beyond),
})

describe('a statement', () => {
  const facts = [
    grant('G1', '50', T0, { expiresAt: DECEMBER + 5 * DAY_MS }),
    reading(T0 + DAY_MS, '8.80'),
    grant('G2', '20', T0 + 10 * DAY_MS),
    refund('G2', '5', T0 + 11 * DAY_MS),
    reading(T0 + 20 * DAY_MS, '30.00'),
    reading(DECEMBER + 60_000, '1.00', { periodStart: DECEMBER }),
    reading(DECEMBER + 120_000, '31.00', { periodStart: T0 }),
    reading(DECEMBER + DAY_MS, '4.00', { periodStart: DECEMBER }),
    voidGrant('G2', DECEMBER + 10 * DAY_MS),
  ]

  test('tells what each grant began with, got, lost and has left', () => {
    expect(told(statementOf(bookOf(facts), T0, DECEMBER))).toEqual({
      lines: ['G1 0.00 50.00 31.00 0.00 0.00 0.00 19.00', 'G2 0.00 20.00 0.00 0.00 5.00 0.00 15.00'],
      closing: '34.00',
      billed: '31.00',
      corrected: '0.00',
      beyond: '0.00',
    })
  })

  test('begins where the month before ended; late spend of a month stays in it', () => {
    expect(told(statementOf(bookOf(facts), DECEMBER, JANUARY))).toEqual({
      lines: ['G1 19.00 0.00 4.00 15.00 0.00 0.00 0.00', 'G2 15.00 0.00 0.00 0.00 0.00 15.00 0.00'],
      closing: '0.00',
      billed: '4.00',
      corrected: '0.00',
      beyond: '0.00',
    })
  })

  test('shows what was charged beyond the credit, and what a balance reading moved', () => {
    const book = bookOf([grant('G1', '10', T0), balanceReading('7.00', T0 + DAY_MS), reading(T0 + 5 * DAY_MS, '12.50')])
    expect(told(statementOf(book, T0, DECEMBER))).toEqual({
      lines: ['G1 0.00 10.00 10.00 0.00 0.00 0.00 0.00'],
      closing: '0.00',
      billed: '12.50',
      corrected: '3.00',
      beyond: '5.50',
    })
  })

  test('what is spent at the very start of a month belongs to it, as does a grant that starts then', () => {
    const book = bookOf([grant('G1', '10', T0), reading(T0, '0.01')])
    expect(told(statementOf(book, T0, DECEMBER))).toEqual({
      lines: ['G1 0.00 10.00 0.01 0.00 0.00 0.00 9.99'],
      closing: '9.99',
      billed: '0.01',
      corrected: '0.00',
      beyond: '0.00',
    })
  })

  test('leaves out grants of other months', () => {
    expect(told(statementOf(bookOf([grant('later', '10', DECEMBER + DAY_MS)]), T0, DECEMBER)).lines).toEqual([])
  })
})

test('any facts: every line and the whole month reconcile to the last digit', () => {
  fc.assert(
    fc.property(
      fc.array(anyFact, { maxLength: 25 }),
      fc.constantFrom('cloud-credit', 'gemini-prepay'),
      (list, plan) => {
        const book = bookOf(list, plan)
        for (const [from, to] of [
          [T0, DECEMBER],
          [DECEMBER, JANUARY],
        ] as const) {
          const { lines, total, billed, corrected, carried, beyond } = statementOf(book, from, to)
          for (const line of lines)
            expect(line.opening + line.granted).toBe(
              line.drawn + line.expired + line.refunded + line.voided + line.closing,
            )
          expect(total.drawn + beyond).toBe(billed + corrected + carried)
        }
      },
    ),
    { numRuns: 300 },
  )
})
