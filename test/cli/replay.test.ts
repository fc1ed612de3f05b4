/** `drawdown replay` against a recording worked out by hand. */

import { describe, expect, test } from 'vitest'
import { ACCOUNT, BUDGET, type Sandbox, sandbox } from './drawdown.ts'

const CONFIG = `accounts:
  - id: ${ACCOUNT}
    name: Production
    budgets: { ${BUDGET}: drawdown }
    thresholds: { percent: [50, 20], amount: [], runwayHours: [72], expiryDays: [30] }
`

const grant = JSON.stringify({
  topic: 'billing-notifications',
  message: {
    json: {
      billingAccountId: ACCOUNT,
      grantId: 'P1',
      kind: 'prepayment',
      amount: '50.00',
      currencyCode: 'USD',
      effectiveAt: '2026-11-01T08:00:00Z',
    },
    attributes: { drawdown: 'grant' },
    publishTime: '2026-11-01T08:00:00Z',
  },
})

const budget = (publishTime: string, costAmount: number): string => {
  const body = {
    budgetDisplayName: 'Gemini',
    costAmount,
    costIntervalStart: '2026-11-01T07:00:00Z',
    budgetAmount: 1000,
    budgetAmountType: 'SPECIFIED_AMOUNT',
    currencyCode: 'USD',
  }
  return JSON.stringify({
    topic: 'billing-notifications',
    message: {
      data: Buffer.from(JSON.stringify(body)).toString('base64'),
      attributes: { billingAccountId: ACCOUNT, budgetId: BUDGET, schemaVersion: '1.0' },
      messageId: publishTime,
      publishTime,
    },
  })
}

const LINES = [
  grant,
  '',
  budget('2026-11-02T08:00:00Z', 10),
  budget('2026-11-02T08:00:00Z', 10),
  budget('2026-11-03T08:00:00Z', 8.5),
  'this is no JSON',
  budget('2026-11-04T08:00:00Z', 20),
  'this is no JSON',
  '{"now":"2026-11-04T09:00:00Z"}',
]
const RECORDING = `${LINES.join('\n')}\n`

/**
 * 50 bought; 10, then 8.5 (1.5 undone), then 20 billed: 30 left. The 20 were spent from the start of the period,
 * 11-01 07:00, to the last reading, 11-04 08:00: 73 h, so 20 × 24 ÷ 73 = 6.575342466 a day; a day of lag leaves 23.424657534.
 * Runway at p50 30 ÷ 6.575342466 × 24 = 109.5 h. The last 24 h, from 11-03 09:00, hold 23/24 of 11.5 = 11.020833333, the fastest: 23.424657534 ÷ 11.020833333 × 24 = 51 h,
 * less the 12 h that a feed whose lag is not measured may be later still: 39 h.
 * The last 72 h, from 11-01 09:00, hold 23/25 of 10, less 1.5, and 11.5 = 19.2 in 71 h, the slowest: 30 × 71 ÷ 19.2 = 110.9 h.
 */
const STANDING = {
  account: ACCOUNT,
  plan: 'gemini-prepay',
  currencyCode: 'USD',
  asOf: '2026-11-04T09:00:00Z',
  standing: 'funded',
  balance: { value: '30.00', low: '23.424657534', high: '30.00' },
  overage: '0.00',
  spent: { billed: '20.00' },
  burnRate: { perDay: '6.575342466' },
  runway: { p10Hours: 39, p50Hours: 109.5, p90Hours: 110.9 },
  grants: [
    {
      id: 'P1',
      kind: 'prepayment',
      amount: '50.00',
      remaining: '30.00',
      drawn: '20.00',
      expired: '0.00',
      refunded: '0.00',
      voided: '0.00',
      state: 'active',
      expiresAt: '2027-11-01T08:00:00Z',
    },
  ],
  tier: {
    entitled: 'tier-1',
    since: '2026-11-01T08:00:00Z',
    next: { tier: 'tier-2', paidStillNeeded: '50.00', earliestAt: '2026-11-04T08:00:00Z' },
  },
  prepaymentRequired: false,
  sources: { budget: { lastAt: '2026-11-04T08:00:00Z', stale: false } },
}

type Alert = {
  readonly at: string
  readonly account: string
  readonly rule: string
  readonly level: string
  readonly state: string
}
type Replayed = {
  readonly accounts: Readonly<Record<string, { readonly alerts: readonly { readonly rule: string }[] }>>
  readonly alerts: readonly Alert[]
  readonly quarantined: readonly { readonly line: number; readonly reason: string }[]
  readonly counts: { readonly lines: number; readonly facts: number; readonly duplicates: number }
}

const replay = async (box: Sandbox, text: string): Promise<Replayed> =>
  (await box.json('replay', box.write('recording.jsonl', text))) as Replayed

