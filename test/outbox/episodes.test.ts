import { describe, expect, test } from 'vitest'
import type { Episode, Finding, Severity } from '../../functions/domain/alerts.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import { DAY_MS, HOUR_MS, instant } from '../../functions/domain/time.ts'
import { type Answers, type Judged, nextEpisodes } from '../../functions/outbox/episodes.ts'
import { planDeliveries } from '../../functions/outbox/plan.ts'
import { standing } from '../support/standing.ts'

const START = instant('2026-11-10T00:00:00Z')
const NOBODY: Answers = { acknowledged: new Map(), snoozed: new Map() }

const finding = (level: string, state: Finding['state'], over: Partial<Finding> = {}): Finding => ({
  scope: '',
  level,
  severity: 'warning',
  rank: -Number.parseInt(level, 10),
  state,
  words: {
    title: `level ${level}`,
    summary: 'It happened.',
    figure: '1',
    arithmetic: [],
    next: [{ label: 'Act', who: 'you' }],
  },
  ...over,
})

type World = {
  readonly now?: number
  readonly grantsStarted?: number
  readonly corrections?: bigint
  readonly answers?: Answers
}

/** A rule's life, step by step: what each evaluation told, and the episodes it left. */
const life = (rule: Partial<Judged> = {}) => {
  let episodes: readonly Episode[] = []
  const step = (
    findings: readonly Finding[],
    { now = START, grantsStarted = 1, corrections = 0n, answers = NOBODY }: World = {},
  ): string[] => {
    const result = nextEpisodes({
      account: '01D4EE-079462-DFD6EC' as AccountId,
      standing: standing({ grantsStarted, corrections }),
      judged: [{ rule: 'credit-low', aboutCredit: true, notice: false, ...rule, findings }],
      episodes,
      answers,
      now,
    })
    episodes = result.episodes
    return result.transitions.map(
      ({ step: kind, episode, tell }) => `${kind} ${episode.scope}${episode.level}${tell ? '' : ' (untold)'}`,
    )
  }
  return { step, key: (): string => episodes.find(({ status }) => status === 'firing')?.key ?? '', all: () => episodes }
}

describe('an episode', () => {
  test('opens once however often its condition is seen', () => {
    const { step } = life()
    expect(step([finding('50', 'holds')])).toEqual(['firing 50'])
    for (let minute = 1; minute < 40; minute += 1)
      expect(step([finding('50', 'holds')], { now: START + minute })).toEqual([])
  })

  test('resolves once, and says how long it lasted', () => {
    const { step, all } = life()
    step([finding('50', 'holds')])
    expect(step([finding('50', 'clear')], { now: START + 3 * HOUR_MS })).toEqual(['resolved 50'])
    expect(all()[0]?.resolvedAt).toBe(START + 3 * HOUR_MS)
    expect(step([finding('50', 'clear')], { now: START + 4 * HOUR_MS })).toEqual([])
  })

  test('inside the hysteresis nothing changes, unless a grant lifted it above its level', () => {
    const { step } = life()
    step([finding('50', 'holds')])
    expect(step([finding('50', 'between')])).toEqual([])
    expect(step([finding('50', 'between')], { grantsStarted: 2 })).toEqual(['resolved 50'])
  })

  test('a grant that did not lift it does not resolve it later, when burn or bounds drift', () => {
    const { step } = life()
    step([finding('50', 'holds')])
    step([finding('50', 'holds')], { grantsStarted: 2 })
    expect(step([finding('50', 'between')], { grantsStarted: 2 })).toEqual([])
    expect(step([finding('50', 'clear')], { grantsStarted: 2 })).toEqual(['resolved 50'])
  })

  test('ends when its subject is no longer spoken of', () => {
    const { step } = life()
    step([finding('50', 'holds')])
    expect(step([])).toEqual(['resolved 50'])
  })
})

