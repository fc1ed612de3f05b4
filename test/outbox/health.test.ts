import { describe, expect, test } from 'vitest'
import type { DeliveryState, Message, StoredDelivery } from '../../functions/domain/alerts.ts'
import type { AccountId, AlertKey, DeliveryId } from '../../functions/domain/keys.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { doubtful, healthOf, type OutboxLook } from '../../functions/outbox/health.ts'
import { sampleMessage } from '../support/message.ts'

const NOW = 1_795_428_000_000
const A = '01D4EE-079462-DFD6EC' as AccountId
const B = 'AAAAAA-079462-DFD6EC' as AccountId
const NOBODY: ReadonlySet<AlertKey> = new Set()

let ids = 0
type Over = Partial<Omit<StoredDelivery, 'state' | 'message'>> & {
  state?: Partial<DeliveryState>
  message?: Partial<Message>
}
const row = (over: Over): StoredDelivery => {
  const { state, message, ...rest } = over
  const createdAt = over.createdAt ?? NOW - 2 * HOUR_MS
  return {
    id: `d${++ids}` as DeliveryId,
    account: A,
    channel: 'chat',
    recipient: '',
    createdAt,
    message: sampleMessage({ severity: 'warning', openedAt: createdAt, ...message }),
    state: { status: 'pending', attempts: 0, dueAt: createdAt, ambiguous: 0, ...state },
    ...rest,
  }
}
const waits = (attempts: number, over: Over = {}): StoredDelivery =>
  row({ ...over, state: { attempts, ...over.state } })
const died = (ago: number, over: Over = {}): StoredDelivery =>
  row({ ...over, state: { status: 'dead', settledAt: NOW - ago, attempts: 1, note: 'HTTP 404', ...over.state } })
const sent = (ago: number, over: Over = {}): StoredDelivery =>
  row({ ...over, state: { status: 'sent', settledAt: NOW - ago, attempts: 1, ...over.state } })

const health = (look: Partial<OutboxLook>, account = A, heard = NOBODY) =>
  healthOf({ now: NOW, waiting: [], dead: [], sent: [], ...look }, [account], heard).get(account)

describe('a channel fails', () => {
  test.each([
    ['that was never tried, however late', [waits(0)], []],
    ['that failed once, a moment ago', [waits(1, { createdAt: NOW - MINUTE_MS })], []],
    ['that failed once, for an hour', [waits(1, { createdAt: NOW - HOUR_MS - 1 })], ['chat']],
    ['that failed twice within the hour', [waits(2, { createdAt: NOW - 50 * MINUTE_MS })], []],
    ['that failed three times, however soon', [waits(3, { createdAt: NOW - 6 * MINUTE_MS })], ['chat']],
    ['that was held for a night and failed just now', [waits(1, { notBefore: NOW - MINUTE_MS })], []],
    ['that was redriven and failed just now', [waits(1, { state: { redrivenAt: NOW - MINUTE_MS } })], []],
  ])('by a delivery %s: %j', (_, waiting, failing) => {
    expect(health({ waiting })?.failing).toEqual(failing)
  })

  test('by a refusal, for a day, unless something went through since', () => {
    const dead = [died(HOUR_MS)]
    expect(health({ dead })?.failing).toEqual(['chat'])
    expect(health({ dead, sent: [sent(2 * HOUR_MS)] })?.failing).toEqual(['chat'])
    expect(health({ dead, sent: [sent(30 * MINUTE_MS)] })?.failing).toEqual([])
    expect(health({ dead, sent: [sent(30 * MINUTE_MS, { channel: 'mail' })] })?.failing).toEqual(['chat'])
    expect(health({ dead: [died(DAY_MS + 1)] })?.failing).toEqual([])
  })

  test('by no refusal of one mailbox where another took its mail about then', () => {
    const dead = [died(HOUR_MS, { channel: 'mail', recipient: 'gone@example.com' })]
    const before = [sent(HOUR_MS + 10_000, { channel: 'mail', recipient: 'ana@example.com' })]
    expect(health({ dead, sent: before })?.failing).toEqual([])
    expect(health({ dead, sent: [] })?.failing).toEqual(['mail'])
  })

  test('for every account, and each is told of its own deliveries alone', () => {
    const waiting = [waits(4), waits(0, { account: B })]
    expect(health({ waiting }, B)).toMatchObject({ failing: ['chat'], troubles: [{ channel: 'chat', waiting: 1 }] })
    expect(health({ waiting }, 'CCCCCC-079462-DFD6EC' as AccountId)).toMatchObject({ failing: ['chat'], troubles: [] })
  })
})