/** Other rules may have their say as well; these are the ones worked out here. */
const RULES = ['prepayment-received', 'input-rejected', 'credit-low', 'credit-runway']
const alertsOf = ({ alerts }: Replayed): readonly Alert[] => alerts.filter(({ rule }) => RULES.includes(rule))

const withoutAlerts = ({ accounts }: Replayed): object => {
  const { alerts, ...standing } = accounts[ACCOUNT] ?? { alerts: [] }
  return standing
}

test('the recording comes to the numbers worked out by hand', async () => {
  const replayed = await replay(sandbox(CONFIG), RECORDING)
  expect(Object.keys(replayed)).toEqual(['accounts', 'alerts', 'quarantined', 'counts'])
  expect(Object.keys(replayed.accounts)).toEqual([ACCOUNT])
  expect(withoutAlerts(replayed)).toEqual(STANDING)
  expect(replayed.counts).toEqual({ lines: 8, facts: 4, duplicates: 2 })
  expect(replayed.quarantined).toEqual([{ line: 6, reason: 'ENVELOPE' }])
})

test('alerts are told in order, at the times worked out by hand', async () => {
  const replayed = await replay(sandbox(CONFIG), RECORDING)
  const key = expect.stringMatching(/^[0-9a-f]{20}$/)
  const title = expect.stringMatching(/./)
  const alert = (at: string, account: string, rule: string, level: string, severity: string): object => ({
    at,
    account,
    rule,
    level,
    state: 'firing',
    severity,
    title,
    key,
  })
  // On 11-02 10 were spent in 25 h: low is 40 − 9.6 = 30.4, 76 h at that rate, less 12 h: under 72 h.
  // On 11-04 23.42 is under half of 50, above a fifth of it.
  const all = alertsOf(replayed)
  // The correction of 11-03 ends the runway alert; ended so, it stays disarmed until the next grant.
  expect(all).toEqual([
    alert('2026-11-01T08:00:00Z', ACCOUNT, 'prepayment-received', '', 'info'),
    alert('2026-11-02T08:00:00Z', ACCOUNT, 'credit-runway', '72h', 'warning'),
    { ...alert('2026-11-03T08:00:00Z', ACCOUNT, 'credit-runway', '72h', 'warning'), state: 'resolved' },
    alert('2026-11-03T08:00:00Z', 'unassigned', 'input-rejected', '', 'warning'),
    alert('2026-11-04T08:00:00Z', ACCOUNT, 'credit-low', '50%', 'warning'),
  ])
  expect(replayed.accounts[ACCOUNT]?.alerts.filter(({ rule }) => RULES.includes(rule))).toHaveLength(1)
})

test('the same lines shuffled and doubled give the same accounts', async () => {
  const box = sandbox(CONFIG)
  const shuffles = [
    LINES.toReversed(),
    [...LINES.slice(4), ...LINES.slice(0, 4)],
    [5, 0, 6, 2, 8, 4, 1, 3, 7].map((at) => LINES[at] ?? ''),
  ]
  // 14 messages of which 5 are distinct, and the clock twice
  for (const lines of shuffles) {
    const replayed = await replay(box, [...lines, ...lines].join('\n'))
    expect(withoutAlerts(replayed)).toEqual(STANDING)
    expect(replayed.counts).toEqual({ lines: 16, facts: 4, duplicates: 9 })
    expect(replayed.quarantined).toHaveLength(1)
  }
})

test('a resolution follows the grant that lifts the balance, and repeats are not listed', async () => {
  const second = grant.replace('"P1"', '"P2"').replaceAll('2026-11-01T08:00:00Z', '2026-11-07T08:00:00Z')
  const text = `${RECORDING}${second}\n{"now":"2026-11-07T09:00:00Z"}\n`
  const low = alertsOf(await replay(sandbox(CONFIG), text)).filter(({ rule }) => rule === 'credit-low')
  // three days of daily repeats lie between
  expect(low.map(({ at, level, state }) => [at, level, state])).toEqual([
    ['2026-11-04T08:00:00Z', '50%', 'firing'],
    ['2026-11-07T08:00:00Z', '50%', 'resolved'],
  ])
})

test('evaluations happen every five minutes of virtual time on the way', async () => {
  const stale = (await replay(sandbox(CONFIG), `${RECORDING}{"now":"2026-11-06T00:00:00Z"}`)).alerts.filter(
    ({ rule }) => rule === 'feed-stale',
  )
  // 36 h after the last message of the budget
  expect(stale.map(({ at, state }) => [at, state])).toEqual([['2026-11-05T20:00:00Z', 'firing']])
})

