import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { messageOf } from '../../functions/outbox/plan.ts'
import { creditLow } from '../../functions/rules/credit-low.ts'
import { creditRunway } from '../../functions/rules/credit-runway.ts'
import { storyOf } from '../support/rule-messages.ts'
import { context, standing } from '../support/standing.ts'

const transition = (judged: ReturnType<typeof standing>): Parameters<typeof messageOf>[1] => {
  const [finding] = creditLow.evaluate(judged, context())
  if (!finding) return expect.fail('credit-low says nothing')
  const episode = {
    ...{ key: 'k' as Parameters<typeof messageOf>[1]['episode']['key'], rule: 'credit-low', scope: '', level: '50%' },
    ...({ severity: 'warning', status: 'firing', title: '', openedAt: 0, sentAt: 0, repeats: 0 } as const),
    ...{ grantsAtOpen: 0, grantsSeen: 0, correctionsAtOpen: '0' },
  }
  return { at: 0, step: 'firing', episode, words: finding.words }
}

test('a message freezes who burns how much, twelve at most, as exact text', () => {
  const byProject = Array.from({ length: 20 }, (_, index) => ({
    projectId: `p${index}`,
    perDay: nanos(`${20 - index}.5`),
    models: [],
  }))
  const judged = standing({ byProject })
  const { burnByProject } = messageOf(judged, transition(judged))
  expect(burnByProject).toHaveLength(12)
  expect(burnByProject?.[0]).toEqual({ projectId: 'p0', perDay: '20.50' })
})

test('a message of an account without usage or locale holds neither', () => {
  const judged = standing()
  expect(Object.keys(messageOf(judged, transition(judged)))).not.toContain('burnByProject')
  expect(Object.keys(messageOf(judged, transition(judged)))).not.toContain('locale')
})

test('a message carries the locale of its account, and its words are written in it, from the opening to the end', () => {
  const { opened, resolved } = storyOf(creditRunway) ?? {}
  expect(opened?.locale).toBe('de-DE')
  expect(opened?.words.title).toBe(
    'Credit may last only 7,4 h more on Production: 5,83 EUR left, 4,01 EUR spent per day',
  )
  expect(opened?.words.arithmetic).toContain('value 9,55 = high − 2,00 estimated spend not billed yet (factor 0,98)')
  expect(resolved?.words.figure).toBe('9,55 EUR')
})
