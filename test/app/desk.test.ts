import { describe, expect, test } from 'vitest'
import { type Desk, openDesk } from '../../functions/app/desk.ts'
import { UnavailableError } from '../../functions/domain/errors.ts'
import type { Fact } from '../../functions/domain/facts.ts'
import { formatDecimal } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../functions/domain/time.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import type { Commit, CommitResult, Store } from '../../functions/store/store.ts'
import { allFacts } from '../support/all-facts.ts'
import { openTestApp } from '../support/app.ts'
import { ACCOUNT, grant, reading, T0, usage } from '../support/facts.ts'

/** A memory store that tells of every call, and does before a commit what the test says. */
const watched = (
  before: (commit: Commit, nth: number) => Promise<CommitResult | undefined> = async () => undefined,
): { readonly store: Store; readonly commits: Commit[]; readonly calls: string[] } => {
  const inner = openMemoryStore()
  const commits: Commit[] = []
  const calls: string[] = []
  const store: Store = {
    ...inner,
    load: (account, after) => {
      calls.push('load')
      return inner.load(account, after)
    },
    pages: (account, ids) => {
      calls.push(`pages ${ids.length}`)
      return inner.pages(account, ids)
    },
    commit: async (commit) => {
      calls.push('commit')
      commits.push(commit)
      return (await before(commit, commits.length)) ?? inner.commit(commit)
    },
  }
  return { store, commits, calls }
}

const deskOver = (store: Store, now = T0 + DAY_MS): Desk => {
  const app = openTestApp({}, store)
  app.clock.now = now
  return app.desk
}
const work = (...facts: readonly Fact[]) => ({ facts, quarantined: [] })
const calls = (count: number, from = 0, everyMs = SECOND_MS): readonly Fact[] =>
  Array.from({ length: count }, (_, n) => usage(`r${from + n}`, T0 + (from + n) * everyMs, { costUsd: '0.01' }))
const keysOf = (facts: readonly Fact[]): readonly string[] => facts.map(({ key }) => key).sort()
const told = async (promises: readonly Promise<unknown>[]): Promise<readonly string[]> =>
  (await Promise.allSettled(promises)).map((one) => (one.status === 'fulfilled' ? 'yes' : `${one.reason.name}`))

describe('events that wait are committed together', () => {
  test('200 events that come while a commit is in flight are in the next one, and none is answered before its own', async () => {
    let release: () => void = () => undefined
    const open = new Promise<void>((resolve) => {
      release = resolve
    })
    const inFlight = Promise.withResolvers<void>()
    const { store, commits } = watched(async (_, nth) => {
      if (nth > 1) return undefined
      inFlight.resolve()
      await open
      return undefined
    })
    const desk = deskOver(store)
    const answered: number[] = []
    const submit = (fact: Fact): Promise<number> =>
      desk.submit(ACCOUNT, work(fact)).then(() => answered.push(commits.length))
    const first = submit(usage('first', T0))
    await inFlight.promise
    const rest = calls(200).map(submit)
    expect(answered).toEqual([])
    release()
    await Promise.all([first, ...rest])
    expect(commits.map(({ facts }) => facts.length)).toEqual([1, 200])
    expect(answered).toEqual([1, ...Array(200).fill(2)])
    expect(await allFacts(store, ACCOUNT)).toHaveLength(201)
  })

  test('an instance that is up to date commits without reading first', async () => {
    const { store, calls: made } = watched()
    const desk = deskOver(store)
    await desk.submit(ACCOUNT, work(usage('r1', T0)))
    made.length = 0
    await desk.submit(ACCOUNT, work(usage('r2', T0)))
    await desk.submit(ACCOUNT, work(usage('r2', T0)))
    expect(made).toEqual(['commit'])
  })

  test('usage from many times goes into several commits, so that none reads or writes much', {
    timeout: 20_000,
  }, async () => {
    const { store, commits } = watched()
    const desk = deskOver(store, T0 + 40 * DAY_MS)
    const old = calls(30_000, 0, MINUTE_MS)
    for (let from = 0; from < old.length; from += 500) await desk.submit(ACCOUNT, work(...old.slice(from, from + 500)))
    commits.length = 0
    const late = Array.from({ length: 60 }, (_, n) => usage(`late${n}`, T0 + n * 8 * HOUR_MS, { costUsd: '0.01' }))
    await Promise.all(late.map((fact) => desk.submit(ACCOUNT, work(fact))))
    expect(commits.length).toBeGreaterThan(1)
    expect(commits.length).toBeLessThanOrEqual(12)
    expect(commits.flatMap(({ facts }) => facts)).toHaveLength(60)
    for (const { checkpoint } of commits) {
      const bytes = (checkpoint?.pages ?? []).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
      expect(bytes).toBeLessThan(8_000_000)
    }
  })
})

