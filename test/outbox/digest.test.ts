import { describe, expect, test } from 'vitest'
import type { Delivery, Episode, Severity, Transition } from '../../functions/domain/alerts.ts'
import type { Digest } from '../../functions/domain/digests.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { DAY_MS, formatInstant, HOUR_MS, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { nextDigests } from '../../functions/outbox/digest.ts'
import type { PlanRoute } from '../../functions/outbox/route.ts'
import { chatText } from '../../functions/report/chat-text.ts'
import { renderMail } from '../../functions/report/mail.ts'
import { episode } from '../support/episode.ts'
import { standing } from '../support/standing.ts'

/** A Monday. */
const START = instant('2026-11-23T10:00:00Z')
const DAILY: PlanRoute = { when: {}, to: ['mail'], digest: { every: 'daily', atMinute: 9 * 60 } }
const WEEKLY: PlanRoute = { when: {}, to: ['mail'], digest: { every: 'weekly', on: 'wed', atMinute: 9 * 60 } }

const told = (
  key: string,
  at: number,
  over: Partial<Episode> = {},
  step: Transition['step'] = 'firing',
): Transition => {
  const title = `Alert ${key}`
  return {
    at,
    step,
    episode: episode({ key: key as AlertKey, title, openedAt: at, ...over }),
    tell: true,
    words: { title, summary: 's', figure: '1', arithmetic: [], next: [] },
  }
}

/** An account's digests over time under these routes. */
const life = (routes: readonly PlanRoute[], timeZone = 'UTC') => {
  let digests: readonly Digest[] = []
  const at = (now: number, ...transitions: readonly Transition[]): readonly Delivery[] => {
    const recipients = { mail: ['ana@example.com', 'ben@example.com'], chat: [''] }
    const account = standing({ account: { timeZone } })
    const next = nextDigests({ standing: account, digests, transitions, routes, recipients, now })
    digests = next.digests
    return next.deliveries
  }
  /** Every five minutes: when the first digest came, and what it is. */
  const first = (
    from: number,
    until: number,
  ): { readonly at: string; readonly sent: readonly Delivery[] } | undefined => {
    for (let now = from; now <= until; now += 5 * MINUTE_MS) {
      const sent = at(now)
      if (sent.length > 0) return { at: formatInstant(now), sent }
    }
    return undefined
  }
  return { at, first, all: () => digests }
}

describe('a digest comes at its hour', () => {
  test.each([
    ['daily, in UTC', DAILY, 'UTC', START, '2026-11-24T09:00:00Z'],
    ['daily, of what came before that hour', DAILY, 'UTC', instant('2026-11-23T08:30:00Z'), '2026-11-23T09:00:00Z'],
    ['daily, of what came at that hour', DAILY, 'UTC', instant('2026-11-23T09:00:00Z'), '2026-11-24T09:00:00Z'],
    ['daily, in Berlin', DAILY, 'Europe/Berlin', START, '2026-11-24T08:00:00Z'],
    ['daily, when summer time begins', DAILY, 'Europe/Berlin', instant('2026-03-28T12:00:00Z'), '2026-03-29T07:00:00Z'],
    ['daily, when it ends', DAILY, 'America/New_York', instant('2026-10-31T20:00:00Z'), '2026-11-01T14:00:00Z'],
    ['weekly', WEEKLY, 'UTC', START, '2026-11-25T09:00:00Z'],
    ['weekly, of what came after it', WEEKLY, 'UTC', instant('2026-11-25T09:30:00Z'), '2026-12-02T09:00:00Z'],
  ] as const)('%s', (_, route, zone, from, expected) => {
    const { at, first } = life([route], zone)
    at(from, told('a', from))
    expect(first(from, from + 8 * DAY_MS)?.at).toBe(expected)
  })

  test('once, to each recipient, and then nothing until something new', () => {
    const { at, first, all } = life([DAILY])
    at(START, told('a', START))
    expect(first(START, START + DAY_MS)?.sent.map(({ recipient }) => recipient)).toEqual([
      'ana@example.com',
      'ben@example.com',
    ])
    expect(all()).toEqual([])
    expect(first(START + DAY_MS, START + 3 * DAY_MS)).toBeUndefined()
  })

  test('late where nobody looked in time, and what comes at that moment goes into the next', () => {
    const { at, all } = life([DAILY])
    at(START, told('a', START))
    const late = START + 3 * DAY_MS
    const sent = at(late, told('b', late))
    expect(sent[0]?.message.words.arithmetic).toEqual(['2026-11-23 10:00 UTC, warning: Alert a'])
    expect(all()[0]?.lines.map(({ alertKey }) => alertKey)).toEqual(['b'])
  })

  test('with one id for its instant, however often and late it is planned', () => {
    const ids = (late: number) => {
      const { at } = life([DAILY])
      at(START, told('a', START))
      return at(START + DAY_MS + late).map(({ id }) => id)
    }
    expect(ids(0)).toEqual(ids(5 * HOUR_MS))
    const { at, first } = life([DAILY])
    at(START, told('a', START))
    const one = first(START, START + DAY_MS)?.sent[0]?.id
    at(START + DAY_MS, told('b', START + DAY_MS))
    expect(first(START + DAY_MS, START + 2 * DAY_MS)?.sent[0]?.id).not.toBe(one)
  })
})