describe('one message per rule and evaluation', () => {
  test('a fall through three levels opens three episodes and tells the worst', () => {
    const { step } = life()
    expect(step([finding('50', 'holds'), finding('20', 'holds'), finding('10', 'holds')])).toEqual([
      'firing 50 (untold)',
      'firing 20 (untold)',
      'firing 10',
    ])
  })

  test('a top-up that clears some levels tells one resolution and opens nothing', () => {
    const { step } = life()
    step([finding('50', 'holds'), finding('20', 'holds'), finding('10', 'holds')])
    const told = step([finding('50', 'holds'), finding('20', 'clear'), finding('10', 'clear')], { grantsStarted: 2 })
    expect(told).toEqual(['resolved 20 (untold)', 'resolved 10'])
  })

  test('levels no longer spoken of end with the worst of them, whatever their keys', () => {
    for (const subject of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      const { step } = life()
      step(['50', '20', '10'].map((level) => finding(level, 'holds', { scope: subject })))
      expect(step([])).toEqual([
        `resolved ${subject}50 (untold)`,
        `resolved ${subject}20 (untold)`,
        `resolved ${subject}10`,
      ])
    }
  })

  test('other subjects of the rule are mentioned, so that none goes untold', () => {
    const result = nextEpisodes({
      account: '01D4EE-079462-DFD6EC' as AccountId,
      standing: standing(),
      judged: [
        {
          rule: 'feed-stale',
          aboutCredit: false,
          notice: false,
          findings: [finding('1', 'holds', { scope: 'a' }), finding('2', 'holds', { scope: 'b' })],
        },
      ],
      episodes: [],
      answers: NOBODY,
      now: START,
    })
    const told = result.transitions.filter(({ tell }) => tell)
    expect(told).toHaveLength(1)
    expect(told[0]?.words.summary).toBe('It happened. Also: level 2.')
  })
})

describe('re-arming', () => {
  test('a top-up re-arms a level', () => {
    const { step } = life()
    step([finding('50', 'holds')])
    step([finding('50', 'clear')], { grantsStarted: 2 })
    expect(step([finding('50', 'holds')], { grantsStarted: 2, now: START + DAY_MS })).toEqual(['firing 50'])
  })

  test('a correction alone does not, until the next grant', () => {
    const { step } = life()
    step([finding('50', 'holds')])
    expect(step([finding('50', 'clear')], { corrections: 5n })).toEqual(['resolved 50'])
    expect(step([finding('50', 'holds')], { corrections: 5n, now: START + DAY_MS })).toEqual([])
    expect(step([finding('50', 'holds')], { corrections: 5n, grantsStarted: 2, now: START + 2 * DAY_MS })).toEqual([
      'firing 50',
    ])
  })

  test('rules that are not about credit re-arm when their condition clears, corrected or not', () => {
    const { step } = life({ rule: 'feed-stale', aboutCredit: false })
    step([finding('', 'holds')])
    step([], { corrections: 5n })
    expect(step([finding('', 'holds')], { corrections: 5n, now: START + DAY_MS })).toEqual(['firing '])
  })
})

describe('repeats', () => {
  const repeatsWithin = (severity: Severity, hours: number): number => {
    const { step } = life()
    let count = 0
    for (let hour = 0; hour <= hours; hour += 1)
      count += step([finding('50', 'holds', { severity })], { now: START + hour * HOUR_MS }).filter((told) =>
        told.startsWith('repeat'),
      ).length
    return count
  }

  test.each([
    ['critical', 24, 6],
    ['critical', 3, 0],
    ['warning', 24, 1],
    ['warning', 23, 0],
    ['info', 240, 0],
  ] as const)('%s is repeated as often as promised within %d hours: %d', (severity, hours, times) => {
    expect(repeatsWithin(severity, hours)).toBe(times)
  })

  test('stop when acknowledged, and wait while snoozed', () => {
    const { step, key } = life()
    const holds = [finding('50', 'holds', { severity: 'critical' })]
    step(holds)
    const snoozed: Answers = { ...NOBODY, snoozed: new Map([[key(), START + 10 * HOUR_MS]]) }
    expect(step(holds, { now: START + 9 * HOUR_MS, answers: snoozed })).toEqual([])
    expect(step(holds, { now: START + 10 * HOUR_MS, answers: snoozed })).toEqual(['repeat 50'])
    const acknowledged: Answers = { ...NOBODY, acknowledged: new Map([[key(), { by: 'ana' }]]) }
    expect(step(holds, { now: START + 90 * HOUR_MS, answers: acknowledged })).toEqual([])
  })

  test('speak for the worst level alone', () => {
    const { step } = life()
    const both = [finding('50', 'holds'), finding('10', 'holds', { severity: 'critical' })]
    step(both)
    expect(step(both, { now: START + 4 * HOUR_MS })).toEqual(['repeat 10'])
    expect(step(both, { now: START + 5 * HOUR_MS })).toEqual([])
  })
})