describe('one bad event takes nobody with it', () => {
  const poison = usage('poison', T0 + 50_000)
  test('a poisoned event fails alone', async () => {
    const { store } = watched(async ({ facts }) => {
      if (facts.some(({ key }) => key === poison.key)) throw new Error('cannot be stored')
      return undefined
    })
    const desk = deskOver(store)
    const facts = [...calls(20), poison, ...calls(20, 20)]
    const answers = await told(facts.map((fact) => desk.submit(ACCOUNT, work(fact))))
    expect(answers.indexOf('Error')).toBe(20)
    expect(answers.filter((answer) => answer === 'yes')).toHaveLength(40)
    expect(keysOf(await allFacts(store, ACCOUNT))).toEqual(keysOf(calls(40)))
  })

  test('where the store does not answer, nobody is tried alone', async () => {
    let away = false
    const { store, commits } = watched(async () => {
      if (away) throw new UnavailableError('the store is away')
      return undefined
    })
    const desk = deskOver(store)
    await desk.submit(ACCOUNT, work(usage('first', T0)))
    away = true
    commits.length = 0
    const answers = await told(calls(50).map((fact) => desk.submit(ACCOUNT, work(fact))))
    expect(new Set(answers)).toEqual(new Set(['UnavailableError']))
    expect(commits.length).toBeLessThanOrEqual(2)
    away = false
    expect(await told(calls(50).map((fact) => desk.submit(ACCOUNT, work(fact))))).toEqual(Array(50).fill('yes'))
    expect(await allFacts(store, ACCOUNT)).toHaveLength(51)
  })

  test('a store that fails every event is not asked for each of hundreds', async () => {
    const { store, commits } = watched(async () => {
      throw new Error('broken')
    })
    const desk = deskOver(store)
    const answers = await told(calls(300).map((fact) => desk.submit(ACCOUNT, work(fact))))
    expect(new Set(answers)).toEqual(new Set(['Error']))
    expect(commits.length).toBeLessThanOrEqual(6)
  })

  test('more than 5,000 waiting events are handed back for later', async () => {
    let release: () => void = () => undefined
    const open = new Promise<void>((resolve) => {
      release = resolve
    })
    const { store } = watched(async () => {
      await open
      return undefined
    })
    const desk = deskOver(store)
    const answers = told(calls(5_600).map((fact) => desk.submit(ACCOUNT, work(fact))))
    release()
    const busy = (await answers).filter((answer) => answer === 'BusyError')
    expect(busy.length).toBeGreaterThanOrEqual(500)
    expect(busy.length).toBeLessThanOrEqual(600)
    expect(await allFacts(store, ACCOUNT)).toHaveLength(5_600 - busy.length)
  })

  test('a grant that would carry a sum beyond 2^63 nanos is quarantined, and what stands is left alone', async () => {
    const app = openTestApp()
    const grantOf = (grantId: string, amount: string) =>
      app.fact('grant', {
        grantId,
        kind: 'prepayment',
        amount,
        currencyCode: 'USD',
        effectiveAt: '2026-11-01T07:00:00Z',
      })
    await grantOf('G1', '9000000000')
    expect(await grantOf('G2', '9000000000')).toMatchObject({ kind: 'quarantined', reason: 'RANGE' })
    expect(await grantOf('G3', '100')).toMatchObject({ kind: 'facts' })
    expect(formatDecimal((await app.desk.view(ACCOUNT)).standing.balance.high, 'USD')).toBe('9000000100.00')
  })
})

