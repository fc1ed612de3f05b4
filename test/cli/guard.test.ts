/** `drawdown guard`: the exit code says whether a job may burn credit. */

import { expect, test } from 'vitest'
import { formatInstant } from '../../functions/domain/time.ts'
import { ACCOUNT, OTHER, sandbox } from './drawdown.ts'

const AT = '2025-01-06T08:00:00Z'
const GRANT = ['grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', AT]

test('0: there is credit', async () => {
  const box = sandbox()
  await box.run(...GRANT)
  expect(await box.run('guard', ACCOUNT)).toEqual({
    code: 0,
    out: 'fine: Production has 50.00 USD, at least 50.00 USD.\n',
    err: '',
  })
  expect(await box.json('guard', ACCOUNT)).toEqual({
    account: ACCOUNT,
    verdict: 'fine',
    exitCode: 0,
    why: 'Production has 50.00 USD, at least 50.00 USD.',
    currencyCode: 'USD',
    balance: { value: '50.00', low: '50.00', high: '50.00' },
  })
})

test('1: the cautious balance is at or under a configured level', async () => {
  const box = sandbox()
  await box.run(...GRANT)
  await box.run('reading', ACCOUNT, '25.00', '--at', '2025-01-20T08:00:00Z')
  const { code, out, err } = await box.run('guard', ACCOUNT, '--json')
  expect({ code, err }).toEqual({ code: 1, err: '' })
  expect(JSON.parse(out)).toMatchObject({
    verdict: 'low',
    exitCode: 1,
    why: expect.stringMatching(/^Credit is low: 25\.00 USD left on Production/),
    balance: { value: '25.00', low: '25.00' },
  })
})

test('2: nothing is left', async () => {
  const box = sandbox()
  await box.run(...GRANT)
  await box.run('grant', 'void', ACCOUNT, 'P1', '--at', '2025-01-07T08:00:00Z')
  expect(await box.run('guard', ACCOUNT)).toEqual({
    code: 2,
    out: 'out: The credit of Production is gone: 0.00 USD.\n',
    err: '',
  })
})

test('3: no credit was ever recorded', async () => {
  const { code, out } = await sandbox().run('guard', OTHER)
  expect(code).toBe(3)
  expect(out).toBe(
    'unknown: No credit is recorded for Research: enter it with drawdown grant add, or the balance you see with drawdown reading.\n',
  )
})

test('3: no such account, on stderr or as JSON', async () => {
  const box = sandbox()
  const why = `Account 01D4EE-079462-DFD6EE is not in the configuration. Did you mean ${ACCOUNT}?`
  expect(await box.run('guard', '01D4EE-079462-DFD6EE')).toEqual({ code: 3, out: '', err: `unknown: ${why}\n` })
  const { code, out, err } = await box.run('guard', '01D4EE-079462-DFD6EE', '--json')
  expect({ code, err }).toEqual({ code: 3, err: '' })
  expect(JSON.parse(out)).toEqual({ account: '01D4EE-079462-DFD6EE', verdict: 'unknown', exitCode: 3, why })
})

test('3: the store cannot be read', async () => {
  const box = sandbox()
  box.write('drawdown.db', 'this is no database, and long enough to be seen as such by whoever reads its first page')
  const { code, out, err } = await box.run('guard', ACCOUNT)
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toMatch(/^unknown: .+\n$/)
})

test('3: a call that was not understood is never taken for an empty account', async () => {
  expect((await sandbox().run('guard')).code).toBe(3)
  expect((await sandbox().run('guard', 'production')).code).toBe(3)
  expect((await sandbox().run('guard', ACCOUNT, '--quiet')).code).toBe(3)
})

test('a grant that is still to come is no credit yet', async () => {
  const box = sandbox()
  const tomorrow = formatInstant(Date.now() + 86_400_000)
  await box.run('grant', 'add', ACCOUNT, 'P2', '50', '--effective', tomorrow)
  expect((await box.run('guard', ACCOUNT)).code).toBe(3)
})