test('a notice is remembered while it is found, and 8 days after it was told', () => {
  const { step, all } = life({ rule: 'prepayment-received', aboutCredit: false, notice: true })
  const found = [finding('', 'holds', { scope: 'G1' })]
  step(found)
  expect(step(found, { now: START + 500 * DAY_MS })).toEqual([])
  expect(all()).toHaveLength(1)
  step([], { now: START + 500 * DAY_MS })
  expect(all()).toEqual([])
  step(found, { now: START + 600 * DAY_MS })
  step([], { now: START + 607 * DAY_MS })
  expect(all()).toHaveLength(1)
  step([], { now: START + 609 * DAY_MS })
  expect(all()).toEqual([])
})

test('a notice is told once and never resolves', () => {
  const { step } = life({ rule: 'unpriced-model', aboutCredit: false, notice: true })
  expect(step([finding('', 'holds', { scope: 'gemini-x' })])).toEqual(['firing gemini-x'])
  expect(step([finding('', 'holds', { scope: 'gemini-x' })], { now: START + 90 * DAY_MS })).toEqual([])
  expect(step([], { now: START + 91 * DAY_MS })).toEqual([])
})

describe('planning', () => {
  const opened = nextEpisodes({
    account: '01D4EE-079462-DFD6EC' as AccountId,
    standing: standing(),
    judged: [
      {
        rule: 'credit-low',
        aboutCredit: true,
        notice: false,
        findings: [finding('10', 'holds', { severity: 'critical' })],
      },
    ],
    episodes: [],
    answers: NOBODY,
    now: START,
  }).transitions
  const recipients = { mail: ['a@example.com', 'b@example.com'], chat: [''] }
  const plan = (routes: Parameters<typeof planDeliveries>[0]['routes']) =>
    planDeliveries({ standing: standing(), transitions: opened, routes, recipients }).map(
      ({ channel, recipient }) => `${channel}:${recipient}`,
    )

  test('every matching route adds its channels once, one delivery per recipient', () => {
    expect(
      plan([
        { when: {}, to: ['mail', 'chat'] },
        { when: { severity: ['critical'] }, to: ['chat'] },
      ]),
    ).toEqual(['mail:a@example.com', 'mail:b@example.com', 'chat:'])
  })

  test('severity, rule and account must all match', () => {
    expect(plan([{ when: { severity: ['info', 'warning'] }, to: ['chat'] }])).toEqual([])
    expect(
      plan([{ when: { rule: ['credit-low'], account: ['01D4EE-079462-DFD6EC' as AccountId] }, to: ['chat'] }]),
    ).toEqual(['chat:'])
    expect(
      plan([{ when: { rule: ['credit-low'], account: ['AAAAAA-079462-DFD6EC' as AccountId] }, to: ['chat'] }]),
    ).toEqual([])
  })

  test('the same transition planned twice has the same ids', () => {
    const ids = () =>
      planDeliveries({
        standing: standing(),
        transitions: opened,
        routes: [{ when: {}, to: ['mail'] }],
        recipients,
      }).map(({ id }) => id)
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(2)
  })
})

test('reminders are kept back while a worse alert says the same, news never', () => {
  const run = (quietedBy: readonly string[]): readonly string[] => {
    const worse = {
      key: 'k' as Episode['key'],
      rule: 'credit-exhausted',
      scope: '',
      level: '',
      severity: 'critical',
      status: 'firing',
      title: 't',
      openedAt: START,
      sentAt: START,
      repeats: 0,
      grantsAtOpen: 1,
      grantsSeen: 1,
      correctionsAtOpen: '0',
    } as const
    const low = { ...worse, key: 'l' as Episode['key'], rule: 'credit-low', level: '10' } as const
    const result = nextEpisodes({
      account: '01D4EE-079462-DFD6EC' as AccountId,
      standing: standing({ grantsStarted: 1 }),
      judged: [
        {
          rule: 'credit-low',
          aboutCredit: true,
          notice: false,
          quietedBy,
          findings: [finding('10', 'holds', { severity: 'critical' })],
        },
      ],
      episodes: [worse, low],
      answers: NOBODY,
      now: START + 5 * HOUR_MS,
    })
    return result.transitions.map(({ step }) => step)
  }
  expect(run(['credit-exhausted'])).toEqual([])
  expect(run(['prepayment-required'])).toEqual(['repeat'])
})
