import { describe, expect, test } from 'vitest'
import { schedule } from '../../functions/app/schedule.ts'
import { formatInstant, HOUR_MS, type Instant, instant } from '../../functions/domain/time.ts'
import { balanceJson } from '../../functions/report/balance-json.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNT } from '../support/facts.ts'
import { prepayment } from '../support/scenario.ts'

/** The billing page this project began with (2025): a one-time prepayment, credit for any service, then ordinary billing. */
const BEGIN: Instant = instant('2025-09-01T07:00:00Z')
const PERIOD = { costIntervalStart: '2025-09-01T07:00:00Z' }

type Json = {
  readonly balance: { readonly value: string }
  readonly overage: string
  readonly prepaymentRequired: boolean
  readonly tier: Record<string, unknown>
  readonly grants: readonly Record<string, unknown>[]
}

const seed = () => {
  const app = openTestApp({ plan: 'cloud-credit' })
  return { app, at: (hours: number, act?: () => Promise<unknown>) => told(app, hours, act) }
}

const time = (hours: number): string => formatInstant(BEGIN + hours * HOUR_MS)

/** What was told since, as `step severity rule`. */
const told = async (app: TestApp, hours: number, act?: () => Promise<unknown>): Promise<readonly string[]> => {
  app.clock.now = BEGIN + hours * HOUR_MS
  await act?.()
  await schedule(app.deps, app.desk)
  return titles(app)
}
let words: readonly { readonly rule: string; readonly title: string; readonly all: string }[] = []
const titles = (app: TestApp): readonly string[] => {
  const messages = app.told.splice(0).map(({ message }) => message)
  words = messages.map((message) => ({
    rule: message.rule,
    title: message.words.title,
    all: JSON.stringify(message.words),
  }))
  return messages.map(({ step, severity, rule }) => `${step} ${severity} ${rule}`)
}
const said = (rule: string): string => words.find((each) => each.rule === rule)?.all ?? 'nothing'

const json = async (app: TestApp): Promise<Json> => {
  const { standing, episodes } = await app.desk.view(ACCOUNT)
  return JSON.parse(JSON.stringify(balanceJson(standing, episodes))) as Json
}

const demand = (app: TestApp, hours: number) => () =>
  app.fact('prepayment-required', { projectId: 'my-app', amount: '50.00', currencyCode: 'USD', at: time(hours) })
const pays =
  (app: TestApp, hours: number, over: Record<string, unknown> = {}) =>
  () =>
    app.fact('grant', { ...prepayment('P1', '50.00', time(hours)), ...over })

describe('“Google may require a one-time prepayment to activate the paid tier”', () => {
  test('required, notified, paid, upgraded', async () => {
    const { app, at } = seed()

    expect(await at(1, demand(app, 1))).toEqual(['firing critical prepayment-required'])
    expect(said('prepayment-required')).toContain('Prepayment required on Production: 50.00 USD')
    expect(said('prepayment-required')).toContain(
      'https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC/payment',
    )
    expect(await json(app)).toMatchObject({
      prepaymentRequired: true,
      tier: { entitled: 'free', next: { tier: 'tier-1', paidStillNeeded: '50.00' } },
    })

    expect(await at(3, pays(app, 3))).toEqual([
      'resolved critical prepayment-required',
      'firing info prepayment-received',
      'firing info tier-changed',
    ])
    expect(said('prepayment-received')).toContain('Prepayment of 50.00 USD is in on Production')
    expect(said('tier-changed')).toContain('It was on the Free tier before')
    expect(await json(app)).toMatchObject({
      prepaymentRequired: false,
      balance: { value: '50.00' },
      tier: { entitled: 'tier-1', since: '2025-09-01T10:00:00Z' },
    })
  })

  test('“once your payment is successfully processed”: a payment still to come upgrades nothing yet', async () => {
    const { app, at } = seed()
    await at(1, demand(app, 1))
    expect(await at(2, pays(app, 30))).toEqual([])
    expect(await json(app)).toMatchObject({ prepaymentRequired: true, tier: { entitled: 'free' } })
    expect(await at(30)).toContain('resolved critical prepayment-required')
    expect((await json(app)).tier).toMatchObject({ entitled: 'tier-1' })
  })

  test('without a demand, linking a billing account is enough for the paid tier', async () => {
    const { app, at } = seed()
    await at(1)
    expect((await json(app)).tier).toEqual({ entitled: 'tier-1' })
  })
})

describe('“What if I don’t prepay? Your project will remain on the free tier”', () => {
  test('for weeks, with nothing charged and nothing stopped', async () => {
    const { app, at } = seed()
    await at(1, demand(app, 1))
    expect(said('prepayment-required')).toContain('the project stays within the free tier’s limits')
    await at(28 * 24)
    expect(await json(app)).toMatchObject({
      prepaymentRequired: true,
      tier: { entitled: 'free' },
      overage: '0.00',
      grants: [],
    })
  })

  test('“at any time in the future”: two months later it still upgrades', async () => {
    const { app, at } = seed()
    await at(1, demand(app, 1))
    expect(await at(60 * 24, pays(app, 60 * 24))).toContain('firing info tier-changed')
    expect((await json(app)).tier).toMatchObject({ entitled: 'tier-1', since: '2025-10-31T07:00:00Z' })
  })
})

