/** A publisher that breaks, against callers that merely rest: the same silence, told apart by the bill. */

import { expect, test } from 'vitest'
import { schedule } from '../../functions/app/schedule.ts'
import { DAY_MS, formatInstant, HOUR_MS } from '../../functions/domain/time.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { T0 } from '../support/facts.ts'

const QUIET = { percent: [], amount: [], runwayHours: [], expiryDays: [] }
const CALLS_UNTIL = 12

const open = async (): Promise<TestApp> => {
  const app = openTestApp({ thresholds: QUIET })
  await app.fact('grant', {
    grantId: 'G1',
    kind: 'prepayment',
    amount: '500.00',
    currencyCode: 'USD',
    effectiveAt: formatInstant(T0),
  })
  return app
}

/** An hour of a month: 1.50 USD of calls are reported a day, until they are not; the bill follows ten hours later, every six. */
const hour = async (app: TestApp, at: number, calls: boolean, billedDays: number): Promise<void> => {
  app.clock.now = T0 + at * HOUR_MS
  if (calls && at % 24 === 12) await app.usage({ requestId: `r${at}`, usageMetadata: { promptTokenCount: 1_000_000 } })
  if (at % 6 === 4) await app.budget(Math.round(billedDays * 150) / 100)
  await schedule(app.deps, app.desk)
}

const told = ({ told: all }: TestApp): readonly string[] =>
  all
    .filter(({ message }) => message.rule === 'usage-silent')
    .map(({ message }) => `${message.step} on day ${Math.floor((message.at - T0) / DAY_MS)}`)

const daysBilled = (at: number): number => Math.max(0, (at - 10) / 24)

test('calls that go on unreported are told within four days, and over once usage is back', async () => {
  const app = await open()
  for (let at = 0; at < 22 * 24; at += 1) await hour(app, at, at < CALLS_UNTIL * 24 || at >= 20 * 24, daysBilled(at))
  expect(told(app).filter((line) => !line.startsWith('repeat'))).toEqual(['firing on day 14', 'resolved on day 20'])
})

test('callers that rest, and cost nothing, are left in peace', async () => {
  const app = await open()
  for (let at = 0; at < 26 * 24; at += 1)
    await hour(app, at, at < CALLS_UNTIL * 24, Math.min(daysBilled(at), daysBilled(CALLS_UNTIL * 24)))
  expect(told(app)).toEqual([])
})
