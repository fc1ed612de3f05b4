import { expect, test } from 'vitest'
import { ERROR_CAUSES } from '../../functions/domain/facts.ts'
import { CAUSE_TERMS } from '../../functions/rules/cause-steps.ts'

test('every cause says what it means, when it passes, who does what, and on which page', () => {
  expect(Object.keys(CAUSE_TERMS).sort()).toEqual([...ERROR_CAUSES].sort())
  for (const { meaning, passes, next } of Object.values(CAUSE_TERMS)) {
    expect(meaning).toMatch(/^\S.{10}/)
    expect(passes).toMatch(/^\S.{5}/)
    expect(next.who).toMatch(/^(billing administrator|on-call engineer)$/)
    expect(new URL(next.url ?? '').protocol).toBe('https:')
  }
})

test('what does not pass by itself is not called a matter of waiting', () => {
  const lasting = ERROR_CAUSES.filter((cause) => CAUSE_TERMS[cause].passes === 'not by itself')
  expect(lasting).toEqual(['depleted', 'delinquent', 'plan-mismatch', 'key'])
})
