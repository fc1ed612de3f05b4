/** The canary: planned when it falls due, told when it is late or was missed, and silent about what never could be. */

import { expect, test } from 'vitest'
import { planCanary } from '../../functions/app/canary.ts'
import { drain } from '../../functions/app/deliver.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../functions/domain/time.ts'
import type { CanarySettings } from '../../functions/outbox/canary.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { doctorWorld, examined, NOW } from '../support/doctor-world.ts'

const world = doctorWorld()

/** Daily at 09:00 UTC; it is 10:00 on a Monday, and the ledger is 30 hours old. */
const DAILY: CanarySettings = { every: 'daily', atMinute: 9 * 60, timeZone: 'UTC' }

const sing = (settings: CanarySettings = DAILY): TestApp => {
  const at = new Date(settings.atMinute * MINUTE_MS).toISOString().slice(11, 16)
  world.config += `canary: { every: ${settings.every}, at: "${at}", timeZone: ${settings.timeZone} }\n`
  world.ledger = { ...world.ledger, deps: { ...world.ledger.deps, canary: settings } }
  return world.ledger
}

const atTime = (now: number): void => {
  world.now = now
  world.ledger.clock.now = now
}

const found = async () => (await examined(world)).findings.filter(({ check }) => check === 'canary')

const LOG = `gcloud logging read 'resource.labels.service_name="drawdown-schedule"' --limit=20 --project=my-finops`

test('without a canary in the configuration there is nothing to say', async () => {
  expect(await found()).toEqual([])
})

test('one that went out is told, with how many of its messages are sent', async () => {
  const { deps, desk } = sing()
  await planCanary(deps, desk)
  await drain(deps)
  expect(await found()).toEqual([
    { check: 'canary', status: 'ok', what: 'The canary of 2026-11-23 was planned; sent so far: 1 of 1.' },
  ])
})

test('one that waits is planned, and no more is claimed', async () => {
  const { deps, desk } = sing()
  await planCanary(deps, desk)
  expect(await found()).toEqual([
    { check: 'canary', status: 'ok', what: 'The canary of 2026-11-23 was planned; sent so far: 0 of 1.' },
  ])
})

test('a quarter of an hour is not late', async () => {
  sing()
  atTime(NOW - 45 * MINUTE_MS)
  expect(await found()).toEqual([{ check: 'canary', status: 'ok', what: 'The canary of 2026-11-23 is due now.' }])
  atTime(NOW - 45 * MINUTE_MS + SECOND_MS)
  expect((await found()).map(({ status }) => status)).toEqual(['problem'])
})

test('one that nobody planned is overdue', async () => {
  sing()
  expect(await found()).toEqual([
    {
      check: 'canary',
      status: 'problem',
      what: 'The canary of 2026-11-23 fell due 1 h ago, and nobody planned it.',
      why: 'The schedule plans it within five minutes: it does not run, or with another configuration.',
      mend: `See the checks functions and schedule, then the log: ${LOG}`,
    },
  ])
})

test('one that is made up no longer was missed, and why may be harmless', async () => {
  sing()
  atTime(NOW + 11 * HOUR_MS)
  expect(await found()).toEqual([
    {
      check: 'canary',
      status: 'warning',
      what: 'The canary of 2026-11-23 was missed.',
      why: 'No run of the schedule knew of it within twelve hours; if it was not set up by then, all is well.',
      mend: `Prove the channels now (npx drawdown test-alert), then see why: ${LOG}`,
    },
  ])
})

test('a weekly one is that of Monday, all week long', async () => {
  sing({ ...DAILY, every: 'weekly' })
  atTime(NOW + 6 * 24 * HOUR_MS)
  expect((await found()).map(({ what }) => what)).toEqual(['The canary of 2026-11-23 was missed.'])
  atTime(NOW + 7 * 24 * HOUR_MS)
  expect((await found()).map(({ what }) => what)).toEqual([
    'The canary of 2026-11-30 fell due 1 h ago, and nobody planned it.',
  ])
})

test('a ledger that is younger than the canary missed nothing', async () => {
  sing({ ...DAILY, every: 'weekly', atMinute: 0 })
  atTime(NOW - 11 * HOUR_MS)
  expect(await found()).toEqual([{ check: 'canary', status: 'ok', what: 'No canary has fallen due yet.' }])
})

test('a ledger that nobody has written to waits for the first run', async () => {
  world.ledger = openTestApp()
  world.ledger.clock.now = NOW
  sing()
  expect(await found()).toEqual([{ check: 'canary', status: 'ok', what: 'The canary of 2026-11-23 is due now.' }])
})

test('without a channel it proves nothing', async () => {
  world.ledger = { ...world.ledger, deps: { ...world.ledger.deps, recipients: {} } }
  sing()
  expect(await found()).toEqual([
    {
      check: 'canary',
      status: 'problem',
      what: 'The canary has no recipient: there is no channel.',
      why: 'It proves nothing.',
      mend: 'Add a channel, as the check routes says.',
    },
  ])
})

test('where the ledger cannot be read it is not checked', async () => {
  sing()
  world.env['STORE'] = 'sqlite:/nowhere/drawdown.db'
  expect(await found()).toEqual([
    {
      check: 'canary',
      status: 'unknown',
      what: 'Not checked: the canary.',
      why: 'The ledger could not be read.',
      mend: 'See the check store.',
    },
  ])
})

test('without a sign-in to the store it is not checked, for the store’s own reason', async () => {
  sing()
  world.env['STORE'] = 'mongodb:'
  expect((await found()).map((one) => [one.what, 'mend' in one ? one.mend : ''])).toEqual([
    ['Not checked: the canary.', 'See the check environment.'],
  ])
})
