import { describe, expect, test } from 'vitest'
import { schedule } from '../../functions/app/schedule.ts'
import { nanos } from '../../functions/domain/money.ts'
import type { AnomalyStanding } from '../../functions/domain/standing.ts'
import { formatInstant, HOUR_MS, instant } from '../../functions/domain/time.ts'
import { costAnomaly } from '../../functions/rules/cost-anomaly.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNT, T0 } from '../support/facts.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(costAnomaly)

const ID = 'billingAccounts/01D4EE-079462-DFD6EC/anomalies/aaa'

const anomaly = (over: Partial<AnomalyStanding> = {}): AnomalyStanding => ({
  anomalyId: ID,
  detectedAt: instant('2026-11-22T08:00:00Z'),
  reportedAt: AS_OF - HOUR_MS,
  actual: nanos('196.22'),
  expected: nanos('165.21'),
  deviation: nanos('31.01'),
  where: 'my-project',
  causes: ['Gemini API', 'us-west1'],
  ...over,
})

const judge = (anomalies: readonly AnomalyStanding[], over: StandingOverrides = {}) =>
  costAnomaly.evaluate(standing({ anomalies, ...over }), context())

describe('what it finds', () => {
  test('no anomaly, no word', () => {
    expect(judge([])).toEqual([])
  })

  test('each anomaly is its own scope: those that stand hold, those that are over are clear', () => {
    const findings = judge([
      anomaly(),
      anomaly({ anomalyId: 'b', over: 'settled' }),
      anomaly({ anomalyId: 'c', over: 'silent' }),
    ])
    expect(findings.map(({ scope, level, severity, state }) => [scope, level, severity, state])).toEqual([
      [ID, '', 'warning', 'holds'],
      ['b', '', 'warning', 'clear'],
      ['c', '', 'warning', 'clear'],
    ])
  })

  test('it speaks without funds and under postpay too, and then says nothing of credit', () => {
    const [finding] = judge([anomaly()], { funded: false, plan: 'postpay' })
    expect(finding?.state).toBe('holds')
    expect(finding?.words.stops).toBe('Nothing stops by this alone.')
  })
})

describe('its words', () => {
  test('name project, account, amounts, cause and when credit ends', () => {
    const words = judge([anomaly()])[0]?.words
    expect(words?.title).toBe('Cost anomaly: my-project on Production cost 196.22 USD, 31.01 (18.7%) above expectation')
    expect(words?.summary).toBe(
      'Google reports a cost anomaly, detected 2026-11-22 08:00 UTC: my-project on Production cost 196.22 USD where 165.21 USD was expected, mainly for Gemini API.',
    )
    expect(words?.figure).toBe('31.01 USD')
    expect(words?.stops).toMatch(/^Nothing stops by this alone\. About 2026-12-02 18:42 UTC/)
    expect(words?.arithmetic).toEqual([
      '196.22 actual − 165.21 expected = 31.01 USD above',
      'causes by Google: Gemini API, us-west1',
      'detected 2026-11-22 08:00 UTC, last reported 2026-11-23 09:00 UTC',
      ID,
    ])
    expect(words?.next[0]?.url).toBe('https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC')
  })

  test('amounts that do not add up are shown as Google states them', () => {
    const words = judge([anomaly({ deviation: nanos('30') })])[0]?.words
    expect(words?.arithmetic[0]).toBe(
      'as Google states it: actual 196.22 USD, expected 165.21 USD, deviation 30.00 USD',
    )
  })

  test('where nothing was expected there is no share, and without an expectation no comparison', () => {
    expect(judge([anomaly({ expected: 0n, deviation: nanos('196.22') })])[0]?.words.title).toBe(
      'Cost anomaly: my-project on Production cost 196.22 USD, 196.22 above expectation',
    )
    const { expected: _, deviation: __, where: ___, ...bare } = anomaly({ causes: [] })
    const words = judge([bare])[0]?.words
    expect(words?.title).toBe('Cost anomaly: Production cost 196.22 USD')
    expect(words?.summary).toBe(
      'Google reports a cost anomaly, detected 2026-11-22 08:00 UTC: billing account Production cost 196.22 USD.',
    )
    expect(words?.figure).toBe('196.22 USD')
  })

  test('the end says who said so', () => {
    expect(judge([anomaly({ over: 'settled' })])[0]?.words.title).toBe(
      'Cost anomaly over: Google reports no excess for my-project on Production any more',
    )
    expect(judge([anomaly({ over: 'silent' })])[0]?.words.title).toBe(
      'Cost anomaly of my-project on Production: nothing more reported for three days',
    )
  })
})

