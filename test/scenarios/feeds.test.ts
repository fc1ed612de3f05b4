/** Google's own feeds, from message to alert: audit log, asset feed, Monitoring, and what none of them may do. */

import { describe, expect, test } from 'vitest'
import type { Ingested } from '../../functions/app/ingest.ts'
import { schedule } from '../../functions/app/schedule.ts'
import { formatInstant, HOUR_MS, SECOND_MS } from '../../functions/domain/time.ts'
import { changed, fixture, type Recorded } from '../contracts/source.contract.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNT, T0 } from '../support/facts.ts'

type Shape = Readonly<Record<string, unknown>>

const OTHER = 'billingAccounts/0A0A0A-0B0B0B-0C0C0C'
const inner = (name: string, field: string): Shape => fixture(name).message.json[field] as Shape

/** As Pub/Sub would push it, at the clock's time. */
const send = (app: TestApp, { message }: Recorded): Promise<Ingested> =>
  app.post('billing-notifications', { ...message.attributes }, message.json)

/** What was told since the last look, of the rules at hand. */
const news = async (app: TestApp): Promise<readonly string[]> => {
  await schedule(app.deps, app.desk)
  return app.told
    .splice(0)
    .map(({ message }) => `${message.step} ${message.rule}`)
    .filter((line) =>
      / (?:billing-unlinked|account-closed|prepayment-required|wrong-bucket|false-depletion)$/.test(line),
    )
}

describe('the audit log', () => {
  const entry = (app: TestApp, method: string, payload: Shape = {}, back = 0) => {
    const protoPayload = { ...inner('log-entry', 'protoPayload'), methodName: method, ...payload }
    const timestamp = formatInstant(app.clock.now - back)
    const resource = { type: 'project', labels: { project_id: 'my-app' } }
    return send(app, changed('log-entry', { insertId: `${method}${timestamp}`, timestamp, resource, protoPayload }))
  }
  const linked = (name: string) => ({ response: { billingAccountInfo: { billingAccountName: name } } })

  test('an unlinked project is told at once; linked again, it resolves; moved away, it is told anew', async () => {
    const app = openTestApp()
    await entry(app, 'DisableResourceBilling')
    expect(await news(app)).toEqual(['firing billing-unlinked'])
    app.clock.now += HOUR_MS
    await entry(app, 'AssignResourceToBillingAccount', linked(`billingAccounts/${ACCOUNT}`))
    expect(await news(app)).toEqual(['resolved billing-unlinked'])
    app.clock.now += HOUR_MS
    await entry(app, 'AssignResourceToBillingAccount', linked(OTHER))
    expect(await news(app)).toEqual(['firing billing-unlinked'])
  })

  test('an unlinking that is told after the linking that followed it is no alarm', async () => {
    const app = openTestApp()
    app.clock.now += HOUR_MS
    await entry(app, 'AssignResourceToBillingAccount', linked(`billingAccounts/${ACCOUNT}`))
    await entry(app, 'DisableResourceBilling', {}, 10 * SECOND_MS)
    expect(await news(app)).toEqual([])
  })

  test('an attempt that was denied is no alarm', async () => {
    const app = openTestApp()
    expect(await entry(app, 'DisableResourceBilling', { status: { code: 7 } })).toMatchObject({ kind: 'ignored' })
    expect(await news(app)).toEqual([])
  })

  test('a closed account is told, a reopened one resolves', async () => {
    const app = openTestApp()
    const about = { resourceName: `billingAccounts/${ACCOUNT}` }
    await entry(app, 'CloseBillingAccount', about)
    expect(await news(app)).toEqual(['firing account-closed'])
    app.clock.now += HOUR_MS
    await entry(app, 'ReopenBillingAccount', about)
    expect(await news(app)).toEqual(['resolved account-closed'])
  })
})

