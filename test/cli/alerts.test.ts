/** `drawdown alerts`: list, acknowledge, snooze. */

import { describe, expect, test } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { ACCOUNT, type Sandbox, sandbox } from './drawdown.ts'

type Alert = {
  readonly key: string
  readonly rule: string
  readonly level: string
  readonly state: string
  readonly acknowledgedBy?: string
  readonly snoozedUntil?: string
}

const alerts = async (box: Sandbox, ...words: readonly string[]): Promise<readonly Alert[]> =>
  ((await box.json('alerts', 'list', ...words)) as { alerts: readonly Alert[] }).alerts

/** 50.00 bought, 20.00 seen a fortnight later: under half, above a fifth. */
const withLowCredit = async (): Promise<{ readonly box: Sandbox; readonly low: Alert }> => {
  const box = sandbox()
  await box.run('grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', '2025-01-06T08:00:00Z')
  await box.run('reading', ACCOUNT, '20.00', '--at', '2025-01-20T08:00:00Z')
  const low = (await alerts(box)).find(({ rule }) => rule === 'credit-low')
  if (!low) throw new Error('no alert is open')
  return { box, low }
}

test('list shows what is open, and with --all what is over or was only told', async () => {
  const { box, low } = await withLowCredit()
  expect(low).toEqual({
    key: expect.stringMatching(/^[0-9a-f]{20}$/),
    account: ACCOUNT,
    rule: 'credit-low',
    level: '50%',
    severity: 'warning',
    state: 'firing',
    title: expect.stringMatching(/^Credit is low: 20\.00 USD left on Production/),
    openedAt: expect.stringMatching(/Z$/),
  })
  await box.run('grant', 'add', ACCOUNT, 'P2', '5', '--currency', 'EUR')
  expect((await alerts(box)).map(({ rule }) => rule)).not.toContain('input-rejected')
  expect((await alerts(box, '--all')).map(({ rule, state }) => [rule, state])).toContainEqual([
    'input-rejected',
    'told',
  ])
  const { out } = await box.run('alerts', 'list', ACCOUNT)
  expect(out).toMatch(
    new RegExp(`^KEY  .*\n${low.key}  warning   credit-low 50%  firing .*\n    Credit is low: 20\\.00 USD`),
  )
})

test('without alerts the list says so', async () => {
  expect(await sandbox().run('alerts', 'list')).toEqual({ code: 0, out: 'No open alerts.\n', err: '' })
})

describe('ack', () => {
  test('takes the beginning of a key and the name of who answers', async () => {
    const { box, low } = await withLowCredit()
    expect(await box.json('alerts', 'ack', low.key.slice(0, 4), '--by', 'Grace')).toMatchObject({
      result: 'recorded',
      kind: 'acknowledge',
      fact: { alertKey: low.key, by: 'Grace' },
    })
    expect(await alerts(box)).toContainEqual(expect.objectContaining({ key: low.key, acknowledgedBy: 'Grace' }))
  })

  test('without a name takes that of the user', async () => {
    const { box, low } = await withLowCredit()
    expect((await box.run('alerts', 'ack', low.key)).out).toBe(
      'Recorded: credit-low 50% acknowledged by ada. Production now stands at 20.00 USD.\n',
    )
  })

  test('of a key nobody has is an error that lists the open ones', async () => {
    const { box, low } = await withLowCredit()
    for (const key of ['ffffffffffffffffffff', low.key.slice(0, 3)]) {
      const { code, out, err } = await box.run('alerts', 'ack', key)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toMatch(
        new RegExp(`^No open alert has the key ${key}\\. Open are .*${low.key} \\(credit-low\\).*\\.\n$`),
      )
    }
  })
})

describe('snooze', () => {
  test('holds until the time given', async () => {
    const { box, low } = await withLowCredit()
    await box.run('alerts', 'snooze', low.key, '--until', '2099-01-01T01:00:00+01:00', '--by', 'Grace')
    expect(await alerts(box)).toContainEqual(
      expect.objectContaining({ key: low.key, snoozedUntil: '2099-01-01T00:00:00Z' }),
    )
  })

  test('holds for the span given, from now', async () => {
    const { box, low } = await withLowCredit()
    const before = Date.now()
    const { fact } = (await box.json('alerts', 'snooze', low.key, '--for', '4h')) as { fact: { until: string } }
    const ms = instant(fact.until) - before
    expect(ms).toBeGreaterThanOrEqual(4 * 3_600_000)
    expect(ms).toBeLessThan(4 * 3_600_000 + 60_000)
  })

  test.each([
    [[], 'give either --until or --for, such as --for 4h.'],
    [['--for', '4h', '--until', '2099-01-01T00:00:00Z'], 'give either --until or --for, such as --for 4h.'],
    [['--until', '2025-01-01T00:00:00Z'], '--until lies in the past: give a later time.'],
    [
      ['--for', '4 weeks'],
      "option '--for <span>' argument '4 weeks' is invalid. It must be a span such as 90m, 4h or 2d, at most 366d.",
    ],
  ])('%j is wrong usage', async (words, line) => {
    expect(await sandbox().run('alerts', 'snooze', 'abcd', ...words)).toEqual({
      code: 2,
      out: '',
      err: `drawdown alerts snooze: ${line} See drawdown alerts snooze --help.\n`,
    })
  })
})