describe('several instances on one account', () => {
  test('three desks that write in turns and at once lose nothing and keep nothing twice', async () => {
    const { store } = watched()
    const desks = [deskOver(store), deskOver(store), deskOver(store)]
    const facts = [grant('G1', '100', T0), reading(T0 + HOUR_MS, '5.00'), ...calls(118)]
    const shuffled = [...facts, ...facts.toReversed(), ...facts]
    await Promise.all(shuffled.map((fact, n) => desks[n % 3]?.submit(ACCOUNT, work(fact))))
    expect(keysOf(await allFacts(store, ACCOUNT))).toEqual(keysOf(facts))
    for (const desk of desks) {
      const { standing } = await desk.view(ACCOUNT)
      expect(formatDecimal(standing.balance.high, 'USD')).toBe('95.00')
    }
  })

  test('what another instance committed meanwhile is judged before the answer', async () => {
    const { store } = watched()
    const [one, two] = [deskOver(store), deskOver(store)]
    await one.submit(ACCOUNT, work(grant('G1', '1000', T0)))
    await two.submit(ACCOUNT, work(reading(T0 + HOUR_MS, '100.00')))
    const { transitions } = await one.submit(ACCOUNT, work(reading(T0 + 2 * HOUR_MS, '300.00')))
    expect(transitions.map(({ episode }) => `${episode.rule} ${episode.level}`)).toEqual(['credit-low 50%'])
    expect(formatDecimal((await two.view(ACCOUNT)).standing.balance.high, 'USD')).toBe('700.00')
  })
})

describe('checkpoints', () => {
  const fill = async (desk: Desk, count: number, from = 0): Promise<void> => {
    for (let at = 0; at < count; at += 250)
      await desk.submit(ACCOUNT, work(...calls(Math.min(250, count - at), from + at)))
  }

  test('a new instance reads a checkpoint and a short log, knows every earlier event, and answers the same', async () => {
    const { store, calls: made } = watched()
    const desk = deskOver(store)
    await desk.submit(ACCOUNT, work(grant('G1', '100', T0), reading(T0 + HOUR_MS, '5.00')))
    await fill(desk, 5_100)
    const fresh = deskOver(store)
    made.length = 0
    const again = await fresh.submit(ACCOUNT, work(...calls(40, 100), ...calls(40, 5_000)))
    expect(again.news).toEqual([])
    expect(made.filter((call) => call === 'commit')).toEqual([])
    expect(made.length).toBeLessThanOrEqual(5)
    const facts = await allFacts(store, ACCOUNT)
    expect(facts).toHaveLength(5_102)
    expect(new Set(keysOf(facts)).size).toBe(5_102)
    const [a, b] = [await desk.view(ACCOUNT), await fresh.view(ACCOUNT)]
    expect(b.standing.balance).toEqual(a.standing.balance)
    expect(b.standing.spent).toEqual(a.standing.spent)
    expect(b.standing.byProject).toEqual(a.standing.byProject)
  })

  test('an instance whose pages another one replaced opens the account anew', async () => {
    const { store } = watched()
    const first = deskOver(store)
    await fill(first, 4_200)
    const idle = deskOver(store)
    await idle.view(ACCOUNT)
    for (let round = 0; round < 3; round += 1) await fill(first, 2_100, 5_000 + round * 2_100)
    // Late calls within the oldest stretch rewrite its page; the idle instance only knows the old one.
    await first.submit(ACCOUNT, work(...calls(10, 100_000, 1)))
    await fill(first, 2_100, 20_000)
    const { news } = await idle.submit(ACCOUNT, work(...calls(5, 10), ...calls(3, 100_000, 1), usage('new', T0 + 7)))
    expect(news.map(({ body }) => (body.kind === 'usage' ? body.requestId : ''))).toEqual(['new'])
    const facts = await allFacts(store, ACCOUNT)
    expect(new Set(keysOf(facts)).size).toBe(facts.length)
    expect(facts).toHaveLength(4_200 + 3 * 2_100 + 10 + 2_100 + 1)
  })

  test('a quiet account gets one as well, so that nobody ever reads a long log', async () => {
    const { store, commits } = watched()
    const desk = deskOver(store)
    for (let n = 0; n < 520; n += 1) await desk.submit(ACCOUNT, work(reading(T0 + n * MINUTE_MS, `${n}.00`)))
    const made = commits.flatMap(({ checkpoint }, index) => (checkpoint ? [index + 1] : []))
    expect(made).toEqual([250, 500])
    expect((await store.load(ACCOUNT, 0)).facts).toHaveLength(20)
    expect(formatDecimal((await deskOver(store).view(ACCOUNT)).standing.spent.billed, 'USD')).toBe('519.00')
  })

  test('a desk without memory of its own answers as one that saw it all', async () => {
    const { store } = watched()
    const app = openTestApp({}, store)
    app.clock.now = T0 + DAY_MS
    await fill(app.desk, 2_300)
    const other = openDesk(app.deps)
    expect((await other.view(ACCOUNT)).standing.spent.estimated).toBe(23_000_000_000n)
  })
})
