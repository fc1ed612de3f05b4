import { describe, expect, test } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { viewOf } from '../../functions/report/message-view.ts'
import { sampleMessage } from '../support/message.ts'

const OPENED = { openedAt: instant('2026-11-23T09:30:00Z') }
const TITLE = 'Credit is low: 12.40 USD left on Production'

describe('each step of an alert is told as what it is', () => {
  test.each([
    ['firing', 'critical', 'Critical', `[critical] ${TITLE}`],
    ['repeat', 'critical', 'Reminder · Critical · open for 30 min', `[critical] Reminder, open for 30 min: ${TITLE}`],
    ['resolved', 'good', 'Resolved after 30 min', `Resolved after 30 min: ${TITLE}`],
    [
      'escalation',
      'critical',
      'Escalated · Critical · open for 30 min, nobody has acknowledged it',
      `[critical] Nobody has acknowledged this for 30 min: ${TITLE}`,
    ],
    ['digest', 'critical', 'Digest', TITLE],
  ] as const)('%s', (step, tone, badge, headline) => {
    expect(viewOf(sampleMessage({ step, ...OPENED }))).toMatchObject({ tone, badge, headline })
  })

  test.each([
    ['firing', true],
    ['repeat', true],
    ['escalation', true],
    ['resolved', false],
    ['digest', false],
  ] as const)('%s can be acknowledged: %s', (step, can) => {
    expect(viewOf(sampleMessage({ step })).acknowledge !== undefined).toBe(can)
  })

  test('a digest says since when, the others when they were opened', () => {
    expect(viewOf(sampleMessage({ step: 'digest', ...OPENED })).context).toContain(', since 2026-11-23 09:30 UTC')
    expect(viewOf(sampleMessage({ step: 'escalation', ...OPENED })).context).toContain(', opened 2026-11-23 09:30 UTC')
    expect(viewOf(sampleMessage({ ...OPENED })).context).not.toContain('opened')
  })
})
