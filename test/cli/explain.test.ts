/** `drawdown explain`: the sums of an alert, today. */

import { expect, test } from 'vitest'
import { ACCOUNT, sandbox } from './drawdown.ts'

test('an alert is explained by its rule as things stand now, and after a top-up as over', async () => {
  const box = sandbox()
  await box.run('grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', '2025-01-06T08:00:00Z')
  await box.run('reading', ACCOUNT, '20.00', '--at', '2025-01-20T08:00:00Z')
  const { alerts } = (await box.json('alerts', 'list')) as { alerts: { key: string; rule: string }[] }
  const low = alerts.find(({ rule }) => rule === 'credit-low')
  const key = low?.key ?? ''
  const { code, out } = await box.run('explain', key.slice(0, 6))
  expect(code).toBe(0)
  expect(out).toContain('credit-low 50% (warning, firing), opened ')
  expect(out).toContain('It holds now.')
  expect(out).toContain('  low is 40% of 50.00 USD after the last top-up')
  expect(out).toMatch(/^> .* \(.+\): https:\/\/\S+$/m)
  expect(await box.json('explain', key)).toMatchObject({ key, rule: 'credit-low', now: 'holds' })
  await box.run('grant', 'add', ACCOUNT, 'P2', '100.00')
  expect((await box.run('explain', key)).out).toContain('Its condition is over.')
})

test('a key nobody knows is one line with those that are known', async () => {
  const { code, err } = await sandbox().run('explain', 'abcd')
  expect(code).toBe(1)
  expect(err).toBe('No alert has the key abcd. There are none.\n')
})
