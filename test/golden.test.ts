/** What each channel says for each rule, as a reviewer last accepted it. */

import { expect, test } from 'vitest'
import { rules } from '../functions/rules/index.ts'
import { goldenFiles, readGolden } from './support/golden.ts'
import { storyOf } from './support/rule-messages.ts'

const MEND = 'look at what changed and run: npm run golden'

test.each(rules.map((rule) => [rule.name, rule] as const))(
  '%s has a case in test/support/rule-cases.ts that makes it speak',
  (_, rule) => {
    expect(storyOf(rule)?.opened.rule).toBe(rule.name)
  },
)

test('every message of every channel is as it was accepted', async () => {
  const [now, accepted] = [await goldenFiles(), readGolden()]
  expect([...now.keys()].sort(), `a rule or a channel is new or gone: ${MEND}`).toEqual([...accepted.keys()].sort())
  for (const [path, text] of now) expect(text, `${path} is not as accepted: ${MEND}`).toBe(accepted.get(path))
})