describe('the asset feed', () => {
  const billed = (app: TestApp, data: Shape, fields: Shape = {}) => {
    const resource = { version: 'v1', data: { projectId: 'my-app', ...data } }
    const asset = { ...inner('asset', 'asset'), resource }
    return send(app, changed('asset', { asset, window: { startTime: formatInstant(app.clock.now) }, ...fields }))
  }

  test('unlinked, linked, deleted', async () => {
    const app = openTestApp()
    await billed(app, { billingAccountName: '' })
    expect(await news(app)).toEqual(['firing billing-unlinked'])
    app.clock.now += HOUR_MS
    await billed(app, { billingAccountName: `billingAccounts/${ACCOUNT}`, billingEnabled: true })
    expect(await news(app)).toEqual(['resolved billing-unlinked'])
    app.clock.now += HOUR_MS
    await billed(app, { billingAccountName: `billingAccounts/${ACCOUNT}`, billingEnabled: true }, { deleted: true })
    expect(await news(app)).toEqual(['firing billing-unlinked'])
  })

  test('the same told by audit log and asset feed at one instant is one fact', async () => {
    const app = openTestApp()
    await billed(app, { billingAccountName: '' })
    const { receipt } = (await send(
      app,
      changed('log-entry', {
        timestamp: formatInstant(app.clock.now),
        resource: { type: 'project', labels: { project_id: 'my-app' } },
      }),
    )) as Extract<Ingested, { kind: 'facts' }>
    expect(receipt.news).toEqual([])
  })
})

describe('Monitoring', () => {
  const incident = (app: TestApp, fields: Shape) =>
    send(
      app,
      changed('incident', {
        incident: {
          ...inner('incident', 'incident'),
          resource: { type: 'consumed_api', labels: { project_id: 'my-app' } },
          started_at: T0 / SECOND_MS,
          ...fields,
        },
      }),
    )
  const closed = { state: 'closed', ended_at: T0 / SECOND_MS + 3_600 }

  test('an incident about 402s opens prepayment-required, repeats after 4 h, its close resolves it, another opens anew', async () => {
    const app = openTestApp()
    await incident(app, {})
    expect(await news(app)).toEqual(['firing prepayment-required'])
    await incident(app, {})
    app.clock.now = T0 + 4 * HOUR_MS
    expect(await news(app)).toEqual(['repeat prepayment-required'])
    await incident(app, closed)
    expect(await news(app)).toEqual(['resolved prepayment-required'])
    await incident(app, {})
    expect(await news(app)).toEqual([])
    await incident(app, { incident_id: '0.next', started_at: T0 / SECOND_MS + 4 * 3_600 })
    expect(await news(app)).toEqual(['firing prepayment-required'])
  })

  test('a paid call that is served resolves it before the incident closes', async () => {
    const app = openTestApp()
    await incident(app, {})
    expect(await news(app)).toEqual(['firing prepayment-required'])
    app.clock.now = T0 + HOUR_MS
    await app.usage({ requestId: 'r1', usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 10 } })
    expect(await news(app)).toEqual(['resolved prepayment-required'])
  })

  test('a close that overtakes its open: no alarm at all', async () => {
    const app = openTestApp()
    app.clock.now = T0 + 2 * HOUR_MS
    await incident(app, closed)
    await incident(app, {})
    expect(await news(app)).toEqual([])
  })

  test('where the ledger holds credit it is a false depletion, not a demand', async () => {
    const app = openTestApp()
    const at = formatInstant(T0)
    await app.fact('grant', {
      grantId: 'P1',
      kind: 'prepayment',
      amount: '100.00',
      currencyCode: 'USD',
      effectiveAt: at,
    })
    app.clock.now = T0 + 60_000
    await incident(app, { started_at: T0 / SECOND_MS + 60 })
    expect(await news(app)).toEqual(['firing false-depletion'])
  })

  test('a test message and an incident about something else leave nothing behind', async () => {
    const app = openTestApp()
    expect(await send(app, fixture('incident-test'))).toMatchObject({ kind: 'ignored' })
    expect(await incident(app, { metric: { labels: { response_code: '500' } }, policy_user_labels: {} })).toMatchObject(
      { kind: 'ignored' },
    )
    expect(await app.deps.store.quarantine({ limit: 10 })).toEqual([])
    expect((await app.deps.store.load(ACCOUNT, 0)).facts).toEqual([])
  })
})

