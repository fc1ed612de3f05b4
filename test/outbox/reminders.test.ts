import { describe, expect, test } from 'vitest'
import type { Episode, Finding, Severity } from '../../functions/domain/alerts.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import { HOUR_MS, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { type Answers, nextEpisodes } from '../../functions/outbox/episodes.ts'
import type { PlanRoute } from '../../functions/outbox/route.ts'
import { standing } from '../support/standing.ts'

const START = instant('2026-11-23T10:00:00Z')
const NOBODY: Answers = { acknowledged: new Map(), snoozed: new Map() }

const holds = (severity: Severity, level = '50'): Finding => ({
  scope: '',
  level,
  severity,
  rank: -Number(level),
  state: 'holds',
  words: { title: `level ${level}`, summary: 's', figure: '1', arithmetic: [], next: [] },
})

/** One rule's life under these routes; each step says what was told, and on which channels. */
const life = (routes: readonly PlanRoute[], rule = 'credit-low') => {
  let episodes: readonly Episode[] = []
  const at = (minutes: number, findings: readonly Finding[], answers = NOBODY): readonly string[] => {
    const result = nextEpisodes({
      account: '01D4EE-079462-DFD6EC' as AccountId,
      standing: standing(),
      judged: [{ rule, aboutCredit: false, notice: false, findings }],
      episodes,
      answers,
      now: START + minutes * MINUTE_MS,
      routes,
    })
    episodes = result.episodes
    return result.transitions.map(
      ({ step, to, episode }) => `${step} ${episode.level}${to ? ` to ${to.join(' ')}` : ''}`,
    )
  }
  /** Every five minutes, as the schedule does; what was told, with the minute. */
  const through = (from: number, until: number, findings: readonly Finding[], answers = NOBODY): readonly string[] => {
    const told: string[] = []
    for (let minute = from; minute <= until; minute += 5)
      told.push(...at(minute, findings, answers).map((what) => `${minute}: ${what}`))
    return told
  }
  return { at, through, all: () => episodes, key: () => episodes.find(({ status }) => status === 'firing')?.key ?? '' }
}

const minutes = (told: readonly string[], channel: string): readonly number[] =>
  told.filter((line) => line.includes(channel)).map((line) => Number.parseInt(line, 10))

describe('repeats', () => {
  test('each route keeps its own interval, though the episode is one', () => {
    const { at, through } = life([
      { when: {}, to: ['fast'], repeatMs: 2 * HOUR_MS },
      { when: {}, to: ['slow'], repeatMs: 5 * HOUR_MS },
      { when: {}, to: ['usual'] },
    ])
    at(0, [holds('warning')])
    const told = through(5, 26 * 60, [holds('warning')])
    expect(minutes(told, 'fast')).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26].map((hour) => hour * 60))
    expect(minutes(told, 'slow')).toEqual([5, 10, 15, 20, 25].map((hour) => hour * 60))
    expect(minutes(told, 'usual')).toEqual([24 * 60])
  })

  test('a channel of two routes is told by the shorter interval, and once', () => {
    const { at, through } = life([
      { when: {}, to: ['mail', 'chat'], repeatMs: 6 * HOUR_MS },
      { when: { severity: ['critical'] }, to: ['chat'], repeatMs: 3 * HOUR_MS },
    ])
    at(0, [holds('critical')])
    const told = through(5, 12 * 60, [holds('critical')])
    expect(minutes(told, 'chat')).toEqual([180, 360, 540, 720])
    expect(minutes(told, 'mail')).toEqual([360, 720])
  })

  test('without an interval of its own a route repeats as the severity has it, and info never', () => {
    const repeats = (severity: Severity): readonly number[] => {
      const { at, through } = life([{ when: {}, to: ['mail'] }])
      at(0, [holds(severity)])
      return minutes(through(5, 24 * 60, [holds(severity)]), 'mail')
    }
    expect(repeats('critical')).toEqual([240, 480, 720, 960, 1_200, 1_440])
    expect(repeats('warning')).toEqual([1_440])
    expect(repeats('info')).toEqual([])
  })

  test('each repeat has a number of its own', () => {
    const { at, through, all } = life([
      { when: {}, to: ['a'], repeatMs: HOUR_MS },
      { when: {}, to: ['b'], repeatMs: 90 * MINUTE_MS },
    ])
    at(0, [holds('warning')])
    expect(through(5, 180, [holds('warning')])).toEqual([
      '60: repeat 50 to a',
      '90: repeat 50 to b',
      '120: repeat 50 to a',
      '180: repeat 50 to a b',
    ])
    expect(all()[0]?.repeats).toBe(4)
  })

  test('stop when acknowledged; after a snooze every interval that has passed is made up once', () => {
    const { at, through, key } = life([{ when: {}, to: ['mail'], repeatMs: HOUR_MS }])
    at(0, [holds('warning')])
    const snoozed: Answers = { ...NOBODY, snoozed: new Map([[key(), START + 190 * MINUTE_MS]]) }
    expect(through(5, 300, [holds('warning')], snoozed)).toEqual(['190: repeat 50 to mail', '250: repeat 50 to mail'])
    const acknowledged: Answers = { ...NOBODY, acknowledged: new Map([[key(), { by: 'ana' }]]) }
    expect(through(305, 900, [holds('warning')], acknowledged)).toEqual([])
  })

  test('in quiet hours a route is not told again, and what opened in them counts from their end', () => {
    const quiet = { fromMinute: 12 * 60, toMinute: 20 * 60 }
    const { at, through } = life([
      { when: {}, to: ['sleeper'], repeatMs: HOUR_MS, quiet },
      { when: {}, to: ['awake'], repeatMs: 3 * HOUR_MS },
    ])
    // Opened at 10:00; quiet from minute 120 to minute 600.
    at(0, [holds('warning')])
    const told = through(5, 720, [holds('warning')])
    expect(minutes(told, 'sleeper')).toEqual([60, 600, 660, 720])
    expect(minutes(told, 'awake')).toEqual([180, 360, 540, 720])
    const night = life([{ when: {}, to: ['sleeper'], repeatMs: HOUR_MS, quiet }])
    night.at(180, [holds('warning')])
    expect(minutes(night.through(185, 720, [holds('warning')]), 'sleeper')).toEqual([660, 720])
  })

  test('critical is told again in quiet hours too', () => {
    const { at, through } = life([
      { when: {}, to: ['mail'], repeatMs: HOUR_MS, quiet: { fromMinute: 0, toMinute: 23 * 60 } },
    ])
    at(0, [holds('critical')])
    expect(minutes(through(5, 120, [holds('critical')]), 'mail')).toEqual([60, 120])
  })

  test('a digest repeats nothing to its channels, unless it is critical', () => {
    const routes: readonly PlanRoute[] = [
      { when: {}, to: ['mail'], repeatMs: HOUR_MS, digest: { every: 'daily', atMinute: 540 } },
    ]
    const told = (severity: Severity): readonly string[] => {
      const { at, through } = life(routes)
      at(0, [holds(severity)])
      return through(5, 60, [holds(severity)])
    }
    expect(told('warning')).toEqual([])
    expect(told('critical')).toEqual(['60: repeat 50 to mail'])
  })
})