describe('a digest holds', () => {
  test('an alert that is over as one line with its beginning', () => {
    const { at, first } = life([DAILY])
    at(START, told('a', START), told('b', START, { severity: 'info' }))
    const ended = START + 3 * HOUR_MS
    at(ended, told('a', ended, { openedAt: START, status: 'resolved' }, 'resolved'))
    const message = first(ended, START + DAY_MS)?.sent[0]?.message
    expect(message?.words.arithmetic).toEqual([
      '2026-11-23 10:00 UTC, warning: Alert a, over after 3 h',
      '2026-11-23 10:00 UTC, info: Alert b',
    ])
    expect(message?.words.title).toBe('Daily digest of Production: 2 alerts, 1 of them over again')
    expect(message).toMatchObject({ rule: 'digest', step: 'digest', severity: 'warning', openedAt: START })
  })

  test('an end whose beginning an earlier digest told', () => {
    const { at, first } = life([DAILY])
    at(START, told('a', START))
    first(START, START + DAY_MS)
    const ended = START + 26 * HOUR_MS
    at(ended, told('a', ended, { openedAt: START, status: 'resolved' }, 'resolved'))
    expect(first(ended, ended + DAY_MS)?.sent[0]?.message.words.arithmetic).toEqual([
      '2026-11-23 10:00 UTC, warning: Alert a, over after 26 h',
    ])
  })

  test('neither critical alerts, nor reminders, nor what another message speaks for, nor that deliveries fail', () => {
    const { at, all } = life([DAILY])
    at(
      START,
      told('a', START, { severity: 'critical' }),
      told('b', START, {}, 'repeat'),
      told('c', START, {}, 'escalation'),
      { ...told('d', START), tell: false },
      told('e', START, { rule: 'delivery-failed' }),
    )
    expect(all()).toEqual([])
  })

  test('nothing that the channel was told at once', () => {
    const { at, all } = life([DAILY, { when: { rule: ['credit-low'] }, to: ['mail'] }])
    at(START, told('a', START), told('b', START, { rule: 'burn-spike' }))
    expect(all().flatMap(({ lines }) => lines.map(({ alertKey }) => alertKey))).toEqual(['b'])
  })

  test('each alert once, though several routes name the channel at one hour; other hours and channels apart', () => {
    const { at, all } = life([
      DAILY,
      { ...DAILY, when: { severity: ['warning'] }, to: ['mail', 'chat'] },
      { ...DAILY, digest: { every: 'daily', atMinute: 17 * 60 } },
      WEEKLY,
    ])
    at(START, told('a', START))
    expect(all().map(({ channel, schedule, lines }) => `${channel} ${schedule} ${lines.length}`)).toEqual([
      'mail daily 09:00 1',
      'chat daily 09:00 1',
      'mail daily 17:00 1',
      'mail weekly wed 09:00 1',
    ])
  })

  test('a counted rest where there are more alerts than lines, and then still fits every medium', () => {
    const { at, first, all } = life([DAILY])
    const long = 'x'.repeat(200)
    for (let n = 0; n < 500; n += 1)
      at(START + n, { ...told(`k${n}`, START + n), words: { ...told('', 0).words, title: long } })
    expect(all()[0]?.lines).toHaveLength(20)
    const message = first(START, START + DAY_MS)?.sent[0]?.message
    if (!message) throw new Error('a digest')
    expect(message.words.title).toBe('Daily digest of Production: 500 alerts')
    expect(message.words.arithmetic).toHaveLength(21)
    expect(message.words.arithmetic.at(-1)).toBe('and 480 more: npx drawdown alerts list --all')
    const { parts, footer } = chatText(message)
    expect(parts[0]?.heading).toBe('What happened')
    expect(parts[0]?.lines).toHaveLength(21)
    expect(parts[0]?.lines.join('\n').length).toBeLessThan(3_000)
    expect(footer).not.toContain('ack')
    expect(renderMail(message).text).toContain('WHAT HAPPENED')
  })
})

test('without a route that digests there is nothing to remember', () => {
  const { at, all } = life([{ when: {}, to: ['mail'] }])
  at(START, told('a', START))
  expect(all()).toEqual([])
})

test('a channel that is gone when the digest is due is told to nobody', () => {
  const { at, first } = life([{ ...DAILY, to: ['gone'] }])
  at(START, told('a', START))
  expect(first(START, START + 2 * DAY_MS)).toBeUndefined()
})

test.each(['info', 'warning'] as readonly Severity[])('a digest of %s is no worse than that', (severity) => {
  const { at, first } = life([DAILY])
  at(START, told('a', START, { severity }))
  expect(first(START, START + DAY_MS)?.sent[0]?.message.severity).toBe(severity)
})
