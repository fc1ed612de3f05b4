import { expect, test } from 'vitest'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { accountClosed } from '../../functions/rules/account-closed.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, standing } from '../support/standing.ts'

ruleContract(accountClosed)

const judge = (open?: boolean) =>
  accountClosed.evaluate(
    standing({
      billing: { links: [], refused: [], ...(open === undefined ? {} : { open: { open, since: AS_OF - HOUR_MS } }) },
    }),
    context(),
  )

test('an account nobody has answered for is not judged', () => {
  expect(judge()).toEqual([])
})

test('a closed account is critical and says what stops, for whom and since when', () => {
  const [finding] = judge(false)
  expect(finding).toMatchObject({ scope: '', level: '', severity: 'critical', state: 'holds' })
  expect(finding?.words.title).toBe(
    'Billing account Production (01D4EE-079462-DFD6EC) is closed: paid calls of its projects fail',
  )
  expect(finding?.words.stops).toBe(
    'Since 2026-11-23 09:00 UTC at the latest: every paid call of every linked project (my-app, my-batch) fails, and their other Google Cloud services stop.',
  )
  expect(finding?.words.next[0]?.url).toBe('https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC')
})

test('an open account is the all-clear', () => {
  expect(judge(true)).toMatchObject([{ state: 'clear', words: { title: 'Billing account Production is open again' } }])
})
