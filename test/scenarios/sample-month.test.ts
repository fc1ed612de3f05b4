import { beforeAll, describe, expect, test } from 'vitest'
import { type Replayed, replay } from '../../functions/app/replay.ts'
import { replayJson } from '../../functions/app/replay-json.ts'
import { instant } from '../../functions/domain/time.ts'
import { SAMPLE_ACCOUNT, type SampleMessage, sampleMonth } from '../../functions/local/sample.ts'
import { sampleConfig } from '../../functions/local/sample-config.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'

/** Figures below were worked out from the recording by a second program in exact fractions, not by this code. */
const END = instant('2026-11-23T20:00:00Z')

type Report = {
  readonly accounts: Record<string, Record<string, unknown>>
  readonly alerts: readonly {
    readonly at: string
    readonly rule: string
    readonly level: string
    readonly state: string
  }[]
  readonly quarantined: readonly unknown[]
  readonly counts: unknown
}

let ids = 0

const lineOf = ({ topic, at, messageId, attributes, body }: SampleMessage): string =>
  JSON.stringify({
    topic,
    message: {
      data: Buffer.from(body).toString('base64'),
      attributes,
      messageId,
      publishTime: new Date(at).toISOString(),
    },
  })

const run = async (lines: readonly string[]): Promise<Report> => {
  const replayed: Replayed = await replay(
    {
      store: openMemoryStore(),
      accounts: sampleConfig.accounts.map((account) => ({
        ...account,
        thresholds: { percent: [50, 20, 10], amount: [], runwayHours: [168, 72, 24], expiryDays: [7, 1] },
      })),
      routes: [],
      recipients: {},
      sender: async () => undefined,
      newId: () => String(++ids),
      chance: () => 0,
      announce: () => undefined,
      log: { info: () => undefined, warning: () => undefined, error: () => undefined },
    },
    lines,
  )
  return replayJson(replayed) as Report
}

/** A fixed shuffle: every 7th line first, then every 7th of the rest, doubled on the way. */
const shuffled = (lines: readonly string[]): readonly string[] => {
  const doubled = [...lines, ...lines]
  return Array.from({ length: 7 }, (_, start) => doubled.filter((__, index) => index % 7 === (start * 3) % 7)).flat()
}

describe('the sample month', () => {
  const lines = sampleMonth(END).map(lineOf)
  let report: Report
  beforeAll(async () => {
    report = await run(lines)
  }, 60_000)

  test('counts every line, fact and repeat', () => {
    expect(report.counts).toEqual({ lines: 1679, facts: 1620, duplicates: 59 })
    expect(report.quarantined).toEqual([])
  })

  test('ends with the balance, spend and burn that the figures say', () => {
    expect(report.accounts[SAMPLE_ACCOUNT]).toMatchObject({
      asOf: '2026-11-23T19:59:00Z',
      balance: { value: '10.443257695', low: '5.26577982', high: '17.17721' },
      overage: '0.00',
      spent: { billed: '84.254923', estimated: '92.0207672' },
      burnRate: { perDay: '6.424516304' },
      runway: { p50Hours: 48.7 },
      prepaymentRequired: false,
    })
  })

  test('accounts for every cent of every purchase', () => {
    expect(report.accounts[SAMPLE_ACCOUNT]?.['grants']).toMatchObject([
      {
        id: 'last-winter',
        amount: '16.00',
        remaining: '0.00',
        drawn: '11.432133',
        expired: '4.567867',
        state: 'expired',
      },
      {
        id: 'october-purchase',
        amount: '50.00',
        remaining: '0.00',
        drawn: '50.00',
        expired: '0.00',
        state: 'exhausted',
      },
      {
        id: 'emergency-top-up',
        amount: '40.00',
        remaining: '17.17721',
        drawn: '22.82279',
        expired: '0.00',
        state: 'active',
      },
    ])
  })

  test('warns a week before the expiry and a week before zero, tells the refusal at zero, and stands down with the top-up', () => {
    const told = report.alerts.map(({ at, state, rule, level }) =>
      `${at.slice(0, 16)} ${state} ${rule} ${level}`.trim(),
    )
    expect(told.slice(0, 22)).toEqual([
      '2026-10-24T20:00 firing prepayment-received',
      '2026-10-24T20:02 firing prepayment-received',
      '2026-10-29T20:00 firing credit-expiring 7d',
      '2026-11-04T20:00 firing credit-expiring 1d',
      '2026-11-05T20:00 resolved credit-expiring 7d',
      '2026-11-05T20:00 resolved credit-expiring 1d',
      '2026-11-11T18:59 firing credit-low 50%',
      '2026-11-14T08:59 firing credit-runway 168h',
      '2026-11-16T21:59 firing credit-low 20%',
      '2026-11-17T04:07 firing credit-runway 72h',
      '2026-11-17T08:07 firing budget-threshold 50%',
      '2026-11-18T03:59 firing credit-low 10%',
      '2026-11-18T10:59 firing credit-runway 24h',
      '2026-11-19T12:04 firing prepayment-required',
      '2026-11-19T14:48 resolved credit-runway 168h',
      '2026-11-19T14:48 resolved credit-runway 72h',
      '2026-11-19T14:48 resolved credit-runway 24h',
      '2026-11-19T14:48 resolved credit-low 50%',
      '2026-11-19T14:48 resolved credit-low 20%',
      '2026-11-19T14:48 resolved credit-low 10%',
      '2026-11-19T14:48 firing prepayment-received',
      '2026-11-19T15:59 resolved prepayment-required',
    ])
  })

  test('shuffled and doubled gives the same accounts, their alerts apart', { timeout: 60_000 }, async () => {
    const other = await run(shuffled(lines))
    const withoutAlerts = ({ accounts }: Report): object => ({ ...accounts[SAMPLE_ACCOUNT], alerts: [] })
    expect(withoutAlerts(other)).toEqual(withoutAlerts(report))
    expect(other.counts).toEqual({ lines: 3358, facts: 1620, duplicates: 1738 })
  })
})
