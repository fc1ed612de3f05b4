/** Channels side by side: whatever one does, the others are not held up, and what waits is spared. */

import { describe, expect, test } from 'vitest'
import { drain } from '../../functions/app/deliver.ts'
import type { Deps } from '../../functions/app/deps.ts'
import { openLanes } from '../../functions/app/lanes.ts'
import type { SendOutcome } from '../../functions/channels/channel.ts'
import type { Delivery, DeliveryState } from '../../functions/domain/alerts.ts'
import type { DeliveryId } from '../../functions/domain/keys.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import type { Store } from '../../functions/store/store.ts'
import { commit, delivery, idsOf, NOW, stateOf } from '../support/store-samples.ts'

type Answer = SendOutcome | Promise<SendOutcome>

type Bench = {
  readonly deps: Deps
  readonly store: Store
  readonly clock: { now: number }
  /** What was tried, in the order in which it was begun: `channel id`. */
  readonly tried: string[]
  /** How each channel answers; without an entry it takes everything. */
  readonly answers: Map<string, (id: string) => Answer>
  readonly pauses: number[]
  readonly log: string[]
  readonly add: (...rows: readonly Delivery[]) => Promise<void>
}

const SENT: SendOutcome = { kind: 'sent', note: 'ok' }
const HANGS: SendOutcome = { kind: 'retry', reason: 'timeout', note: 'no reply in time', ambiguous: true }

let ids = 0

const open = (over: Partial<Deps> = {}, store = openMemoryStore()): Bench => {
  const [clock, tried, pauses, log]: [{ now: number }, string[], number[], string[]] = [{ now: NOW }, [], [], []]
  const answers: Bench['answers'] = new Map()
  let version = 0
  const deps: Deps = {
    store,
    accounts: [],
    routes: [],
    recipients: { mail: ['a@example.com'], chat: [''], slack: [''] },
    sender:
      async (channel) =>
      async (_, { idempotencyKey }) => {
        tried.push(`${channel} ${idempotencyKey}`)
        return answers.get(channel)?.(idempotencyKey) ?? SENT
      },
    clock: () => clock.now,
    newId: () => `lease-${++ids}`,
    chance: () => 0.5,
    announce: () => undefined,
    lanes: openLanes(),
    pause: async (ms) => {
      pauses.push(ms)
      clock.now += ms
    },
    log: {
      info: (text) => log.push(text),
      warning: (text) => log.push(text),
      error: (text, error) => log.push(`${text}: ${error}`),
    },
    ...over,
  }
  const add = async (...rows: readonly Delivery[]): Promise<void> => {
    await store.commit(commit({ baseVersion: version, marker: `m${version}`, at: clock.now, deliveries: rows }))
    version += 1
  }
  return { deps, store, clock, tried, answers, pauses, log, add }
}

const many = (channel: string, count: number, recipient = 'a@example.com'): readonly Delivery[] =>
  Array.from({ length: count }, (_, n) =>
    delivery(`${channel}-${String(n).padStart(3, '0')}`, { channel, recipient, createdAt: NOW - 1_000 + n }),
  )

