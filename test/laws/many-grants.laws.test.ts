/** Many grants that end on the way: the quick walks against plain ones that look at every grant at every step. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Nanos } from '../../functions/domain/money.ts'
import type { GrantStanding } from '../../functions/domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import type { Lot } from '../../functions/ledger/lots.ts'
import { runwayOf } from '../../functions/ledger/runway.ts'
import { lastsMs, meanMs, type WeekShape } from '../../functions/ledger/week-shape.ts'
import { lostAtExpiry } from '../../functions/rules/expiry.ts'
import { AS_OF, grant, standing } from '../support/standing.ts'

const RUNS = Number(process.env['LAW_RUNS'] ?? 400)

type Credit = { readonly left: Nanos; readonly endsAt: Instant | undefined; readonly startsAt: Instant }

/** Several end at one instant, some never, some within the week and some years ahead. */
const credits = fc.array(
  fc
    .record({
      left: fc.bigInt({ min: 1n, max: 9_000_000_000n }),
      day: fc.constantFrom(1, 1, 2, 6, 7, 13, 29, 30, 31, 400, undefined),
      start: fc.constantFrom(-9, -9, -9, 1, 5, 40),
    })
    .map(
      ({ left, day, start }): Credit => ({
        left,
        endsAt: day === undefined ? undefined : AS_OF + day * DAY_MS + (day % 3) * HOUR_MS,
        startsAt: AS_OF + start * DAY_MS,
      }),
    ),
  { minLength: 1, maxLength: 25 },
)
const perDays = fc.bigInt({ min: 1n, max: 20_000_000_000n })
const shapes: fc.Arbitrary<WeekShape | undefined> = fc.option(
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 168, maxLength: 168 })
    .filter((hours) => hours.some((hour) => hour > 0))
    .map((hours) => {
      const mean = hours.reduce((sum, hour) => sum + hour, 0) / 168
      return { weights: hours.map((hour) => hour / mean), weeks: 3 }
    }),
  { nil: undefined },
)

const lotOf = ({ left, endsAt, startsAt }: Credit, index: number): Lot => ({
  grant: {
    ...{ kind: 'grant', grantId: `G${index}`, grantKind: 'prepayment', amount: left, currencyCode: 'USD' },
    ...{ effectiveAt: startsAt, priority: 100 },
  },
  expiresAt: endsAt,
  ...{ remaining: left, drawn: 0n, expired: 0n, refunded: 0n, voided: 0n, started: true, ended: undefined },
})

type Way = { readonly amount: Nanos; readonly perDay: Nanos; readonly shape: WeekShape | undefined }

/** From end to end; at each the whole row is summed, drained and searched. */
const plainHours = (row: readonly Credit[], { amount, perDay, shape }: Way): number => {
  const pots = row.map(({ left, endsAt = Number.POSITIVE_INFINITY }) => ({ left, endsAt }))
  const sum = (): Nanos => pots.reduce((total, { left }) => total + left, 0n)
  const draw = (wanted: Nanos): void => {
    let rest = wanted
    for (const pot of pots) {
      const taken = rest < pot.left ? rest : pot.left
      pot.left -= taken
      rest -= taken
    }
  }
  draw(sum() - amount)
  let from = AS_OF
  for (const at of [...new Set(pots.map(({ endsAt }) => endsAt))].sort((a, b) => a - b)) {
    const lasts = lastsMs(shape, from, Number((sum() * BigInt(DAY_MS)) / perDay))
    if (from + lasts <= at) return (from + lasts - AS_OF) / HOUR_MS
    draw((perDay * BigInt(Math.round(meanMs(shape, from, at)))) / BigInt(DAY_MS))
    for (const pot of pots) if (pot.endsAt === at) pot.left = 0n
    from = at
  }
  return (from - AS_OF) / HOUR_MS
}

test('a runway past many expiries is that of the plain walk', () => {
  fc.assert(
    fc.property(credits, perDays, shapes, fc.nat(100), (row, perDay, shape, percent) => {
      const high = row.reduce((total, { left }) => total + left, 0n)
      const value = high - (high * BigInt(percent)) / 100n
      const balance = { ...standing().balance, low: value, value, high }
      const burn = { ...{ segments: [], now: AS_OF, since: undefined, until: AS_OF }, unbilled: 0n, calls: undefined }
      const week = { perDay, spent: perDay, coveredMs: DAY_MS }
      const runway = runwayOf({ burn, week, balance, lots: row.map(lotOf), closes: [], shape })
      const ends = row.map(({ endsAt = Number.POSITIVE_INFINITY }) => endsAt)
      for (const [told, amount] of [
        [runway?.p50Hours, value],
        [runway?.p90Hours, high],
      ] as const) {
        const atRate = lastsMs(shape, AS_OF, Number((amount * BigInt(DAY_MS)) / perDay))
        const isReached = ends.some((at) => at < AS_OF + atRate)
        const plain = isReached ? plainHours(row, { amount, perDay, shape }) : atRate / HOUR_MS
        expect(told).toBe(amount === 0n ? 0 : plain)
      }
    }),
    { numRuns: RUNS },
  )
})

/** Every change in turn, each time over all grants. */
const plainlyLost = (row: readonly GrantStanding[], perDay: Nanos): ReadonlyMap<string, Nanos> => {
  const pots = row.map((each) => ({ ...each, left: each.remaining }))
  const changes = row.flatMap(({ effectiveAt, expiresAt = AS_OF }) => [effectiveAt, expiresAt])
  const lost = new Map<string, Nanos>()
  let from = AS_OF
  for (const at of [...new Set(changes)].filter((change) => change > AS_OF).sort((a, b) => a - b)) {
    let rest = (perDay * BigInt(at - from)) / BigInt(DAY_MS)
    const promotional = pots.filter(({ kind }) => kind === 'promotional')
    const others = pots.filter(({ kind }) => kind !== 'promotional')
    const open = [...promotional, ...others].filter(({ effectiveAt }) => effectiveAt <= from)
    if (open.some(({ kind, left }) => kind !== 'promotional' && left > 0n))
      for (const pot of open) {
        const taken = rest < pot.left ? rest : pot.left
        pot.left -= taken
        rest -= taken
      }
    for (const pot of pots.filter(({ expiresAt }) => expiresAt === at)) {
      lost.set(pot.id, pot.left)
      pot.left = 0n
    }
    from = at
  }
  return lost
}

test('what many grants lose is that of the plain walk, and its beginning needs no look at its end', () => {
  fc.assert(
    fc.property(credits, perDays, fc.integer({ min: 0, max: 35 }), (row, perDay, days) => {
      const grants = row
        .filter(({ startsAt, endsAt = Number.POSITIVE_INFINITY }) => startsAt < endsAt)
        .map(({ left, endsAt, startsAt }, index) => {
          const { expiresAt: _, ...endless } = grant({ id: `G${index}`, remaining: left, effectiveAt: startsAt })
          const kind = index % 4 === 0 ? 'promotional' : 'prepayment'
          return { ...endless, kind, priority: index, ...(endsAt !== undefined && { expiresAt: endsAt }) } as const
        })
      const told = standing({ burn: { perDay }, grants })
      const plain = plainlyLost(grants, perDay)
      expect([...lostAtExpiry(told)].sort()).toEqual([...plain].sort())
      const until = AS_OF + days * DAY_MS
      const soon = [...plain].filter(([id]) => (grants.find((each) => each.id === id)?.expiresAt ?? 0) <= until)
      expect([...lostAtExpiry(told, until)].sort()).toEqual(soon.sort())
    }),
    { numRuns: RUNS },
  )
})
