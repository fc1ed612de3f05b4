/** The lag that is remembered against one that is measured afresh, after every kind of news there is. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import type { Close } from '../../functions/ledger/fold-state.ts'
import { measureLag } from '../../functions/ledger/lag.ts'
import { addUsage, openSeries } from '../../functions/ledger/usage-series.ts'
import { T0 } from '../support/facts.ts'

const RUNS = Number(process.env['LAW_RUNS'] ?? 400)
/** Twelve days of a cent an hour, billed as it was eight hours before: a lag can be measured from the first look on. */
const DAYS = 12
const BILLED_LATE_HOURS = 8

type News =
  | { readonly kind: 'call'; readonly hoursAgo: number; readonly amount: bigint }
  | { readonly kind: 'moved'; readonly from: number; readonly to: number; readonly amount: bigint }
  | { readonly kind: 'close'; readonly afterHours: number; readonly amount: bigint }

const amounts = fc.bigInt({ min: 0n, max: 60n })
const hours = fc.integer({ min: 0, max: DAYS * 24 - 1 })
const news: fc.Arbitrary<News> = fc.oneof(
  fc.record({ kind: fc.constant('call'), hoursAgo: fc.integer({ min: -2, max: 30 }), amount: amounts }),
  fc.record({ kind: fc.constant('moved'), from: hours, to: hours, amount: amounts }),
  fc.record({ kind: fc.constant('close'), afterHours: fc.constantFrom(0.25, 0.5, 3, 30), amount: amounts }),
)

const hourAt = (hour: number): Instant => T0 + hour * HOUR_MS

/** Calls may end days before the bills do: then the latest hour is old, and a bill with a fee on it shows more than calls ever will. */
const account = (callDays: number, fee = 0n) => {
  const series = openSeries()
  for (let hour = 0; hour < callDays * 24; hour += 1) addUsage(series, hourAt(hour), 10n)
  const closes = Array.from({ length: DAYS }, (_, day): Close => {
    const billed = fee + BigInt((day + 1) * 24 - BILLED_LATE_HOURS) * 10n
    return { at: hourAt((day + 1) * 24) - 1, billed, periodStart: T0, ofPeriod: billed }
  })
  return { series, closes, lastHour: callDays * 24 - 1, origins: new Map([[T0, { heardAt: T0, first: 0 }]]) }
}

const take = ({ series, closes, lastHour }: ReturnType<typeof account>, told: News): void => {
  if (told.kind === 'call') addUsage(series, hourAt(lastHour - told.hoursAgo), told.amount)
  if (told.kind === 'moved') {
    addUsage(series, hourAt(told.from), -told.amount)
    addUsage(series, hourAt(told.to), told.amount)
  }
  if (told.kind !== 'close') return
  const last = closes.at(-1)
  if (!last) return
  const at = last.at + told.afterHours * HOUR_MS
  if (Math.floor(at / DAY_MS) === Math.floor(last.at / DAY_MS)) closes.pop()
  const billed = last.billed + told.amount
  closes.push({ at, billed, periodStart: T0, ofPeriod: billed })
}

test('a lag that was measured before any news is that of a measurement after it', () => {
  fc.assert(
    fc.property(
      fc.array(news, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 8, max: DAYS }),
      fc.constantFrom(4, 5, 6, DAYS),
      fc.constantFrom(0n, 1_500n),
      (list, billDays, callDays, fee) => {
        const books = account(callDays, fee)
        const { series, closes, origins } = books
        closes.splice(billDays)
        const look = (of: Close[]) => measureLag({ fold: { closes: of, origins }, usage: series, usageFrom: T0 })
        for (const told of list) {
          look(closes)
          take(books, told)
          expect(look(closes)).toEqual(look([...closes]))
        }
      },
    ),
    { numRuns: RUNS },
  )
})

test('the lag of such an account can be measured', () => {
  const { series, closes, origins } = account(DAYS)
  const lag = measureLag({ fold: { closes, origins }, usage: series, usageFrom: T0 })
  expect(lag?.typicalMs).toBe(BILLED_LATE_HOURS * HOUR_MS - 1)
})