const states = async (store: Store, channel: string): Promise<readonly DeliveryState[]> =>
  (await store.deliveries({ limit: 1_000 })).filter((row) => row.channel === channel).map(({ state }) => state)

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a channel that hangs', () => {
  test('does not keep the others: they are sent whole while it still hangs', async () => {
    const bench = open()
    const hanging = Promise.withResolvers<SendOutcome>()
    bench.answers.set('chat', () => hanging.promise)
    await bench.add(...many('chat', 100, ''), ...many('mail', 40), ...many('slack', 10, ''))
    const drained = drain(bench.deps)
    for (let turn = 0; turn < 200; turn += 1) await turnOfTheLoop()
    expect((await states(bench.store, 'mail')).every(({ status }) => status === 'sent')).toBe(true)
    expect((await states(bench.store, 'slack')).every(({ status }) => status === 'sent')).toBe(true)
    expect(bench.tried.filter((each) => each.startsWith('chat'))).toHaveLength(5)
    hanging.resolve(HANGS)
    expect(await drained).toEqual({ sent: 50, retried: 5, dead: 0 })
  })

  test('does not keep what is committed meanwhile for others', async () => {
    const bench = open()
    const hanging = Promise.withResolvers<SendOutcome>()
    bench.answers.set('chat', () => hanging.promise)
    await bench.add(...many('chat', 8, ''))
    const first = drain(bench.deps)
    for (let turn = 0; turn < 50; turn += 1) await turnOfTheLoop()
    await bench.add(delivery('late', { channel: 'mail' }))
    expect(await drain(bench.deps)).toEqual({ sent: 1, retried: 0, dead: 0 })
    hanging.resolve(HANGS)
    await first
  })

  test('does not starve others behind 500 due deliveries of its own', async () => {
    const bench = open()
    bench.answers.set('chat', () => HANGS)
    await bench.add(...many('chat', 500, ''))
    bench.clock.now += HOUR_MS
    await bench.add(delivery('late', { channel: 'mail', createdAt: bench.clock.now }))
    expect((await drain(bench.deps)).sent).toBe(1)
  })
})

