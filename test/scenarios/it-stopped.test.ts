/** What people are told when calls stop, or should have stopped: through the whole app, with a clock the test moves. */

import { beforeEach, describe, expect, test } from 'vitest'
import { schedule } from '../../functions/app/schedule.ts'
import { formatInstant, MINUTE_MS } from '../../functions/domain/time.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { T0 } from '../support/facts.ts'

const PROJECT_CAP = {
  code: 429,
  message: 'Your project has exceeded its monthly spending cap.',
  status: 'RESOURCE_EXHAUSTED',
}
const DEPLETED = { code: 402, message: 'Your prepayment credits are depleted.', status: 'RESOURCE_EXHAUSTED' }
/** 40,000 tokens out at 9.00 a million: 0.36. */
const SERVED = { usageMetadata: { promptTokenCount: 0, candidatesTokenCount: 40_000 } }

let app: TestApp
let calls = 0
beforeEach(() => {
  app = openTestApp({ projects: ['my-app', 'my-batch'] })
})

/** What one rule said after something happened at so many minutes. */
const said = async (rule: string, minutes: number, happening?: () => Promise<unknown>): Promise<string[]> => {
  app.clock.now = T0 + minutes * MINUTE_MS
  app.told.length = 0
  await happening?.()
  await schedule(app.deps, app.desk)
  return app.told
    .map(({ message }) => message)
    .filter((message) => message.rule === rule)
    .map(({ step }) => step)
}
const open = async (): Promise<readonly string[]> => {
  const account = app.deps.accounts[0]
  if (!account) throw new Error('an account')
  const { episodes } = await app.desk.view(account.id)
  return episodes
    .filter(({ status }) => status === 'firing')
    .map(({ rule }) => rule)
    .sort()
}
const call = (fields: object): Promise<unknown> => app.usage({ requestId: `r${++calls}`, ...fields })
const grant = (grantId: string, amount: string): Promise<unknown> =>
  app.fact('grant', {
    grantId,
    kind: 'prepayment',
    amount,
    currencyCode: 'USD',
    effectiveAt: formatInstant(app.clock.now),
  })
const reload = (fields: object = {}): Promise<unknown> =>
  app.fact('auto-reload', {
    enabled: true,
    triggerBalance: '5.00',
    reloadAmount: '20.00',
    currencyCode: 'USD',
    at: formatInstant(app.clock.now),
    ...fields,
  })
const seen = (balance: string): Promise<unknown> =>
  app.fact('balance-reading', { balance, currencyCode: 'USD', at: formatInstant(app.clock.now) })

describe('project-cap', () => {
  const RULE = 'project-cap'

  test('opens with the first refusal, repeats after 4 h, ends with a paid call of that project alone, and opens anew', async () => {
    expect(await said(RULE, 0, () => grant('P', '50.00'))).toEqual([])
    expect(await said(RULE, 10, () => call({ error: PROJECT_CAP }))).toEqual(['firing'])
    expect(await open()).toContain(RULE)
    expect(app.told.find(({ message }) => message.rule === RULE)?.message).toMatchObject({ severity: 'critical' })
    expect(await said(RULE, 20, () => call({ error: PROJECT_CAP }))).toEqual([])
    expect(await said(RULE, 30, () => call({ ...SERVED, projectId: 'my-batch' }))).toEqual([])
    expect(await said(RULE, 249)).toEqual([])
    expect(await said(RULE, 250)).toEqual(['repeat'])
    expect(await said(RULE, 260, () => call(SERVED))).toEqual(['resolved'])
    expect(await said(RULE, 270)).toEqual([])
    expect(await said(RULE, 280, () => call({ error: PROJECT_CAP }))).toEqual(['firing'])
  })

  test('a cap says nothing of credit, and no other limit says a cap', async () => {
    await said(RULE, 0, () => grant('P', '50.00'))
    await said(RULE, 10, () => call({ error: PROJECT_CAP }))
    expect(await open()).toEqual([RULE])
    await said(RULE, 20, () => call(SERVED))
    expect(await said(RULE, 30, () => call({ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }))).toEqual([])
    expect(await open()).toEqual([])
  })

  test('the first of the month, Pacific time, ends it', async () => {
    await said(RULE, 0, () => call({ error: PROJECT_CAP }))
    const month = (30 * 24 + 1) * 60
    expect((await said(RULE, month - 1)).filter((step) => step === 'resolved')).toEqual([])
    expect(await said(RULE, month)).toEqual(['resolved'])
  })
})