describe('an anomaly from message to mail', () => {
  const ATTRIBUTES = {
    scope: 'scope_project',
    billingAccountName: 'billingAccounts/01D4EE-079462-DFD6EC',
    resourceName: 'projects/123456',
    resourceDisplayName: 'my-app',
    SchemaVersion: '1.0',
  }
  const report = (app: TestApp, deviation: number, { name = 'aaa', at = app.clock.now } = {}) =>
    app.post(
      'billing-notifications',
      ATTRIBUTES,
      {
        anomalyName: `billingAccounts/01D4EE-079462-DFD6EC/anomalies/${name}`,
        detectionDate: formatInstant(T0),
        expectedSpendAmount: { currencyCode: 'USD', units: '100' },
        actualSpendAmount: 100 + deviation,
        deviationAmount: deviation,
      },
      { publishTime: formatInstant(at) },
    )
  const told = (app: TestApp) =>
    app.told.splice(0).flatMap(({ message }) => (message.rule === 'cost-anomaly' ? [message.step] : []))
  const at = async (app: TestApp, hours: number, act?: () => Promise<unknown>) => {
    app.clock.now = T0 + hours * HOUR_MS
    await act?.()
    await schedule(app.deps, app.desk)
    return told(app)
  }

  test('opens once, repeats after a day, resolves when Google says so, and opens anew', async () => {
    const app = openTestApp()
    expect(await at(app, 0, () => report(app, 31))).toEqual(['firing'])
    expect(await at(app, 1, () => report(app, 35))).toEqual([])
    expect(await at(app, 23)).toEqual([])
    expect(await at(app, 24)).toEqual(['repeat'])
    expect(await at(app, 30, () => report(app, 0))).toEqual(['resolved'])
    expect(await at(app, 31, () => report(app, -5))).toEqual([])
    expect(await at(app, 40, () => report(app, 60))).toEqual(['firing'])
  })

  test('resolves three days after the last word, and a redelivery of that word is none', async () => {
    const app = openTestApp()
    expect(await at(app, 0, () => report(app, 31))).toEqual(['firing'])
    expect(await at(app, 71, () => report(app, 31, { at: T0 }))).toEqual(['repeat'])
    expect(await at(app, 72)).toEqual(['resolved'])
    expect(await at(app, 24 * 40)).toEqual([])
  })

  test('a late report changes nothing that a later one has settled', async () => {
    const app = openTestApp()
    expect(await at(app, 24, () => report(app, 0))).toEqual([])
    expect(await at(app, 25, () => report(app, 31, { at: T0 }))).toEqual([])
  })

  test('two anomalies are two episodes, each with its own end', async () => {
    const app = openTestApp()
    expect(await at(app, 0, () => report(app, 31))).toEqual(['firing'])
    expect(await at(app, 1, () => report(app, 80, { name: 'bbb' }))).toEqual(['firing'])
    expect(await at(app, 2, () => report(app, 0, { name: 'bbb' }))).toEqual(['resolved'])
    const { episodes } = (await app.deps.store.load(ACCOUNT, 0)).state ?? { episodes: [] }
    expect(
      episodes
        .filter(({ rule }) => rule === 'cost-anomaly')
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['firing', 'resolved'])
  })

  test('an anomaly in another currency than the account’s is set aside', async () => {
    const app = openTestApp({ currency: 'EUR' })
    expect(await report(app, 31)).toMatchObject({ kind: 'quarantined', reason: 'CURRENCY' })
  })
})