describe('a channel that fails', () => {
  test('costs a few of what waits an attempt, and the rest none', async () => {
    const bench = open()
    bench.answers.set('chat', () => HANGS)
    await bench.add(...many('chat', 500, ''))
    await drain(bench.deps)
    const tried = (await states(bench.store, 'chat')).filter(({ attempts }) => attempts > 0)
    expect(tried.length).toBeGreaterThanOrEqual(3)
    expect(tried.length).toBeLessThanOrEqual(5)
    expect((await states(bench.store, 'chat')).filter(({ lease }) => lease)).toEqual([])
    expect(bench.log).toContain('a channel fails: the rest of what waits for it is left for later')
  })

  test('is left alone for a minute by this process, then asked with one delivery at a time', async () => {
    const bench = open()
    bench.answers.set('mail', () => HANGS)
    await bench.add(...many('mail', 100))
    await drain(bench.deps)
    const first = bench.tried.length
    bench.clock.now += MINUTE_MS - 1
    await drain(bench.deps)
    expect(bench.tried).toHaveLength(first)
    bench.clock.now += 1
    await drain(bench.deps)
    expect(bench.tried).toHaveLength(first + 1)
  })

  test('works again: what failed for its sake is sent at once, oldest first, as many at a time as ever', async () => {
    const bench = open()
    bench.answers.set('chat', () => HANGS)
    await bench.add(...many('chat', 4, ''))
    for (let sweep = 0; sweep < 60; sweep += 1) {
      await drain(bench.deps)
      bench.clock.now += 5 * MINUTE_MS
    }
    const waiting = (await states(bench.store, 'chat')).filter(({ dueAt }) => dueAt > bench.clock.now + HOUR_MS)
    expect(waiting).toHaveLength(4)
    bench.answers.clear()
    bench.tried.length = 0
    await bench.add(delivery('new', { channel: 'chat', recipient: '', createdAt: bench.clock.now }))
    expect(await drain(bench.deps)).toEqual({ sent: 5, retried: 0, dead: 0 })
    expect(bench.tried).toEqual(['new', 'chat-000', 'chat-001', 'chat-002', 'chat-003'].map((id) => `chat ${id}`))
    expect(bench.log).toContain('a channel works again: what waited for it is sent now')
  })

  test('works again: a process that never saw it fail sends the rest in the same run', async () => {
    const store = openMemoryStore()
    const [one, two] = [open({}, store), open({}, store)]
    one.answers.set('mail', () => HANGS)
    await one.add(...many('mail', 3))
    for (let sweep = 0; sweep < 40; sweep += 1) {
      await drain(one.deps)
      one.clock.now += 5 * MINUTE_MS
    }
    const dueAt = Math.min(...(await states(store, 'mail')).map((state) => state.dueAt))
    two.clock.now = dueAt
    expect((await states(store, 'mail')).filter((state) => state.dueAt > dueAt)).toHaveLength(2)
    expect(await drain(two.deps)).toEqual({ sent: 3, retried: 0, dead: 0 })
  })

  test('a refusal for good by the endpoint counts as well: a deleted webhook does not kill 500 alerts in one run', async () => {
    const bench = open()
    bench.answers.set('chat', () => ({ kind: 'rejected', reason: 'gone', note: 'HTTP 410 Gone' }))
    await bench.add(...many('chat', 500, ''))
    await drain(bench.deps)
    const dead = (await states(bench.store, 'chat')).filter(({ status }) => status === 'dead')
    expect(dead.length).toBeGreaterThanOrEqual(3)
    expect(dead.length).toBeLessThanOrEqual(5)
  })

  test.each<SendOutcome>([
    { kind: 'retry', reason: 'temporary', note: 'SMTP 452', ambiguous: false },
    { kind: 'rejected', reason: 'address', note: 'SMTP 550' },
    { kind: 'rejected', reason: 'too-large', note: 'HTTP 413' },
  ])('one mailbox or one message that is refused speaks against no channel: $reason', async (outcome) => {
    const bench = open()
    bench.answers.set('mail', (id) => (Number(id.slice(-3)) < 40 ? outcome : SENT))
    await bench.add(...many('mail', 60))
    expect((await drain(bench.deps)).sent).toBe(20)
    expect(bench.tried).toHaveLength(60)
  })

  test('failures that a success parts are no outage', async () => {
    const bench = open()
    bench.answers.set('mail', (id) => (Number(id.slice(-3)) % 3 === 0 ? SENT : HANGS))
    await bench.add(...many('mail', 30))
    expect(await drain(bench.deps)).toEqual({ sent: 10, retried: 20, dead: 0 })
    expect(bench.log).not.toContain('a channel fails: the rest of what waits for it is left for later')
  })

  test('a vendor that says “too many” is believed at once', async () => {
    const bench = open()
    bench.answers.set('chat', () => ({ kind: 'retry', reason: 'rate-limited', note: 'HTTP 429', ambiguous: false }))
    await bench.add(...many('chat', 30, ''))
    await drain(bench.deps)
    expect(bench.tried.length).toBeLessThanOrEqual(2)
  })

  test('what has had all its time is given up, though it was hardly ever tried', async () => {
    const bench = open()
    bench.answers.set('chat', () => HANGS)
    await bench.add(...many('chat', 50, ''))
    bench.clock.now += 90 * HOUR_MS
    await drain(bench.deps)
    expect((await states(bench.store, 'chat')).filter(({ status }) => status === 'dead')).toEqual([])
    bench.clock.now += HOUR_MS
    await bench.add(delivery('young', { channel: 'chat', recipient: '', createdAt: bench.clock.now }))
    await drain(bench.deps)
    const all = await states(bench.store, 'chat')
    expect(all.filter(({ status }) => status === 'dead')).toHaveLength(50)
    const untried = all.find(({ status, attempts }) => status === 'dead' && attempts === 0)
    expect(untried?.note).toBe('the channel was down for all the time it may be tried')
    expect(await stateOf(bench.store, 'young')).toMatchObject({ status: 'pending', attempts: 0 })
    expect((await stateOf(bench.store, 'young'))?.lease).toBeUndefined()
  })

  test('after an absence of ours nothing is given up at first sight, though its time is over', async () => {
    const bench = open()
    bench.answers.set('chat', () => HANGS)
    await bench.add(...many('chat', 50, ''))
    bench.clock.now += 4 * DAY_MS
    await drain(bench.deps)
    bench.clock.now += 5 * MINUTE_MS
    await drain(bench.deps)
    const untried = (await states(bench.store, 'chat')).filter(({ attempts }) => attempts === 0)
    expect(untried.length).toBeGreaterThan(40)
    expect(untried.every(({ status }) => status === 'pending')).toBe(true)
  })

  test('what waited through an absence of ours of four days is still tried', async () => {
    const bench = open()
    await bench.add(...many('chat', 3, ''))
    bench.clock.now += 4 * DAY_MS
    expect(await drain(bench.deps)).toEqual({ sent: 3, retried: 0, dead: 0 })
  })
})

