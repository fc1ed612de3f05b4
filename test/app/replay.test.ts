/** The clock of a replay: it never goes back, never reads a body, and no leap of it takes for ever. */

import { expect, test } from 'vitest'
import { type Replayed, replay } from '../../functions/app/replay.ts'
import { formatInstant } from '../../functions/domain/time.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { ACCOUNT, settings } from '../support/facts.ts'

/** Counts the evaluations by the loads they cost. */
const run = async (lines: readonly object[]): Promise<Replayed & { readonly loads: number }> => {
  const store = openMemoryStore()
  let loads = 0
  let ids = 0
  const replayed = await replay(
    {
      store: {
        ...store,
        load: (account, after) => {
          loads += 1
          return store.load(account, after)
        },
      },
      accounts: [settings()],
      routes: [],
      recipients: {},
      sender: async () => undefined,
      newId: () => {
        ids += 1
        return String(ids)
      },
      chance: () => 0,
      announce: () => undefined,
      log: { info: () => undefined, warning: () => undefined, error: () => undefined },
    },
    lines.map((line) => JSON.stringify(line)),
  )
  return { ...replayed, loads }
}

const asOf = ({ views }: Replayed): string => formatInstant(views.get(ACCOUNT)?.standing.asOf ?? 0)

const grant = (effectiveAt: string, publishTime?: string): object => ({
  topic: 'billing-notifications',
  message: {
    json: {
      billingAccountId: ACCOUNT,
      grantId: effectiveAt,
      kind: 'prepayment',
      amount: '5',
      currencyCode: 'USD',
      effectiveAt,
    },
    attributes: { drawdown: 'grant' },
    ...(publishTime === undefined ? {} : { publishTime }),
  },
})

test('the clock is the latest publish time or "now", never a time inside a body, and never goes back', async () => {
  const replayed = await run([
    grant('2026-12-24T00:00:00Z', '2026-11-01T08:02:00Z'),
    { now: '2026-11-01T08:04:00Z' },
    grant('2026-12-25T00:00:00Z', '2026-10-01T00:00:00Z'),
    { now: '2026-01-01T00:00:00Z' },
    grant('2026-12-26T00:00:00Z'),
  ])
  expect(asOf(replayed)).toBe('2026-11-01T08:04:00Z')
  expect(replayed.counts).toEqual({ lines: 5, facts: 3, duplicates: 0 })
})

test('it evaluates at the start, and at every mark of five minutes up to and with the end', async () => {
  const first = await run([{ now: '2026-11-01T08:02:00Z' }])
  const later = await run([{ now: '2026-11-01T08:02:00Z' }, { now: '2026-11-01T08:15:00Z' }])
  // 08:05, 08:10, 08:15
  expect(later.loads - first.loads).toBe(3)
})

test('a leap over centuries ends, at its end, in a bounded number of evaluations', { timeout: 120_000 }, async () => {
  const replayed = await run([{ now: '2026-11-01T08:00:00Z' }, { now: '9999-11-01T08:00:00Z' }])
  expect(asOf(replayed)).toBe('9999-11-01T08:00:00Z')
  expect(replayed.loads).toBeLessThan(120_000)
})

test('lines before the first time are taken when it comes, in their order', async () => {
  const replayed = await run([grant('2026-11-05T00:00:00Z'), { now: '2026-11-06T00:00:00Z' }])
  expect(replayed.alerts.map(({ transition }) => [formatInstant(transition.at), transition.episode.rule])).toEqual([
    ['2026-11-06T00:00:00Z', 'prepayment-received'],
  ])
})
