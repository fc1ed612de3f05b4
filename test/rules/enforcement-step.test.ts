import { describe, expect, test } from 'vitest'
import type { Arm, Enforcement } from '../../functions/domain/enforcement.ts'
import type { AccountId, AlertKey } from '../../functions/domain/keys.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { enforcementStep } from '../../functions/rules/enforcement-step.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, standing } from '../support/standing.ts'

ruleContract(enforcementStep)

const entry = (over: Partial<Enforcement> = {}): Enforcement => ({
  kind: 'enforcement',
  phase: 'done',
  alertKey: 'k1' as AlertKey,
  rule: 'credit-exhausted',
  because: 'Credit is gone',
  projectId: 'my-batch',
  step: 'disable-api',
  mode: 'act',
  attempt: 1,
  by: 'drawdown',
  before: '01D4EE-079462-DFD6EC' as AccountId,
  note: 'the Gemini API is off',
  at: AS_OF,
  ...over,
})

const judge = (record: readonly Enforcement[], arms: readonly Omit<Arm, 'kind'>[] = []) =>
  enforcementStep.evaluate(standing({ enforcement: { record, arms } }), context())

const said = (record: readonly Enforcement[], arms: readonly Omit<Arm, 'kind'>[] = []) =>
  judge(record, arms).map(({ severity, words }) => `${severity}: ${words.title}`)

describe('what came of a step is told by how it ended', () => {
  test.each<[Partial<Enforcement>, string]>([
    [{}, 'critical: Drawdown turned off the Gemini API of project my-batch'],
    [{ phase: 'refused' }, 'critical: Drawdown could not turn off the Gemini API of project my-batch: it still spends'],
    [{ phase: 'failed' }, 'critical: Drawdown could not turn off the Gemini API of project my-batch: it still spends'],
    [{ phase: 'undone', by: 'ada' }, 'warning: Undone by ada: the Gemini API of project my-batch is on again'],
    [{ step: 'restrict-keys' }, 'critical: Drawdown turned off the Gemini API keys of project my-batch'],
    [
      { step: 'restrict-keys', phase: 'undone', by: 'ada' },
      'warning: Undone by ada: the Gemini API keys of project my-batch are on again',
    ],
    [
      { mode: 'rehearse', step: 'unlink-billing' },
      'warning: Rehearsal: Drawdown would turn off billing of project my-batch; nothing was changed',
    ],
    [
      { mode: 'rehearse', phase: 'refused' },
      'warning: Rehearsal: Drawdown could not turn off the Gemini API of project my-batch',
    ],
  ])('%j', (over, expected) => {
    expect(said([entry(over)])).toEqual([expected])
  })

  test('what has only begun is not told, nor what is a week old', () => {
    expect(said([entry({ phase: 'begun' })])).toEqual([])
    expect(said([entry({ at: AS_OF - 7 * DAY_MS })])).toHaveLength(1)
    expect(said([entry({ at: AS_OF - 7 * DAY_MS - 1 })])).toEqual([])
  })

  test('one that was begun by a process that died is told, until somebody begins again', () => {
    const begun = entry({ phase: 'begun', note: '', at: AS_OF - 2 * MINUTE_MS })
    expect(said([begun])).toEqual([
      'critical: Drawdown began to turn off the Gemini API of project my-batch, and nobody knows what came of it',
    ])
    expect(said([entry({ ...begun, mode: 'rehearse' })])).toEqual([])
    expect(said([begun, entry({ phase: 'begun', attempt: 2 })])).toEqual([])
    expect(said([begun, entry({ phase: 'failed' })])).toHaveLength(1)
    expect(said([begun, entry({ alertKey: 'k2' as AlertKey })])).toHaveLength(2)
    expect(judge([begun])[0]?.words.next[1]?.label).toContain('npx drawdown enforce undo my-batch --yes')
  })

  test('refused again after it was armed anew, it is told again', () => {
    const refused = [1, 2].map((attempt) => entry({ phase: 'refused', attempt, armedAt: AS_OF - attempt }))
    expect(said(refused)).toHaveLength(2)
  })

  test('several failures of one step are told once', () => {
    expect(said([1, 2, 3].map((attempt) => entry({ phase: 'failed', attempt })))).toHaveLength(1)
  })
})

test('the way back can be pasted as it is, and names the account that was recorded', () => {
  const labels = (over: Partial<Enforcement>) => judge([entry(over)])[0]?.words.next.map(({ label }) => label)
  expect(labels({})).toEqual([
    'Undo it: npx drawdown enforce undo my-batch --yes',
    'Or by command: gcloud services enable generativelanguage.googleapis.com --project=my-batch',
  ])
  expect(labels({ phase: 'failed' })?.at(-1)).toBe('Undo what was done of it: npx drawdown enforce undo my-batch --yes')
  expect(labels({ phase: 'refused' })).toHaveLength(2)
  expect(labels({ step: 'restrict-keys' })?.[0]).toBe('Undo it: npx drawdown enforce undo my-batch --yes')
  expect(labels({ step: 'unlink-billing', before: '0A1B2C-3D4E5F-6A7B8C' as AccountId })?.at(-1)).toBe(
    'Or by command: gcloud billing projects link my-batch --billing-account=0A1B2C-3D4E5F-6A7B8C',
  )
})

test('an arming is told, with how to take it back', () => {
  const arm = { projectId: 'my-batch', by: 'ada', at: AS_OF, until: AS_OF + HOUR_MS }
  expect(said([], [arm])).toEqual(['warning: ada armed enforcement for project my-batch'])
  expect(judge([], [arm])[0]?.words.next[0]?.label).toContain('npx drawdown enforce disarm my-batch')
})
