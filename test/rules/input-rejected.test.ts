import { expect, test } from 'vitest'
import { REASONS, type ReasonCode } from '../../functions/domain/errors.ts'
import { type AccountId, contentHash, factKey } from '../../functions/domain/keys.ts'
import type { SetAside } from '../../functions/domain/standing.ts'
import { instant } from '../../functions/domain/time.ts'
import { inputRejected } from '../../functions/rules/input-rejected.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { context, standing } from '../support/standing.ts'

ruleContract(inputRejected)

const setAside = (reason: ReasonCode, at: string, grantId = 'G'): SetAside => {
  const body = { kind: 'void' as const, grantId, at: instant(at) }
  const provenance = { source: { ms: instant(at), subNanos: 0 }, timed: true }
  const account = '01D4EE-079462-DFD6EC' as AccountId
  return { reason, fact: { account, key: factKey('void', grantId), hash: contentHash(grantId), provenance, body } }
}

const rejected = (reason: string, day: string, count: number) => ({ reason, day, count, example: 'no closing brace' })

const judge = (facts: readonly SetAside[], arrivals: ReturnType<typeof rejected>[] = []) =>
  inputRejected.evaluate(standing({ setAside: facts }), context({ rejected: arrivals }))

test('what was quarantined on arrival is told per reason and day, with count and example', () => {
  const findings = judge([], [rejected('JSON', '2026-11-23', 3), rejected('CURRENCY', '2026-11-22', 1)])
  expect(findings.map(({ scope, severity }) => [scope, severity])).toEqual([
    ['CURRENCY@2026-11-22', 'warning'],
    ['JSON@2026-11-23', 'warning'],
  ])
  const words = findings[1]?.words
  expect(words?.title).toBe('3 inputs set aside on Production on 2026-11-23: JSON')
  expect(words?.summary).toContain('The data is not valid JSON.')
  expect(words?.arithmetic).toContain('example: no closing brace')
})

test('what the fold set aside is grouped by the UTC day of its source time', () => {
  const findings = judge([
    setAside('UNKNOWN_GRANT', '2026-11-22T23:59:59Z', 'A'),
    setAside('UNKNOWN_GRANT', '2026-11-23T00:00:00Z', 'B'),
    setAside('UNKNOWN_GRANT', '2026-11-23T12:00:00Z', 'C'),
  ])
  expect(findings.map(({ scope, words }) => [scope, words.figure])).toEqual([
    ['UNKNOWN_GRANT@2026-11-22', '1 input'],
    ['UNKNOWN_GRANT@2026-11-23', '2 inputs'],
  ])
})

test('both kinds of one reason and day are one finding', () => {
  const findings = judge([setAside('REFUND', '2026-11-23T01:00:00Z')], [rejected('REFUND', '2026-11-23', 2)])
  expect(findings.map(({ words }) => words.figure)).toEqual(['3 inputs'])
})

test('the order in which they arrived changes nothing', () => {
  const facts = [setAside('REFUND', '2026-11-23T01:00:00Z', 'A'), setAside('REFUND', '2026-11-23T02:00:00Z', 'B')]
  expect(judge([...facts].reverse())).toEqual(judge(facts))
})

test('every reason has its sentence, what to mend and where to look', () => {
  for (const [reason, sentence] of Object.entries(REASONS)) {
    const words = judge([], [rejected(reason, '2026-11-23', 1)])[0]?.words
    expect(words?.summary).toContain(sentence)
    expect(words?.next.at(-1)?.label).toContain('npx drawdown alerts list')
    expect(words?.next).toHaveLength(2)
  }
})

test('a reason of a later version is told by its name', () => {
  expect(judge([], [rejected('NEW_REASON', '2026-11-23', 1)])[0]?.words.title).toContain('NEW_REASON')
})
