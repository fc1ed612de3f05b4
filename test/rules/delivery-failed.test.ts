import { describe, expect, test } from 'vitest'
import type { AlertKey } from '../../functions/domain/keys.ts'
import type { OutboxHealth } from '../../functions/domain/outbox.ts'
import { instant } from '../../functions/domain/time.ts'
import { deliveryFailed } from '../../functions/rules/delivery-failed.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { context, standing } from '../support/standing.ts'

ruleContract(deliveryFailed)

const judge = (outbox?: Partial<OutboxHealth>) =>
  deliveryFailed.evaluate(
    standing(),
    context(outbox ? { outbox: { failing: [], troubles: [], unheard: [], ...outbox } } : {}),
  )

const trouble = {
  channel: 'ops-chat',
  dead: 2,
  waiting: 5,
  since: instant('2026-11-22T08:00:00Z'),
  note: 'HTTP 503 Service Unavailable',
  titles: ['Credit is low: 12.40 USD left', 'The feed went silent'],
}
const alert = {
  alertKey: '3f9a61c2d07be4581a6c' as AlertKey,
  title: 'The credit of Production is gone',
  figure: '0.00 USD',
  since: instant('2026-11-23T09:00:00Z'),
}

test('nothing is said before anybody looked, nor where all gets through', () => {
  expect(judge()).toEqual([])
  expect(judge({})).toEqual([])
})

describe('a channel that fails', () => {
  const [finding] = judge({ failing: ['ops-chat'], troubles: [trouble] })

  test('is a warning of its own', () => {
    expect(finding).toMatchObject({ scope: 'channel ops-chat', level: '', severity: 'warning', state: 'holds' })
  })

  test('is named with what it did not deliver, the reason, and how to send it again', () => {
    const words = finding?.words
    expect(words?.title).toBe('7 alerts of Production did not get through on ops-chat')
    expect(words?.summary).toBe(
      '2 were given up on channel ops-chat, and 5 are still being tried. The oldest of them was first due at 2026-11-22 08:00 UTC.',
    )
    expect(words?.arithmetic).toEqual([
      'not delivered: Credit is low: 12.40 USD left',
      'not delivered: The feed went silent',
      '7 in all',
      'reason: HTTP 503 Service Unavailable',
      'tried ten times over about three days, then given up',
    ])
    expect(words?.next.at(-1)?.label).toBe('Then send the dead ones again: npx drawdown deliveries redrive --all-dead')
  })

  test.each([
    [0, 1, 'Channel ops-chat fails: one is still being tried.'],
    [1, 0, 'One was given up on channel ops-chat.'],
    [3, 1, '3 were given up on channel ops-chat, and one is still being tried.'],
  ])('%i dead and %i waiting: %s', (dead, waiting, said) => {
    const [found] = judge({ troubles: [{ ...trouble, dead, waiting }] })
    expect(found?.words.summary).toContain(said)
    expect(JSON.stringify(found?.words.next).includes('redrive')).toBe(dead > 0)
  })

  test('each channel is a subject of its own', () => {
    const both = judge({ troubles: [trouble, { ...trouble, channel: 'ops-mail' }] })
    expect(both.map(({ scope }) => scope)).toEqual(['channel ops-chat', 'channel ops-mail'])
  })
})

describe('a critical alert that reached nobody', () => {
  const other = { ...alert, alertKey: 'aaaaaaaaaaaaaaaaaaaa' as AlertKey, title: 'Calls are refused', figure: '402' }
  const [finding, second] = judge({ failing: ['ops-chat'], unheard: [alert, other] })

  test('is critical itself, one subject for each', () => {
    expect(finding).toMatchObject({ scope: 'alert 3f9a61c2d07be4581a6c', severity: 'critical' })
    expect(second).toMatchObject({ scope: 'alert aaaaaaaaaaaaaaaaaaaa', severity: 'critical' })
  })

  test('carries title, figure and key of what was lost', () => {
    const words = finding?.words
    expect(words?.title).toBe('Reached nobody so far: The credit of Production is gone')
    expect(words?.figure).toBe('0.00 USD')
    expect(words?.arithmetic).toEqual([
      '3f9a61c2d07be4581a6c: 0.00 USD: The credit of Production is gone',
      'aaaaaaaaaaaaaaaaaaaa: 402: Calls are refused',
    ])
    expect(words?.next[0]?.label).toBe('See it in full: npx drawdown explain 3f9a61c2d07be4581a6c')
    expect(words?.summary).toContain('failing: ops-chat')
  })
})