describe('bad input is durable and told, and changes nothing', () => {
  const anomalyOf = (fields: Shape, attributes?: Readonly<Record<string, string>>) =>
    changed('anomaly', fields, attributes && { ...fixture('anomaly').message.attributes, ...attributes })
  const incidentOf = (fields: Shape) =>
    changed('incident', { incident: { ...inner('incident', 'incident'), ...fields } })
  const closeOf = (payload: Shape) =>
    changed('log-entry-close', {
      logName: 'x',
      protoPayload: { ...inner('log-entry-close', 'protoPayload'), ...payload },
    })

  const CASES: readonly (readonly [what: string, recorded: Recorded, reason: string])[] = [
    ['an anomaly of schema 2.0', anomalyOf({}, { SchemaVersion: '2.0' }), 'SCHEMA'],
    [
      'an anomaly of an account nobody lists',
      anomalyOf({ billingAccountName: OTHER }, { billingAccountName: OTHER }),
      'UNKNOWN_ACCOUNT',
    ],
    ['an anomaly of two accounts', anomalyOf({}, { billingAccountName: OTHER }), 'ATTR'],
    [
      'an anomaly in another currency',
      anomalyOf({ expectedSpendAmount: { currencyCode: 'EUR', units: '1' } }),
      'CURRENCY',
    ],
    ['an anomaly whose Money contradicts itself', anomalyOf({ actualSpendAmount: { units: '1', nanos: -1 } }), 'MONEY'],
    ['an anomaly beyond 64 bits', anomalyOf({ actualSpendAmount: 1e12 }), 'RANGE'],
    ['an anomaly of a day that does not exist', anomalyOf({ detectionDate: '2026-02-30T00:00:00Z' }), 'TIME'],
    ['an incident of version 2', changed('incident', { version: '2.0' }), 'SCHEMA'],
    ['an incident that is a text', changed('incident', { incident: 'down' }), 'TYPE'],
    ['an incident in no known state', incidentOf({ state: 'maybe' }), 'TYPE'],
    ['an incident of the year 33658', incidentOf({ started_at: 999_999_999_999 }), 'TIME'],
    ['an incident of a project nobody lists', incidentOf({}), 'UNKNOWN_PROJECT'],
    ['a log entry without a zone', changed('log-entry', { timestamp: '2026-11-23T10:00:00' }), 'TIME'],
    ['a log entry of a project nobody lists', fixture('log-entry'), 'UNKNOWN_PROJECT'],
    ['a closing of an account nobody lists', closeOf({ resourceName: OTHER }), 'UNKNOWN_ACCOUNT'],
    ['a closing of nothing', closeOf({ resourceName: 'x' }), 'TYPE'],
    [
      'an asset without a resource',
      changed('asset', { asset: { ...inner('asset', 'asset'), resource: null } }),
      'TYPE',
    ],
    ['an asset without a time', changed('asset', { window: {} }), 'TYPE'],
    ['an asset of a project nobody lists', fixture('asset'), 'UNKNOWN_PROJECT'],
  ]

  test.each(CASES.map(([what, recorded, reason]) => ({ what, recorded, reason })))(
    '$what: quarantined as $reason',
    async ({ recorded, reason }) => {
      const app = openTestApp({ projects: ['my-app'] })
      expect(await send(app, recorded)).toMatchObject({ kind: 'quarantined', reason })
      expect(await app.deps.store.quarantine({ limit: 10 })).toMatchObject([{ reason }])
      expect((await app.deps.store.load(ACCOUNT, 0)).facts).toEqual([])
      expect(await send(app, recorded)).toMatchObject({ kind: 'quarantined', reason })
      expect(await app.deps.store.quarantine({ limit: 10 })).toHaveLength(1)
    },
  )

  test('no operator can tell what only Google tells', async () => {
    const app = openTestApp()
    for (const kind of ['anomaly', 'incident', 'billing-link', 'account-open'])
      expect(await app.fact(kind, { projectId: 'my-app', at: formatInstant(T0) })).toMatchObject({ reason: 'KIND' })
  })
})