describe('escalation', () => {
  const routes: readonly PlanRoute[] = [{ when: {}, to: ['mail'], escalate: { afterMs: 30 * MINUTE_MS, to: ['boss'] } }]

  test('comes once, when nobody has answered for that long', () => {
    const { at, through, all } = life(routes)
    at(0, [holds('critical')])
    expect(through(5, 200, [holds('critical')])).toEqual(['30: escalation 50 to boss'])
    expect(all()[0]).toMatchObject({ escalatedTo: ['boss'], repeats: 0, sentAt: START })
  })

  test('comes again when the alert opens again', () => {
    const { at, through } = life(routes)
    at(0, [holds('critical')])
    through(5, 60, [holds('critical')])
    at(65, [])
    expect(at(70, [holds('critical')])).toEqual(['firing 50'])
    expect(through(75, 200, [holds('critical')])).toEqual(['100: escalation 50 to boss'])
  })

  test('does not come where somebody acknowledged, where it is over, or before a snooze has ended', () => {
    const { at, through, key } = life(routes)
    at(0, [holds('critical')])
    const acknowledged: Answers = { ...NOBODY, acknowledged: new Map([[key(), { by: 'ana' }]]) }
    expect(through(5, 200, [holds('critical')], acknowledged)).toEqual([])
    const other = life(routes)
    other.at(0, [holds('critical')])
    const snoozed: Answers = { ...NOBODY, snoozed: new Map([[other.key(), START + 100 * MINUTE_MS]]) }
    expect(other.through(5, 200, [holds('critical')], snoozed)).toEqual(['130: escalation 50 to boss'])
    const over = life(routes)
    over.at(0, [holds('critical')])
    over.at(25, [])
    expect(over.through(30, 100, [])).toEqual([])
  })

  test('goes on to others after longer', () => {
    const { at, through } = life([
      ...routes,
      { when: { severity: ['critical'] }, to: ['mail'], escalate: { afterMs: 2 * HOUR_MS, to: ['boss', 'owner'] } },
    ])
    at(0, [holds('critical')])
    expect(through(5, 200, [holds('critical')])).toEqual(['30: escalation 50 to boss', '120: escalation 50 to owner'])
  })

  test('speaks for the worst level; a lower one that is left over is not handed on later', () => {
    const { at, through } = life(routes)
    const both = [holds('warning', '50'), holds('critical', '10')]
    at(0, both)
    expect(through(5, 60, both)).toEqual(['30: escalation 10 to boss'])
    expect(at(65, [holds('warning', '50')])).toEqual(['resolved 10'])
    expect(through(70, 300, [holds('warning', '50')])).toEqual([])
  })

  test('of what quiet hours hold it counts from their end', () => {
    const quiet = { fromMinute: 9 * 60, toMinute: 12 * 60 }
    const { at, through } = life([{ ...routes[0], when: {}, to: ['mail'], quiet }])
    at(0, [holds('warning')])
    expect(through(5, 300, [holds('warning')])).toEqual(['150: escalation 50 to boss'])
  })

  test('a reminder that falls due with it follows at the next evaluation', () => {
    const { at, through } = life([
      { when: {}, to: ['mail'], repeatMs: HOUR_MS, escalate: { afterMs: HOUR_MS, to: ['boss'] } },
    ])
    at(0, [holds('critical')])
    expect(through(5, 70, [holds('critical')])).toEqual(['60: escalation 50 to boss', '65: repeat 50 to mail'])
  })

  test('is for routes that carry the alert alone', () => {
    const { at, through } = life([{ ...routes[0], when: { severity: ['critical'] }, to: ['mail'] }])
    at(0, [holds('warning')])
    expect(through(5, 200, [holds('warning')])).toEqual([])
  })
})