describe('billing-refused', () => {
  const RULE = 'billing-refused'
  const OFF = {
    code: 403,
    message: 'Lightning dunning decision is deny for project: projects/1',
    status: 'PERMISSION_DENIED',
  }

  test('opens with the first refusal, repeats after 4 h, ends with a paid call of that project alone, and opens anew', async () => {
    await said(RULE, 0, () => grant('P', '50.00'))
    expect(await said(RULE, 10, () => call({ error: OFF }))).toEqual(['firing'])
    expect(await said(RULE, 20, () => call({ error: OFF }))).toEqual([])
    expect(await said(RULE, 30, () => call({ ...SERVED, projectId: 'my-batch' }))).toEqual([])
    expect(await said(RULE, 249)).toEqual([])
    expect(await said(RULE, 250)).toEqual(['repeat'])
    expect(await said(RULE, 260, () => call(SERVED))).toEqual(['resolved'])
    expect(await said(RULE, 280, () => call({ error: OFF }))).toEqual(['firing'])
  })
})

describe('key-refused', () => {
  const RULE = 'key-refused'
  const WRONG = { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' }
  const fail = (requests: number) => () => call({ error: WRONG, requests })

  test('opens with the fifth refusal, repeats daily while they go on, ends six hours after the last, and opens anew', async () => {
    await said(RULE, 0, () => grant('P', '50.00'))
    expect(await said(RULE, 10, fail(4))).toEqual([])
    expect(await said(RULE, 20, fail(1))).toEqual(['firing'])
    expect(await said(RULE, 30, () => call(SERVED))).toEqual([])
    expect(await said(RULE, 370, fail(1))).toEqual([])
    expect(await said(RULE, 720, fail(1))).toEqual([])
    expect(await said(RULE, 1_075, fail(1))).toEqual([])
    expect(await said(RULE, 1_430, fail(5))).toEqual([])
    expect(await said(RULE, 1_460)).toEqual(['repeat'])
    expect(await said(RULE, 1_789)).toEqual([])
    expect(await said(RULE, 1_790)).toEqual(['resolved'])
    expect(await said(RULE, 1_800, fail(5))).toEqual(['firing'])
  })
})

describe('payment-unrecorded', () => {
  const RULE = 'payment-unrecorded'

  test('takes over from credit-exhausted with a call served 30 min after zero, repeats daily, gives way to a 402, comes back, ends with the purchase', async () => {
    await said(RULE, 0, () => grant('P', '10.00'))
    expect(await said('credit-exhausted', 60, () => app.budget(10.5))).toEqual(['firing'])
    expect(await said(RULE, 89, () => call(SERVED))).toEqual([])
    expect(await open()).toContain('credit-exhausted')
    expect(await said(RULE, 90, () => call(SERVED))).toEqual(['firing'])
    expect(await open()).toContain(RULE)
    expect(await open()).not.toContain('credit-exhausted')
    expect(await said(RULE, 90 + 1_439)).toEqual([])
    expect(await said(RULE, 90 + 1_440)).toEqual(['repeat'])
    expect(await said(RULE, 1_600, () => call({ error: DEPLETED }))).toEqual(['resolved'])
    expect(await open()).toEqual(expect.arrayContaining(['credit-exhausted', 'prepayment-required']))
    expect(await said(RULE, 1_700, () => call(SERVED))).toEqual(['firing'])
    expect(await open()).not.toContain('credit-exhausted')
    expect(await said(RULE, 1_710, () => grant('Q', '40.00'))).toEqual(['resolved'])
    expect(await open()).not.toContain('credit-exhausted')
  })

  test('the balance an operator sees ends it too; used up again, it opens anew', async () => {
    await said(RULE, 0, () => grant('P', '10.00'))
    await said(RULE, 60, () => app.budget(10.5))
    expect(await said(RULE, 120, () => call(SERVED))).toEqual(['firing'])
    expect(await said(RULE, 130, () => seen('15.00'))).toEqual(['resolved'])
    await said(RULE, 60 * 30, () => app.budget(40))
    expect(await said(RULE, 60 * 31, () => call(SERVED))).toEqual(['firing'])
  })

  test('what calls alone have used up counts as zero too', async () => {
    await said(RULE, 0, () => grant('P', '1.00'))
    for (const minute of [10, 11, 12]) await said(RULE, minute, () => call(SERVED))
    expect(await open()).toContain('credit-exhausted')
    expect(await said(RULE, 42, () => call(SERVED))).toEqual([])
    expect(await said(RULE, 44, () => call(SERVED))).toEqual(['firing'])
  })

  test('under cloud-credit calls are meant to go on', async () => {
    app = openTestApp({ plan: 'cloud-credit' })
    await said(RULE, 0, () => grant('P', '10.00'))
    await said(RULE, 60, () => app.budget(10.5))
    expect(await said(RULE, 200, () => call(SERVED))).toEqual([])
    expect(await open()).toContain('credit-exhausted')
  })
})

describe('reload-missing', () => {
  const RULE = 'reload-missing'

  test('a balance read after the reload was due opens it; it repeats daily, ends with the purchase, and opens anew', async () => {
    await said(RULE, 0, async () => {
      await grant('P', '10.00')
      await reload()
    })
    expect(await said('payment-unrecorded', 60, () => app.budget(6))).toEqual([])
    expect(await said('payment-unrecorded', 90)).toEqual(['firing'])
    expect(await said(RULE, 100, () => seen('3.90'))).toEqual(['firing'])
    expect(await open()).not.toContain('payment-unrecorded')
    expect(await said(RULE, 100 + 1_439)).toEqual([])
    expect(await said(RULE, 100 + 1_440)).toEqual(['repeat'])
    expect(await said(RULE, 1_600, () => grant('Q', '20.00'))).toEqual(['resolved'])
    await said(RULE, 60 * 80, () => app.budget(26))
    expect(await said('payment-unrecorded', 60 * 81)).toEqual(['firing'])
    expect(await said(RULE, 60 * 82, () => seen('3.50'))).toEqual(['firing'])
  })

  test('at zero a reload that was due speaks before credit-exhausted does, until a 402', async () => {
    await said(RULE, 0, async () => {
      await grant('P', '10.00')
      await reload()
    })
    expect(await said('payment-unrecorded', 60, () => app.budget(11))).toEqual(['firing'])
    expect(await open()).not.toContain('credit-exhausted')
    expect(await said(RULE, 200, () => call({ error: DEPLETED }))).toEqual(['firing'])
    expect(await open()).toEqual(expect.arrayContaining(['credit-exhausted', 'prepayment-required', RULE]))
    expect(await open()).not.toContain('payment-unrecorded')
  })

  test('a purchase recorded in time, or auto-reload switched off: nothing to tell', async () => {
    await said(RULE, 0, async () => {
      await grant('P', '10.00')
      await reload()
    })
    await said(RULE, 60, () => app.budget(6))
    expect(await said('payment-unrecorded', 80, () => grant('Q', '20.00'))).toEqual([])
    await said(RULE, 200, () => app.budget(27))
    expect(await said('payment-unrecorded', 210, () => reload({ enabled: false }))).toEqual([])
    expect(await said('payment-unrecorded', 300)).toEqual([])
    expect((await open()).filter((rule) => /reload|unrecorded/.test(rule))).toEqual([])
  })
})