describe('a recording', () => {
  test('is read from standard input, with Windows line ends and a byte order mark too', async () => {
    const input = `\uFEFF${LINES.join('\r\n')}`
    const { code, out, err } = await sandbox(CONFIG).runWith({ input }, 'replay', '-', '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(withoutAlerts(JSON.parse(out))).toEqual(STANDING)
    expect(JSON.parse(out)).toMatchObject({ counts: { lines: 8 }, quarantined: [{ line: 6 }] })
  })

  test('that is empty leaves the accounts as they are', async () => {
    const replayed = await replay(sandbox(CONFIG), '')
    expect(replayed).toMatchObject({
      accounts: { [ACCOUNT]: { standing: 'unfunded', balance: { value: '0.00' } } },
      alerts: [],
      quarantined: [],
      counts: { lines: 0, facts: 0, duplicates: 0 },
    })
  })

  test('begins at its first time, whatever stands before that', async () => {
    const replayed = await replay(sandbox(CONFIG), `no time here\n\n${RECORDING}`)
    expect(replayed.quarantined).toEqual([
      { line: 1, reason: 'ENVELOPE' },
      { line: 8, reason: 'ENVELOPE' },
    ])
    expect(replayed.alerts.filter(({ at }) => at < '2026-11-01T08:00:00Z')).toEqual([])
    expect(withoutAlerts(replayed)).toEqual(STANDING)
  })

  test('may hold lines too long to be read: they are quarantined, the rest counts', async () => {
    const long = `{"topic":"${'x'.repeat(3_000_000)}"}`
    const replayed = await replay(sandbox(CONFIG), `${grant}\n${long}\n${LINES.slice(2).join('\n')}`)
    expect(replayed.quarantined).toContainEqual({ line: 2, reason: 'SIZE' })
    expect(withoutAlerts(replayed)).toEqual(STANDING)
  })

  test('may contradict itself: what the ledger sets aside is listed at its line', async () => {
    const other = grant.replace('"50.00"', '"70.00"').replace('"publishTime":"2026-11-01', '"publishTime":"2026-11-02')
    const replayed = await replay(sandbox(CONFIG), [grant, other, LINES[8]].join('\n'))
    expect(replayed.quarantined).toEqual([{ line: 2, reason: 'KEY_REUSED' }])
    expect(replayed.accounts[ACCOUNT]).toMatchObject({ balance: { value: '50.00' } })
  })

  test('of an account that is not configured is quarantined', async () => {
    const strange = grant.replace(ACCOUNT, 'FFFFFF-FFFFFF-FFFFFF')
    expect((await replay(sandbox(CONFIG), strange)).quarantined).toEqual([{ line: 1, reason: 'UNKNOWN_ACCOUNT' }])
  })

  test('that cannot be read is an error with its name', async () => {
    const box = sandbox(CONFIG)
    expect(await box.run('replay', 'nowhere.jsonl')).toEqual({
      code: 1,
      out: '',
      err: 'nowhere.jsonl cannot be read: there is no such file. Give the path of a recording, or -.\n',
    })
    expect((await box.run('replay', box.path('.'))).err).toMatch(/ cannot be read: it is a folder\. /)
  })
})

test('--config is believed before DRAWDOWN_CONFIG, and without both the built-in configuration holds', async () => {
  const box = sandbox(CONFIG)
  const recording = box.write('recording.jsonl', RECORDING)
  const yen = box.write('yen.yaml', CONFIG.replace('name:', 'currency: JPY\n    name:'))
  const inYen = (await box.json('replay', recording, '--config', yen)) as Replayed
  expect(inYen.accounts[ACCOUNT]).toMatchObject({ currencyCode: 'JPY', balance: { value: '0' } })
  expect(inYen.quarantined.map(({ reason }) => reason)).toContain('CURRENCY')
  const { out } = await box.runWith({ env: { DRAWDOWN_CONFIG: '' } }, 'replay', recording, '--json')
  expect(withoutAlerts(JSON.parse(out))).toEqual(STANDING)
})

test('no store is touched and no secret is needed', async () => {
  const box = sandbox(`${CONFIG}channels: { chat: { kind: google-chat, url: CHAT_URL } }\n`)
  const recording = box.write('recording.jsonl', RECORDING)
  const { code } = await box.runWith({ env: { STORE: 'sqlite:/dev/null/no/such/place' } }, 'replay', recording)
  expect(code).toBe(0)
})

test('people see counts, a table of accounts, and the alerts in order', async () => {
  const box = sandbox(CONFIG)
  const { out } = await box.run('replay', box.write('recording.jsonl', RECORDING))
  const [counts, accounts, alerts, bad] = out.split('\n\n')
  expect(counts).toBe('8 lines, 4 facts, 2 duplicates, 1 quarantined')
  expect(accounts?.split('\n')[1]).toMatch(
    /^01D4EE-079462-DFD6EC {2}Production {2}gemini-prepay {2}30\.00 USD {2}23\.42 – 30\.00 USD {2}4 d 13 h \(39 h\) +\d+$/,
  )
  expect(alerts).toMatch(/^2026-11-01T08:00:00Z {6}01D4EE-079462-DFD6EC {2}info {6}Prepayment of 50\.00 USD/)
  expect(bad).toBe('line 6: ENVELOPE: The request body is no Pub/Sub push envelope and no CloudEvent.\n')
})
