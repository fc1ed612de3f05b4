/** Telling the ledger: grants, readings, plans and tiers, by the same path as a message. */

import { describe, expect, test } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { ACCOUNT, OTHER, sandbox } from './drawdown.ts'

const AT = '2025-01-06T08:00:00Z'
const GRANT = ['grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', AT]

const P1 = {
  id: 'P1',
  kind: 'prepayment',
  amount: '50.00',
  remaining: '50.00',
  drawn: '0.00',
  expired: '0.00',
  refunded: '0.00',
  voided: '0.00',
  state: 'active',
}

describe('grant add', () => {
  test('records a grant', async () => {
    const box = sandbox()
    expect(await box.json(...GRANT)).toEqual({
      result: 'recorded',
      account: ACCOUNT,
      kind: 'grant',
      fact: { grantId: 'P1', kind: 'prepayment', amount: '50.00', currencyCode: 'USD', effectiveAt: AT },
      alerts: [],
    })
    expect(await box.json('grant', 'list', ACCOUNT)).toEqual({ account: ACCOUNT, grants: [P1] })
  })

  test('takes effect now unless stated, and tells the alert it caused', async () => {
    const before = Date.now()
    const told = (await sandbox().json('grant', 'add', ACCOUNT, 'P1', '50')) as { fact: { effectiveAt: string } }
    expect(told).toMatchObject({
      alerts: [
        {
          rule: 'prepayment-received',
          level: '',
          state: 'firing',
          severity: 'info',
          title: expect.stringContaining('50.00 USD'),
          key: expect.stringMatching(/^[0-9a-f]{20}$/),
        },
      ],
    })
    expect(instant(told.fact.effectiveAt)).toBeGreaterThanOrEqual(before)
    expect(instant(told.fact.effectiveAt)).toBeLessThanOrEqual(Date.now())
  })

  test('passes every option on', async () => {
    const box = sandbox()
    const options = ['--kind', 'promotional', '--currency', 'EUR', '--expires', '2025-03-01T00:00:00+01:00']
    const words = ['grant', 'add', OTHER, 'promo', '7.5', ...options, '--priority', '10', '--effective', AT]
    expect(await box.json(...words)).toMatchObject({
      fact: {
        grantId: 'promo',
        kind: 'promotional',
        amount: '7.5',
        currencyCode: 'EUR',
        effectiveAt: AT,
        expiresAt: '2025-02-28T23:00:00Z',
        priority: 10,
      },
    })
    expect(await box.json('grant', 'list', OTHER)).toMatchObject({
      grants: [{ id: 'promo', amount: '7.50', expired: '7.50', state: 'expired', expiresAt: '2025-02-28T23:00:00Z' }],
    })
  })

  test('told twice is recorded once and exits 0, whether the time is repeated or left out', async () => {
    const box = sandbox()
    await box.run(...GRANT)
    expect(await box.run(...GRANT)).toEqual({
      code: 0,
      out: `Already recorded: prepayment P1 of 50.00 USD, effective ${AT}. Nothing changed.\n`,
      err: '',
    })
    expect(await box.json('grant', 'add', ACCOUNT, 'P1', '50.00')).toMatchObject({ result: 'duplicate', alerts: [] })
    expect(await box.json('grant', 'list', ACCOUNT)).toEqual({ account: ACCOUNT, grants: [P1] })
  })

  test('with the same id and other content is an error that leaves nothing behind', async () => {
    const box = sandbox()
    await box.run(...GRANT)
    expect(await box.run('grant', 'add', ACCOUNT, 'P1', '60.00')).toEqual({
      code: 1,
      out: '',
      err: 'The same identity was used before with other content. Use another id; if the first one is wrong, void it. Nothing was recorded.\n',
    })
    expect(await box.json('grant', 'list', ACCOUNT)).toEqual({ account: ACCOUNT, grants: [P1] })
    expect(await box.json('quarantine', 'list')).toEqual({ quarantined: [] })
  })

  test('in another currency than the account is quarantined, as a message would be', async () => {
    const box = sandbox()
    expect(await box.run('grant', 'add', ACCOUNT, 'P2', '5', '--currency', 'EUR', '--effective', AT)).toEqual({
      code: 1,
      out: '',
      err: 'The currency is missing, unknown, or not the account’s own. (EUR on an account in USD) Leave --currency out, or mend the currency in the configuration. It is kept: see drawdown quarantine list.\n',
    })
    expect(await box.json('quarantine', 'list')).toEqual({
      quarantined: [
        {
          at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          account: ACCOUNT,
          reason: 'CURRENCY',
          meaning: 'The currency is missing, unknown, or not the account’s own.',
          detail: 'EUR on an account in USD',
          sample: `{"drawdown":"grant"}\n{"billingAccountId":"${ACCOUNT}","grantId":"P2","kind":"prepayment","amount":"5","currencyCode":"EUR","effectiveAt":"${AT}"}`,
        },
      ],
    })
    expect((await box.run('quarantine', 'list')).out).toMatch(/CURRENCY {2}EUR on an account in USD {2}\{"drawdown"/)
  })

  test('of an amount that is none is wrong usage and reaches neither ledger nor quarantine', async () => {
    const box = sandbox()
    for (const amount of ['0', '-5', '5,00', '$5', '1e3', '99999999999999999999'])
      expect(await box.run('grant', 'add', ACCOUNT, 'P1', amount)).toMatchObject({ code: 2, out: '' })
    expect(await box.json('quarantine', 'list')).toEqual({ quarantined: [] })
  })
})

describe('grant refund and void', () => {
  test('take what remains, each once', async () => {
    const box = sandbox()
    await box.run(...GRANT)
    const refund = ['grant', 'refund', ACCOUNT, 'P1', '20.00', '--at', '2025-01-07T00:00:00Z']
    expect(await box.json(...refund)).toMatchObject({ result: 'recorded', kind: 'refund' })
    expect(await box.json(...refund)).toMatchObject({ result: 'duplicate' })
    const end = ['grant', 'void', ACCOUNT, 'P1', '--at', '2025-01-08T00:00:00Z']
    expect((await box.run(...end)).out).toBe(
      'Recorded: grant P1 voided at 2025-01-08T00:00:00Z. Production now stands at 0.00 USD.\n' +
        (await alertLines(box)),
    )
    expect(await box.json('grant', 'list', ACCOUNT)).toEqual({
      account: ACCOUNT,
      grants: [{ ...P1, remaining: '0.00', refunded: '20.00', voided: '30.00', state: 'voided' }],
    })
  })

  const alertLines = async (box: ReturnType<typeof sandbox>): Promise<string> => {
    const { alerts } = (await box.json('alerts', 'list')) as { alerts: { severity: string; title: string }[] }
    return alerts.map(({ severity, title }) => `${severity}: ${title}\n`).join('')
  }

  test('of a grant nobody knows are errors that leave nothing behind', async () => {
    const box = sandbox()
    const line =
      'The grant it refers to is not known. See drawdown grant list, or enter the grant first with drawdown grant add. Nothing was recorded.\n'
    expect(await box.run('grant', 'void', ACCOUNT, 'P9')).toEqual({ code: 1, out: '', err: line })
    expect(await box.run('grant', 'refund', ACCOUNT, 'P9', '1')).toEqual({ code: 1, out: '', err: line })
    expect(await box.json('quarantine', 'list')).toEqual({ quarantined: [] })
  })

  test('above what remains is an error that leaves nothing behind', async () => {
    const box = sandbox()
    await box.run(...GRANT)
    expect(await box.run('grant', 'refund', ACCOUNT, 'P1', '50.01')).toEqual({
      code: 1,
      out: '',
      err: 'The refund is above what remained of the grant. See what remains with drawdown grant list. Nothing was recorded.\n',
    })
    expect(await box.json('grant', 'list', ACCOUNT)).toEqual({ account: ACCOUNT, grants: [P1] })
  })
})

test('grant list shows people where the amounts went', async () => {
  const box = sandbox()
  expect((await box.run('grant', 'list', ACCOUNT)).out).toBe('No grants are recorded for Production.\n')
  await box.run(...GRANT)
  expect((await box.run('grant', 'list', ACCOUNT)).out).toBe(
    [
      'ID  KIND        STATE      AMOUNT  REMAINING     DRAWN   EXPIRED  REFUNDED    VOIDED  EXPIRES',
      'P1  prepayment  active  50.00 USD  50.00 USD  0.00 USD  0.00 USD  0.00 USD  0.00 USD  never',
      '',
    ].join('\n'),
  )
})

test('reading takes the seen balance in, below zero too', async () => {
  const box = sandbox('accounts: [{ id: 01D4EE-079462-DFD6EC, name: Production }]\n')
  const seen = ['--at', '2025-01-07T08:00:00Z']
  expect(await box.json('reading', ACCOUNT, '41.20', ...seen)).toMatchObject({
    result: 'recorded',
    kind: 'balance-reading',
    fact: { balance: '41.20', currencyCode: 'USD', at: '2025-01-07T08:00:00Z' },
  })
  expect(await box.json('status', ACCOUNT)).toMatchObject({ balance: { value: '41.20' }, standing: 'funded' })
  await box.run('reading', ACCOUNT, '-0.75', '--at', '2025-01-09T08:00:00Z')
  expect(await box.json('status', ACCOUNT)).toMatchObject({ balance: { value: '-0.75', high: '-0.75' } })
})

test('plan and tier are told with their time', async () => {
  const box = sandbox()
  expect(await box.json('plan', ACCOUNT, 'gemini-prepay', '--at', AT)).toEqual({
    result: 'recorded',
    account: ACCOUNT,
    kind: 'plan',
    fact: { plan: 'gemini-prepay', at: AT },
    alerts: [],
  })
  expect(await box.json('tier', ACCOUNT, 'tier-2', '--project', 'my-app', '--at', AT)).toMatchObject({
    kind: 'tier',
    fact: { tier: 'tier-2', projectId: 'my-app', at: AT },
  })
  expect(await box.json('status', ACCOUNT)).toMatchObject({ plan: 'gemini-prepay' })
})

test('a fact about an account that is not configured is an error and is not recorded', async () => {
  const box = sandbox()
  const { code, err } = await box.run('reading', 'FFFFFF-FFFFFF-FFFFFF', '1')
  expect(code).toBe(1)
  expect(err).toMatch(/^Account FFFFFF-FFFFFF-FFFFFF is not in the configuration\./)
  expect(await box.json('quarantine', 'list')).toEqual({ quarantined: [] })
})
