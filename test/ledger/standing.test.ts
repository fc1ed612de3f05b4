import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { formatDecimal } from '../../functions/domain/money.ts'
import type { AccountSettings } from '../../functions/domain/standing.ts'
import { DAY_MS, HOUR_MS, instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import {
  BUDGET_TWO,
  balanceReading,
  grant,
  planFact,
  reading,
  refund,
  settings,
  T0,
  usage,
  voidGrant,
} from '../support/facts.ts'

const day = (n: number): number => T0 + n * DAY_MS
const DECEMBER = instant('2026-12-01T08:00:00Z')

const at = (now: number, facts: readonly Fact[], over: Partial<AccountSettings> = {}) => {
  const book = new Book(settings(over))
  for (const fact of facts) book.add(fact)
  const standing = standingOf(book, now)
  const money = (amount: bigint): string => formatDecimal(amount, 'USD')
  return {
    standing,
    value: money(standing.balance.value),
    high: money(standing.balance.high),
    low: money(standing.balance.low),
    overage: money(standing.overage),
    billed: money(standing.spent.billed),
    corrected: standing.spent.corrected === undefined ? undefined : money(standing.spent.corrected),
    burn: money(standing.burn.perDay),
    lot: (id: string) => {
      const lot = standing.grants.find((one) => one.id === id)
      if (!lot) throw new Error(`no grant ${id}`)
      return [lot.remaining, lot.drawn, lot.expired, lot.refunded, lot.voided].map(money).join(' ')
    },
    setAside: standing.setAside.map(({ reason }) => reason),
  }
}

describe('readings', () => {
  test('the difference between readings is drawn, once however often it is told', () => {
    const facts = [grant('G1', '50', T0), reading(day(1), '10'), reading(day(1), '10'), reading(day(2), '25')]
    expect(at(day(2), facts).lot('G1')).toBe('25.00 25.00 0.00 0.00 0.00')
  })

  test('60 → 55 → 60 is three facts and ends at 60', () => {
    const facts = [grant('G1', '100', T0), reading(day(1), '60'), reading(day(2), '55'), reading(day(3), '60')]
    expect(at(day(2), facts.slice(0, 3)).high).toBe('45.00')
    expect(at(day(3), facts).high).toBe('40.00')
    expect(at(day(3), facts).standing.corrections).toBe(5_000_000_000n)
  })

  test('an earlier reading that arrives late changes the path, not the balance', () => {
    const facts = [grant('G1', '50', T0), reading(day(2), '25'), reading(day(1), '30')]
    expect(at(day(2), facts).high).toBe('25.00')
  })

  test('a negative cost counts as 0', () => {
    const seen = at(day(1), [grant('G1', '50', T0), reading(day(1), '-3')])
    expect([seen.high, seen.billed]).toEqual(['50.00', '0.00'])
  })

  test('of two readings of one instant one stands, and that is no correction', () => {
    for (let cost = 11; cost <= 20; cost += 1) {
      const { standing } = at(day(1), [grant('G1', '50', T0), reading(day(1), '10'), reading(day(1), String(cost))])
      expect(standing.corrections).toBe(0n)
    }
  })

  test('drawdown budgets add up; a budget that is not listed only watches', () => {
    const facts = [
      grant('G1', '50', T0),
      reading(day(1), '10'),
      reading(day(1), '5', { budgetId: BUDGET_TWO }),
      reading(day(1), '30', { budgetId: 'watcher' }),
    ]
    expect(at(day(1), facts).high).toBe('35.00')
  })

  test('a new period starts at zero and the old one keeps what it drew', () => {
    const facts = [
      grant('G1', '50', T0),
      reading(day(29), '20'),
      reading(DECEMBER + HOUR_MS, '1', { periodStart: DECEMBER }),
    ]
    expect(at(DECEMBER + HOUR_MS, facts).high).toBe('29.00')
  })

  test('a late reading of the old month is drawn before the new month began, and so from the grant in force then', () => {
    const facts = [
      grant('OLD', '50', T0, { expiresAt: DECEMBER }),
      grant('NEW', '50', DECEMBER),
      reading(day(29), '20'),
      reading(DECEMBER + HOUR_MS, '1', { periodStart: DECEMBER }),
      reading(DECEMBER + 2 * HOUR_MS, '26'),
    ]
    const seen = at(DECEMBER + 2 * HOUR_MS, facts)
    expect(seen.lot('OLD')).toBe('0.00 26.00 24.00 0.00 0.00')
    expect(seen.lot('NEW')).toBe('49.00 1.00 0.00 0.00 0.00')
  })

  test('a reading without a publish time never outranks one that has it', () => {
    const facts = [grant('G1', '100', T0), reading(day(1), '60'), reading(day(2), '80', { timed: false })]
    expect(at(day(3), facts).high).toBe('40.00')
  })
})

describe('plans at zero', () => {
  const spent = [grant('G1', '50', T0), reading(day(2), '62')]

  test('gemini-prepay goes below zero and the next purchase pays it', () => {
    expect(at(day(2), spent).high).toBe('-12.00')
    expect(at(day(2), spent).overage).toBe('0.00')
    const topped = at(day(3), [...spent, grant('G2', '40', day(3))])
    expect(topped.high).toBe('28.00')
    expect(topped.lot('G2')).toBe('28.00 12.00 0.00 0.00 0.00')
  })

  test('cloud-credit stays at zero, the excess is overage, and a later prepayment does not pay it back', () => {
    const over = { plan: 'cloud-credit' as const }
    expect(at(day(2), spent, over).high).toBe('0.00')
    expect(at(day(2), spent, over).overage).toBe('12.00')
    const topped = at(day(3), [...spent, grant('G2', '40', day(3))], over)
    expect(topped.high).toBe('40.00')
    expect(topped.overage).toBe('12.00')
  })

  test('a plan fact holds from its own time on', () => {
    const facts = [...spent, planFact('cloud-credit', day(1))]
    expect(at(day(2), facts).overage).toBe('12.00')
    expect(at(day(2), [...spent, planFact('cloud-credit', day(3))]).high).toBe('-12.00')
  })

  test('promotional credit burns first, only while prepaid credit remains, and is not judged', () => {
    const facts = [grant('P', '20', T0), grant('PROMO', '15', T0, { kind: 'promotional' }), reading(day(1), '10')]
    const first = at(day(1), facts)
    expect([first.high, first.lot('PROMO'), first.lot('P')]).toEqual([
      '20.00',
      '5.00 10.00 0.00 0.00 0.00',
      '20.00 0.00 0.00 0.00 0.00',
    ])
    const later = at(day(2), [...facts, reading(day(2), '30')])
    expect([later.high, later.lot('PROMO')]).toEqual(['5.00', '0.00 15.00 0.00 0.00 0.00'])
    const alone = at(day(1), [grant('PROMO', '15', T0, { kind: 'promotional' }), reading(day(1), '10')])
    expect([alone.high, alone.lot('PROMO')]).toEqual(['-10.00', '15.00 0.00 0.00 0.00 0.00'])
  })

  test('a prepayment under gemini-prepay expires after twelve months unless stated', () => {
    expect(at(day(1), [grant('G1', '50', T0)]).standing.grants[0]?.expiresAt).toBe(instant('2027-11-01T07:00:00Z'))
    expect(at(day(1), [grant('G1', '50', T0)], { plan: 'cloud-credit' }).standing.grants[0]?.expiresAt).toBeUndefined()
  })
})

describe('grants', () => {
  test('burn order is priority, expiry, effective time, id', () => {
    const facts = [
      grant('LATE', '10', day(1)),
      grant('EARLY', '10', T0),
      grant('EXPIRING', '10', day(1), { expiresAt: day(20) }),
      grant('FIRST', '10', day(1), { priority: 1 }),
      reading(day(2), '15'),
    ]
    const seen = at(day(2), facts, { plan: 'cloud-credit' })
    expect(['FIRST', 'EXPIRING', 'EARLY', 'LATE'].map(seen.lot)).toEqual([
      '0.00 10.00 0.00 0.00 0.00',
      '5.00 5.00 0.00 0.00 0.00',
      '10.00 0.00 0.00 0.00 0.00',
      '10.00 0.00 0.00 0.00 0.00',
    ])
  })

  test('expiry, void and refund each take their part and no more', () => {
    const facts = [
      grant('E', '10', T0, { expiresAt: day(3) }),
      grant('V', '20', T0),
      grant('R', '30', T0),
      reading(day(1), '4'),
      voidGrant('V', day(2)),
      refund('R', '25', day(2)),
      refund('R', '6', day(2) + 1),
    ]
    const seen = at(day(3), facts, { plan: 'cloud-credit' })
    expect(seen.lot('E')).toBe('0.00 4.00 6.00 0.00 0.00')
    expect(seen.lot('V')).toBe('0.00 0.00 0.00 0.00 20.00')
    expect(seen.lot('R')).toBe('5.00 0.00 0.00 25.00 0.00')
    expect(seen.setAside).toEqual(['REFUND'])
  })

  test('at one instant a grant starts and another ends before the spend', () => {
    const facts = [grant('OLD', '10', T0, { expiresAt: day(1) }), grant('NEW', '10', day(1)), reading(day(1), '4')]
    const seen = at(day(1), facts, { plan: 'cloud-credit' })
    expect([seen.lot('OLD'), seen.lot('NEW')]).toEqual(['0.00 0.00 10.00 0.00 0.00', '6.00 4.00 0.00 0.00 0.00'])
  })

  test('what cannot be true yet is set aside and judged again when the grant arrives', () => {
    const facts = [voidGrant('G1', day(2)), refund('G1', '5', day(1))]
    expect(at(day(2), facts).setAside).toEqual(['UNKNOWN_GRANT', 'UNKNOWN_GRANT'])
    expect(at(day(2), [...facts, grant('G1', '50', T0)]).setAside).toEqual([])
  })

  test('of one grant id with two contents the earliest source time stands, whichever arrives first', () => {
    const first = grant('G1', '50', T0, { sourceAt: T0 })
    const second = grant('G1', '70', T0, { sourceAt: day(1) })
    for (const facts of [
      [first, second],
      [second, first],
    ]) {
      expect(at(day(1), facts).high).toBe('50.00')
      expect(at(day(1), facts).setAside).toEqual(['KEY_REUSED'])
    }
  })
})

describe('corrections', () => {
  test('undo the newest drawdown first, overage before grants', () => {
    const facts = [grant('G1', '50', T0), reading(day(1), '62'), reading(day(2), '45')]
    const seen = at(day(2), facts, { plan: 'cloud-credit' })
    expect([seen.overage, seen.high]).toEqual(['0.00', '5.00'])
  })

  test('what returns to an ended grant ends with it', () => {
    const facts = [grant('G1', '50', T0, { expiresAt: day(2) }), reading(day(1), '20'), reading(day(3), '12')]
    expect(at(day(3), facts, { plan: 'cloud-credit' }).lot('G1')).toBe('0.00 12.00 38.00 0.00 0.00')
  })
})

describe('balance readings', () => {
  const start = [grant('G1', '50', T0), reading(day(1), '10')]

  test('a lower one is spend seen early, which the bill of the next 48 hours does not draw again', () => {
    const seen = at(day(2), [...start, balanceReading('33', day(2))])
    expect([seen.high, seen.corrected, seen.billed]).toEqual(['33.00', '7.00', '10.00'])
    expect(at(day(3), [...start, balanceReading('33', day(2)), reading(day(3), '15')]).high).toBe('33.00')
    expect(at(day(3), [...start, balanceReading('33', day(2)), reading(day(3), '20')]).high).toBe('30.00')
    expect(at(day(5), [...start, balanceReading('33', day(2)), reading(day(4) + 1, '20')]).high).toBe('23.00')
  })

  test('spend seen early that a correction undid is billed like any other', () => {
    const facts = [...start, balanceReading('33', day(2)), reading(day(2) + HOUR_MS, '8')]
    expect(at(day(3), facts).high).toBe('35.00')
    expect(at(day(3), [...facts, reading(day(3), '15')]).high).toBe('33.00')
  })

  test('a higher one undoes drawdown, then adds an adjustment grant', () => {
    const undone = at(day(2), [...start, balanceReading('44', day(2))])
    expect([undone.high, undone.corrected, undone.lot('G1')]).toEqual(['44.00', '-4.00', '44.00 6.00 0.00 0.00 0.00'])
    const added = at(day(2), [...start, balanceReading('58', day(2))])
    expect(added.high).toBe('58.00')
    expect(added.standing.grants.map((lot) => [lot.kind, formatDecimal(lot.amount, 'USD')])).toEqual([
      ['prepayment', '50.00'],
      ['adjustment', '8.00'],
    ])
  })

  test('a first balance reading funds the account and is what percent levels are percent of', () => {
    const seen = at(day(1), [reading(day(1), '140'), balanceReading('41.20', day(1) + 1)])
    expect(at(day(1), [reading(day(1), '140')]).standing.funded).toBe(false)
    expect([
      at(day(2), [reading(day(1), '140'), balanceReading('41.20', day(1) + 1)]).high,
      seen.standing.funded,
    ]).toEqual(['41.20', false])
    expect(at(day(2), [reading(day(1), '140'), balanceReading('41.20', day(1) + 1)]).standing.base).toBe(
      41_200_000_000n,
    )
  })

  test('an adjustment does not move the base that a grant set', () => {
    expect(at(day(2), [...start, balanceReading('58', day(2))]).standing.base).toBe(50_000_000_000n)
  })
})

describe('burn, lag and usage', () => {
  test('the first reading of a period is spread from its start; burn is per day over the time covered', () => {
    const seen = at(day(2), [grant('G1', '50', T0), reading(day(2), '8.80')])
    expect([seen.burn, seen.low, seen.value]).toEqual(['4.40', '36.80', '41.20'])
    expect(seen.standing.runway?.p50Hours).toBeCloseTo(224.727, 3)
  })

  test('of a first reading that covers ten days, seven tenths burn in the window', () => {
    expect(at(day(10), [grant('G1', '50', T0), reading(day(10), '20')]).burn).toBe('2.00')
  })

  test('only the trailing seven days burn', () => {
    const facts = [grant('G1', '100', T0), reading(day(2), '20'), reading(day(10), '27')]
    expect(at(day(10), facts).burn).toBe('1.00')
  })

  test('spend seen early is spread from the grant it came out of, not taken for one day’s', () => {
    const seen = at(day(13), [grant('G1', '50', T0), balanceReading('19', day(13))])
    expect([seen.high, seen.burn]).toEqual(['19.00', '2.384615385'])
  })

  test('what a silent feed reports at last is no rush of its last day', () => {
    const seen = at(day(4), [grant('G1', '50', T0), reading(day(1), '1'), reading(day(4), '10.50')])
    expect([seen.burn, seen.low]).toEqual(['2.625', '36.875'])
    /** 279.47 at the fastest window, as before, less the 12 hours by which an unmeasured feed may be later than 24. */
    expect(seen.standing.runway?.p10Hours).toBeCloseTo(267.47, 1)
  })

  test('without spend there is no runway', () => {
    expect(at(day(2), [grant('G1', '50', T0), reading(day(2), '0')]).standing.runway).toBeUndefined()
  })

  test('fresh usage lowers value at once and takes the lag out of low', () => {
    const seen = at(day(2), [
      grant('G1', '50', T0),
      reading(day(2) - HOUR_MS, '8'),
      usage('r1', day(2) - HOUR_MS, { costUsd: '11' }),
    ])
    expect([seen.high, seen.value, seen.low]).toEqual(['42.00', '39.00', '39.00'])
  })

  test('the factor is billed over estimated for usage older than the lag, and scales what is not billed yet', () => {
    const facts = [
      grant('G1', '50', T0),
      usage('old', day(1), { costUsd: '10' }),
      reading(day(3), '12'),
      usage('new', day(3), { costUsd: '5' }),
    ]
    const seen = at(day(3), facts)
    expect(seen.standing.balance.factorMillionths).toBe(1_200_000n)
    expect([seen.high, seen.value]).toEqual(['38.00', '32.00'])
  })

  test('usage in USD shapes nothing but burn on an account in another currency until a rate is known', () => {
    const facts = [grant('G1', '50', T0), usage('r1', day(1), { costUsd: '10' })]
    expect(at(day(1), facts, { currency: 'EUR' }).value).toBe('50.00')
    expect(at(day(1), facts, { currency: 'EUR', usdRate: 900_000_000n }).value).toBe('41.00')
  })

  test('a balance reading has seen all usage before it', () => {
    const before = [usage('r1', day(1), { costUsd: '10.80' })]
    expect(at(day(2), [...before, balanceReading('5', day(2))]).value).toBe('5.00')
    const ledger = [grant('G1', '100', T0), reading(day(1), '20'), usage('r1', day(1), { costUsd: '25' })]
    for (const seen of ['78', '80', '90'])
      expect(at(day(2), [...ledger, balanceReading(seen, day(2))]).value).toBe(`${seen}.00`)
    const later = usage('r2', day(2) + HOUR_MS, { costUsd: '3' })
    expect(at(day(3), [...ledger, balanceReading('80', day(2)), later]).value).toBe('77.00')
  })

  test('usage that is not billed burns for seven days and no longer', () => {
    const daily = Array.from({ length: 40 }, (_, index) => usage(`r${index}`, day(index), { costUsd: '1' }))
    expect(at(day(39), [grant('G1', '60', T0), ...daily], { budgets: {} }).burn).toBe('1.00')
  })

  test('usage of a month that ended before a payment leaves the payment alone under cloud-credit', () => {
    const november = instant('2026-12-01T08:00:00Z')
    const facts = [
      usage('r1', day(10), { costUsd: '45' }),
      reading(november + HOUR_MS, '1', { periodStart: november }),
      grant('G1', '50', november + 2 * DAY_MS),
    ]
    expect(at(november + 3 * DAY_MS, facts, { plan: 'cloud-credit' }).value).toBe('50.00')
  })

  test('an error alone shows no spend, and so takes no lag out of low', () => {
    const facts = [grant('G1', '100', T0), reading(day(1), '36'), reading(day(2), '52')]
    const error = usage('e', day(2), { error: 'other' })
    expect(at(day(2), [...facts, error]).low).toBe(at(day(2), facts).low)
  })

  test('one usage key with two contents: the earliest source time wins, whichever arrives first', () => {
    const first = usage('r1', day(1), { costUsd: '3', sourceAt: day(1) })
    const second = usage('r1', day(1), { costUsd: '7', sourceAt: day(2) })
    for (const order of [
      [first, second],
      [second, first],
    ])
      expect(at(day(2), [grant('G1', '50', T0), ...order]).value).toBe('47.00')
  })
})

describe('evidence', () => {
  const low = [grant('G1', '50', T0), reading(day(2), '49')]

  test('a depletion near zero is near zero, also after the top-up that answered it', () => {
    const facts = [...low, usage('e', day(2), { error: 'depleted' })]
    expect(at(day(2), facts).standing.evidence.depletion?.nearZero).toBe(true)
    expect(at(day(3), [...facts, grant('G2', '50', day(3))]).standing.evidence.depletion?.nearZero).toBe(true)
  })

  test('a later paid call ends it; a failed or free one does not', () => {
    const facts = [...low, usage('e', day(2), { error: 'depleted' })]
    expect(at(day(3), [...facts, usage('ok', day(2) + 1)]).standing.evidence.depletion).toBeUndefined()
    expect(
      at(day(3), [...facts, usage('free', day(2) + 1, { costUsd: '0' })]).standing.evidence.depletion,
    ).toBeDefined()
    expect(
      at(day(3), [...facts, usage('no', day(2) + 1, { error: 'other' })]).standing.evidence.depletion,
    ).toBeDefined()
  })

  test('a caller whose clock runs ahead hides nothing that comes after its message', () => {
    const ahead = usage('ok', day(3), { sourceAt: day(2) - HOUR_MS })
    expect(
      at(day(2), [...low, ahead, usage('e', day(2), { error: 'depleted' })]).standing.evidence.depletion,
    ).toBeDefined()
  })

  test('on a funded ledger it names the payment it came after, from 30 minutes to 7 days', () => {
    const paidAt = (paid: number): number | undefined =>
      at(day(12), [grant('G1', '500', paid), usage('e', day(12), { error: 'depleted' })]).standing.evidence.depletion
        ?.paidAt
    expect(paidAt(day(12) - 30 * 60_000)).toBe(day(12) - 30 * 60_000)
    expect(paidAt(day(12) - 30 * 60_000 + 1)).toBeUndefined()
    expect(paidAt(day(5))).toBe(day(5))
    expect(paidAt(day(5) - 1)).toBeUndefined()
  })
})

describe('tier', () => {
  test('is what the design example says: one payment of 50', () => {
    const { tier } = at(day(1), [grant('P1', '50', instant('2026-11-01T00:00:00Z'))]).standing
    expect(tier).toEqual({
      entitled: 'tier-1',
      since: instant('2026-11-01T00:00:00Z'),
      next: { tier: 'tier-2', paidStillNeeded: 50_000_000_000n, earliestAt: instant('2026-11-04T00:00:00Z') },
    })
  })

  test('needs both the payments and the days', () => {
    const facts = [grant('P1', '60', T0), grant('P2', '40', day(1))]
    expect([at(day(2), facts), at(day(3), facts)].map(({ standing }) => standing.tier.entitled)).toEqual([
      'tier-1',
      'tier-2',
    ])
  })
})