describe('what did not get through', () => {
  test('is what died within three days, and what is due on a failing channel', () => {
    const waiting = [
      waits(3, { state: { note: 'HTTP 503', dueAt: NOW + HOUR_MS } }),
      waits(0),
      waits(0, { state: { dueAt: NOW + 1 }, notBefore: NOW + 1 }),
    ]
    const dead = [died(HOUR_MS), died(3 * DAY_MS + 1), died(2 * DAY_MS, { channel: 'mail' })]
    expect(health({ waiting, dead })?.troubles).toEqual([
      {
        channel: 'chat',
        dead: 1,
        waiting: 2,
        since: NOW - 2 * HOUR_MS,
        note: 'HTTP 404',
        titles: ['Credit is low: 12.40 USD left on Production'],
      },
      expect.objectContaining({ channel: 'mail', dead: 1, waiting: 0 }),
    ])
  })

  test('is never what tells of it', () => {
    const message = { rule: 'delivery-failed' }
    expect(health({ dead: [died(1, { message })], waiting: [waits(5, { message })] })).toMatchObject({
      failing: ['chat'],
      troubles: [],
      unheard: [],
    })
  })

  test('names a few titles, each once', () => {
    const titled = (title: string): StoredDelivery =>
      died(1, { message: { words: { ...sampleMessage().words, title } } })
    const dead = ['a', 'b', 'a', 'c', 'd', 'e', 'f'].map(titled)
    expect(health({ dead })?.troubles[0]?.titles).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe('a critical alert reached nobody', () => {
  const critical = { severity: 'critical', alertKey: 'k1' as AlertKey } as const

  test('where its delivery died or is stuck', () => {
    expect(health({ dead: [died(1, { message: critical })] })?.unheard).toEqual([
      {
        alertKey: 'k1',
        title: 'Credit is low: 12.40 USD left on Production',
        figure: '12.40 USD',
        since: NOW - 2 * HOUR_MS,
      },
    ])
    expect(health({ waiting: [waits(3, { message: critical })] })?.unheard).toHaveLength(1)
  })

  test('not where a channel has delivered it, or may yet', () => {
    const dead = [died(1, { message: critical })]
    expect(health({ dead }, A, new Set(['k1' as AlertKey]))?.unheard).toEqual([])
    expect(health({ dead, waiting: [waits(0, { channel: 'mail', message: critical })] })?.unheard).toEqual([])
    expect(health({ dead, waiting: [waits(3, { channel: 'mail', message: critical })] })?.unheard).toHaveLength(1)
  })

  test('once, however many of its deliveries failed; its end need reach nobody, nor a warning', () => {
    expect(health({ dead: [died(1, { message: critical }), died(2, { message: critical })] })?.unheard).toHaveLength(1)
    expect(health({ dead: [died(1, { message: { ...critical, step: 'resolved' } })] })?.unheard).toEqual([])
    expect(health({ dead: [died(1)] })?.unheard).toEqual([])
  })

  test('is asked about where it is in doubt', () => {
    const look = { now: NOW, waiting: [], dead: [died(1, { message: critical }), died(1)], sent: [] }
    expect(doubtful(look).map(({ message }) => message.alertKey)).toEqual(['k1'])
  })
})

test('the oldest due time is that of what is overdue, whatever its account', () => {
  const overdue = waits(0, { account: B, state: { dueAt: NOW - 5 } })
  expect(health({ waiting: [overdue, waits(0, { state: { dueAt: NOW } })] })?.oldestDueAt).toBe(NOW - 5)
  expect(health({ waiting: [waits(0, { state: { dueAt: NOW + 1 } })] })).not.toHaveProperty('oldestDueAt')
  expect(health({})).toEqual({ failing: [], troubles: [], unheard: [] })
})