describe('“This credit will automatically be used to pay for any usage you accrue on Google Cloud”', () => {
  test('cost without a single Gemini call draws on it, and it never expires', async () => {
    const { app, at } = seed()
    await at(0, pays(app, 0))
    await at(24, () => app.budget(12.34, { ...PERIOD, budgetDisplayName: 'All services' }))
    expect(await json(app)).toMatchObject({ balance: { value: '37.66' }, overage: '0.00' })
    await at(5 * 365 * 24)
    const [grant] = (await json(app)).grants
    expect(grant).toMatchObject({ remaining: '37.66', drawn: '12.34', expired: '0.00', state: 'active' })
    expect(grant).not.toHaveProperty('expiresAt')
  })
})

describe('“Once your prepaid credit balance is exhausted, your account will transition to standard billing”', () => {
  test('the balance stays at zero, the excess is charged, and nothing stops', async () => {
    const { app, at } = seed()
    await at(0, pays(app, 0))
    await at(24, () => app.budget(30, PERIOD))
    const alerts = await at(48, () => app.budget(61.5, PERIOD))
    expect(alerts).toContain('firing critical credit-exhausted')
    expect(alerts).toContain('firing critical overage-charging')
    expect(said('overage-charging')).toContain('Nothing stops: calls go on, and the primary payment method is charged')
    expect(await json(app)).toMatchObject({ balance: { value: '0.00' }, overage: '11.50' })
  })

  test('a later prepayment is new credit: it does not pay the excess back', async () => {
    const { app, at } = seed()
    await at(0, pays(app, 0))
    await at(48, () => app.budget(61.5, PERIOD))
    await at(49, () => app.fact('grant', prepayment('P2', '40.00', time(49))))
    expect(await json(app)).toMatchObject({ balance: { value: '40.00' }, overage: '11.50' })
  })
})

describe('“Can I get a refund for my prepayment? Yes, if you have a credit balance”', () => {
  test('what is left can be paid back, and contradicts nothing', async () => {
    const { app, at } = seed()
    await at(0, pays(app, 0))
    await at(24, () => app.budget(10, PERIOD))
    const alerts = await at(25, () => app.fact('refund', { grantId: 'P1', amount: '40.00', at: time(25) }))
    expect(alerts.filter((each) => each.endsWith('plan-mismatch'))).toEqual([])
    const { grants, balance } = await json(app)
    expect(balance.value).toBe('0.00')
    expect(grants[0]).toMatchObject({ amount: '50.00', remaining: '0.00', drawn: '10.00', refunded: '40.00' })
  })

  test('more than is left is refused', async () => {
    const { app, at } = seed()
    await at(0, pays(app, 0))
    await at(24, () => app.budget(10, PERIOD))
    await at(25, () => app.fact('refund', { grantId: 'P1', amount: '40.01', at: time(25) }))
    expect((await json(app)).grants[0]).toMatchObject({ remaining: '40.00', refunded: '0.00' })
  })
})

describe('“Does prepayment affect my $300 Free Trial credit? No”', () => {
  test('both are kept apart: own amount, own expiry, and the trial is no payment', async () => {
    const { app, at } = seed()
    const trial = {
      grantId: 'TRIAL',
      kind: 'free-trial',
      amount: '300.00',
      currencyCode: 'USD',
      effectiveAt: time(0),
      expiresAt: time(90 * 24),
    }
    await at(0, () => app.fact('grant', trial))
    await at(1, demand(app, 1))
    expect((await json(app)).tier).toMatchObject({ entitled: 'free' })
    await at(2, pays(app, 2))
    await at(24, () => app.budget(20, PERIOD))
    expect((await json(app)).grants).toMatchObject([
      { id: 'TRIAL', amount: '300.00', remaining: '280.00', drawn: '20.00', expiresAt: '2025-11-30T07:00:00Z' },
      { id: 'P1', amount: '50.00', remaining: '50.00', drawn: '0.00' },
    ])
    await at(90 * 24)
    expect((await json(app)).grants).toMatchObject([
      { id: 'TRIAL', remaining: '0.00', expired: '280.00', state: 'expired' },
      { id: 'P1', remaining: '50.00', state: 'active' },
    ])
  })
})

describe('“Am I charged for failed requests?” and “Is GetTokens billed?”', () => {
  const calls: readonly (readonly [name: string, body: Record<string, unknown>])[] = [
    ['a 400', { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'no' } }],
    ['a 500', { error: { code: 500, status: 'INTERNAL', message: 'no' } }],
  ]
  test.each(calls)('%s costs nothing', async (_, body) => {
    const { app, at } = seed()
    await at(0, pays(app, 0))
    await at(1, () => app.usage({ requestId: 'r1', ...body }))
    expect((await json(app)).balance.value).toBe('50.00')
  })
})