describe('a place of one address', () => {
  test('is sent one message every 1.1 s; mailboxes are not', async () => {
    const bench = open()
    await bench.add(...many('chat', 4, ''), ...many('mail', 4))
    await drain({ ...bench.deps, recipients: { chat: [''] } })
    expect(bench.pauses).toEqual([1_100, 1_100, 1_100])
    await drain({ ...bench.deps, recipients: { mail: ['a@example.com', 'b@example.com'] } })
    expect(bench.pauses).toHaveLength(3)
  })

  test('is kept to that by two processes together', async () => {
    const store = openMemoryStore()
    const [one, two] = [open({}, store), open({}, store)]
    const starts: number[] = []
    for (const bench of [one, two])
      bench.answers.set('chat', () => {
        starts.push(bench.clock.now)
        return SENT
      })
    await one.add(...many('chat', 20, ''))
    await Promise.all([one, two].map(({ deps }) => drain(deps)))
    starts.sort((a, b) => a - b)
    const gaps = starts.slice(1).map((at, n) => at - (starts[n] ?? 0))
    expect(starts).toHaveLength(20)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_100)
  })

  test('whose turns are far off is left to those before, and no lease with it', async () => {
    const bench = open()
    for (let turn = 0; turn < 6; turn += 1) await bench.store.turn('chat', NOW, 1_100)
    await bench.add(...many('chat', 3, ''))
    expect(await drain(bench.deps)).toEqual({ sent: 0, retried: 0, dead: 0 })
    expect((await states(bench.store, 'chat')).map(({ lease, attempts }) => [lease, attempts])).toEqual(
      Array(3).fill([undefined, 0]),
    )
  })
})

describe('time and ends', () => {
  test('a lane ends after 45 s, says that more is due, and goes on when asked', async () => {
    const bench = open()
    await bench.add(...many('chat', 60, ''))
    const first = await drain(bench.deps)
    expect(first.cut).toBe(true)
    expect(first.sent).toBeGreaterThan(35)
    expect(first.sent).toBeLessThan(45)
    expect(await drain(bench.deps)).toEqual({ sent: 60 - first.sent, retried: 0, dead: 0 })
  })

  test('a drain while a lane is under way makes it look again, so that nothing committed meanwhile is left', async () => {
    const bench = open()
    const slow = Promise.withResolvers<SendOutcome>()
    bench.answers.set('mail', (id) => (id === 'first' ? slow.promise : SENT))
    await bench.add(delivery('first', { channel: 'mail' }))
    const running = drain(bench.deps)
    for (let turn = 0; turn < 20; turn += 1) await turnOfTheLoop()
    await bench.add(delivery('second', { channel: 'mail' }))
    expect(await drain(bench.deps)).toEqual({ sent: 0, retried: 0, dead: 0 })
    slow.resolve(SENT)
    expect(await running).toEqual({ sent: 2, retried: 0, dead: 0 })
  })

  test('once the process stops nothing is begun, and no lease is left behind', async () => {
    let stopping = false
    const bench = open({ stopping: () => stopping })
    bench.answers.set('mail', () => {
      stopping = true
      return SENT
    })
    await bench.add(...many('mail', 30))
    expect(await drain(bench.deps)).toEqual({ sent: 5, retried: 0, dead: 0, cut: true })
    expect((await states(bench.store, 'mail')).filter(({ lease }) => lease)).toEqual([])
  })

  test('once it stops while a message waits for its turn, that is handed back', async () => {
    let stopping = false
    const stop = async (): Promise<void> => {
      stopping = true
    }
    const bench = open({ stopping: () => stopping, pause: stop })
    await bench.add(...many('chat', 3, ''))
    expect(await drain(bench.deps)).toEqual({ sent: 1, retried: 0, dead: 0, cut: true })
    expect((await states(bench.store, 'chat')).map(({ lease, attempts }) => [lease, attempts])).toEqual([
      [undefined, 0],
      [undefined, 0],
      [undefined, 1],
    ])
  })

  test('a store that fails for one channel is told once the others are sent', async () => {
    const store = openMemoryStore()
    const broken: Store = {
      ...store,
      settle: async (settlement) =>
        settlement.id.startsWith('chat') ? Promise.reject(new Error('disk full')) : store.settle(settlement),
    }
    const bench = open({}, broken)
    await bench.add(...many('chat', 2, ''), ...many('mail', 12))
    await expect(drain(bench.deps)).rejects.toThrow('disk full')
    expect((await states(bench.store, 'mail')).every(({ status }) => status === 'sent')).toBe(true)
    await expect(drain(bench.deps)).resolves.toMatchObject({ sent: 0 })
  })

  test('deliveries of channels that nobody knows any more are dead letters, all of them', async () => {
    const bench = open()
    const deps: Deps = { ...bench.deps, sender: async () => undefined }
    await bench.add(...many('gone', 7, ''), ...many('lost', 5))
    expect(await drain(deps)).toEqual({ sent: 0, retried: 0, dead: 12 })
    expect((await states(bench.store, 'gone'))[0]?.note).toBe('the configuration has no such channel any more')
  })

  test('more channels than lanes are all served', async () => {
    const names = Array.from({ length: 70 }, (_, n) => `c${n}`)
    const bench = open({ recipients: Object.fromEntries(names.map((name) => [name, ['a@example.com']])) })
    await bench.add(...names.map((channel) => delivery(`${channel}-d`, { channel })))
    expect(await drain(bench.deps)).toEqual({ sent: 70, retried: 0, dead: 0 })
  })
})

describe('an end that must not come before its beginning', () => {
  const pair = (): readonly Delivery[] => [
    { ...delivery('a-end', { channel: 'mail', createdAt: NOW + 1 }), after: ['b-begin' as DeliveryId] },
    delivery('b-begin', { channel: 'mail' }),
  ]

  test('is sent after it, though both are due and its id comes first', async () => {
    const bench = open()
    const done: string[] = []
    bench.answers.set('mail', async (id) => {
      if (id === 'b-begin') for (let turn = 0; turn < 20; turn += 1) await turnOfTheLoop()
      done.push(id)
      return SENT
    })
    await bench.add(...pair())
    await drain(bench.deps)
    expect(done).toEqual(['b-begin', 'a-end'])
  })

  test('waits for it, untried, while that fails, and is not counted as failing', async () => {
    const bench = open()
    bench.answers.set('mail', (id) => (id === 'b-begin' ? HANGS : SENT))
    await bench.add(...pair())
    for (let sweep = 0; sweep < 6; sweep += 1) {
      await drain(bench.deps)
      bench.clock.now += 5 * MINUTE_MS
    }
    expect(bench.tried.filter((each) => each.endsWith('a-end'))).toEqual([])
    expect(await stateOf(bench.store, 'a-end')).toMatchObject({ status: 'pending', attempts: 0 })
    bench.answers.clear()
    for (let sweep = 0; sweep < 40; sweep += 1) {
      await drain(bench.deps)
      bench.clock.now += 5 * MINUTE_MS
    }
    expect(idsOf(await bench.store.deliveries({ status: 'sent', limit: 9 }))).toEqual(['a-end', 'b-begin'])
    expect(bench.tried.slice(-2)).toEqual(['mail b-begin', 'mail a-end'])
  })

  test('is sent where its beginning died, or never was', async () => {
    const bench = open()
    bench.answers.set('mail', (id) =>
      id === 'b-begin' ? { kind: 'rejected', reason: 'too-large', note: 'HTTP 413' } : SENT,
    )
    await bench.add(...pair(), {
      ...delivery('alone', { channel: 'mail' }),
      after: ['never' as DeliveryId],
    })
    await drain(bench.deps)
    expect(idsOf(await bench.store.deliveries({ status: 'sent', limit: 9 }))).toEqual(['a-end', 'alone'])
  })
})
