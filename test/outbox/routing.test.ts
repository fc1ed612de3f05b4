import { describe, expect, test } from 'vitest'
import type { Delivery, Episode, Transition } from '../../functions/domain/alerts.ts'
import type { AccountId, AlertKey } from '../../functions/domain/keys.ts'
import { formatInstant, instant } from '../../functions/domain/time.ts'
import { planDeliveries } from '../../functions/outbox/plan.ts'
import type { PlanRoute } from '../../functions/outbox/route.ts'
import { episode } from '../support/episode.ts'
import { standing } from '../support/standing.ts'

const NIGHT = instant('2026-11-24T03:00:00Z')
const RECIPIENTS = { mail: ['ana@example.com'], chat: [''], pager: [''] }
const QUIET = { fromMinute: 22 * 60, toMinute: 7 * 60 }

const transition = (over: Partial<Episode> = {}, more: Partial<Transition> = {}): Transition => ({
  at: NIGHT,
  step: 'firing',
  episode: episode({ openedAt: NIGHT, ...over }),
  tell: true,
  words: { title: 't', summary: 's', figure: '1', arithmetic: [], next: [] },
  ...more,
})

const plan = (
  routes: readonly PlanRoute[],
  told: Transition | readonly Transition[],
  failing: readonly string[] = [],
): readonly Delivery[] =>
  planDeliveries({ standing: standing(), transitions: [told].flat(), routes, recipients: RECIPIENTS, failing })
const channels = (...args: Parameters<typeof plan>): readonly string[] => plan(...args).map(({ channel }) => channel)

describe('a route for projects', () => {
  const route: readonly PlanRoute[] = [{ when: { project: ['my-app'] }, to: ['mail'] }]
  const other: readonly PlanRoute[] = [{ when: { project: ['elsewhere'] }, to: ['mail'] }]

  test('carries what is about the whole account that has one of them', () => {
    expect(channels(route, transition({ scope: '' }))).toEqual(['mail'])
    expect(channels(route, transition({ scope: 'some-budget@2026-11-01T07:00:00Z' }))).toEqual(['mail'])
    expect(channels(other, transition({ scope: '' }))).toEqual([])
  })

  test('carries what is about one project only for that project', () => {
    expect(channels(route, transition({ scope: 'my-app' }))).toEqual(['mail'])
    expect(channels(route, transition({ scope: 'projects/my-app' }))).toEqual(['mail'])
    expect(channels(route, transition({ scope: 'my-batch' }))).toEqual([])
    expect(channels(route, transition({ scope: 'projects/my-batch' }))).toEqual([])
  })

  test('all conditions must hold', () => {
    const both: PlanRoute = { when: { project: ['my-app'], severity: ['critical'] }, to: ['mail'] }
    expect(channels([both], transition({ severity: 'warning' }))).toEqual([])
    expect(channels([both], transition({ severity: 'critical' }))).toEqual(['mail'])
  })
})

describe('in quiet hours', () => {
  const route: PlanRoute = { when: {}, to: ['mail'], quiet: QUIET }

  test('a warning is committed at once and held until they are over; critical is not held', () => {
    const [held] = plan([route], transition({ severity: 'warning' }))
    expect(held).toMatchObject({ createdAt: NIGHT, message: { at: NIGHT } })
    expect(formatInstant(held?.notBefore ?? 0)).toBe('2026-11-24T07:00:00Z')
    expect(plan([route], transition({ severity: 'critical' }))[0]).not.toHaveProperty('notBefore')
  })

  test('a channel that another route may tell is told at once', () => {
    const awake: PlanRoute = { when: { rule: ['credit-low'] }, to: ['mail'] }
    expect(plan([route, awake], transition())[0]).not.toHaveProperty('notBefore')
  })

  test('an end is held with its beginning, falls due behind it, and waits for it', () => {
    const [opened] = plan([route], transition())
    const [ended] = plan([route], transition({ status: 'resolved' }, { step: 'resolved', at: NIGHT + 3_600_000 }))
    expect(ended?.notBefore).toBeGreaterThan(opened?.notBefore ?? Number.POSITIVE_INFINITY)
    expect(ended?.after).toContain(opened?.id)
  })
})

describe('an end', () => {
  test('waits for the latest reminders and the escalation, to the same recipient', () => {
    const route: PlanRoute = { when: {}, to: ['mail', 'chat'] }
    const before = [
      transition(),
      transition({ repeats: 1 }, { step: 'repeat' }),
      transition({ repeats: 5 }, { step: 'repeat' }),
      transition({ repeats: 5, escalatedTo: ['pager'] }, { step: 'escalation', to: ['pager'] }),
    ].map((each) => plan([route], each))
    const ended = plan([route], transition({ repeats: 5, escalatedTo: ['pager'] }, { step: 'resolved' }))
    expect(ended.map(({ channel }) => channel)).toEqual(['mail', 'chat', 'pager'])
    const waitsFor = (channel: string): readonly string[] => ended.find((each) => each.channel === channel)?.after ?? []
    const idOf = (index: number, channel: string): string | undefined =>
      before[index]?.find((each) => each.channel === channel)?.id
    expect(waitsFor('mail')).toContain(idOf(0, 'mail'))
    expect(waitsFor('mail')).not.toContain(idOf(1, 'mail'))
    expect(waitsFor('mail')).toContain(idOf(2, 'mail'))
    expect(waitsFor('mail')).not.toContain(idOf(0, 'chat'))
    expect(waitsFor('pager')).toContain(idOf(3, 'pager'))
  })

  test('nothing else waits', () => {
    expect(plan([{ when: {}, to: ['mail'] }], transition())[0]).not.toHaveProperty('after')
  })
})

describe('a repeat and an escalation', () => {
  const route: PlanRoute = { when: {}, to: ['mail', 'chat'] }

  test('go to the channels they name', () => {
    expect(channels([route], transition({ repeats: 2 }, { step: 'repeat', to: ['chat'] }))).toEqual(['chat'])
    expect(channels([route], transition({ escalatedTo: ['pager'] }, { step: 'escalation', to: ['pager'] }))).toEqual([
      'pager',
    ])
  })

  test('have ids of their own, the same however often they are planned', () => {
    const steps = [
      transition(),
      transition({ repeats: 1 }, { step: 'repeat', to: ['mail'] }),
      transition({ repeats: 2 }, { step: 'repeat', to: ['mail'] }),
      transition({ escalatedTo: ['mail'] }, { step: 'escalation', to: ['mail'] }),
    ]
    const ids = () => plan([{ when: {}, to: ['mail'] }], steps).map(({ id }) => id)
    expect(new Set(ids()).size).toBe(4)
    expect(ids()).toEqual(ids())
  })
})

describe('while channels fail', () => {
  const toChat: PlanRoute = { when: {}, to: ['chat'] }
  const critical = transition({ severity: 'critical' })

  test('a critical alert whose channels all fail is told on every other one as well', () => {
    expect(channels([toChat], critical, ['chat'])).toEqual(['chat', 'mail', 'pager'])
    expect(channels([toChat], critical, ['chat', 'pager'])).toEqual(['chat', 'mail'])
    expect(channels([toChat], critical, ['mail'])).toEqual(['chat'])
    expect(channels([{ when: {}, to: ['chat', 'mail'] }], critical, ['chat'])).toEqual(['chat', 'mail'])
    expect(channels([toChat], critical, ['chat', 'mail', 'pager'])).toEqual(['chat'])
  })

  test('what no route carries is told to nobody, failing or not; what is no critical alert waits', () => {
    expect(channels([], critical, ['chat'])).toEqual([])
    expect(channels([toChat], transition({ severity: 'warning' }), ['chat'])).toEqual(['chat'])
  })

  test('its end goes to whoever was told in the place of a channel that failed, though it works again', () => {
    const ended = transition({ severity: 'critical', without: ['chat'] }, { step: 'resolved' })
    expect(channels([toChat], ended)).toEqual(['chat', 'mail', 'pager'])
  })

  const failed = (over: Partial<Episode> = {}): Transition =>
    transition({ rule: 'delivery-failed', severity: 'warning', ...over })

  test('that deliveries fail is never told where they do; without another channel of its routes it takes any', () => {
    expect(channels([{ when: {}, to: ['mail', 'chat'] }], failed(), ['chat'])).toEqual(['mail'])
    expect(channels([toChat], failed(), ['chat'])).toEqual(['mail', 'pager'])
    expect(channels([], failed(), ['chat'])).toEqual(['mail', 'pager'])
    expect(channels([toChat], failed(), ['chat', 'mail', 'pager'])).toEqual([])
    expect(channels([toChat], failed({ without: ['chat'] }))).toEqual(['mail', 'pager'])
  })

  test('nor does that wait for a digest', () => {
    const digest: PlanRoute = { when: {}, to: ['mail'], digest: { every: 'weekly', on: 'mon', atMinute: 540 } }
    expect(channels([digest], failed(), ['chat'])).toEqual(['mail'])
    expect(channels([digest], transition({ severity: 'warning' }))).toEqual([])
    expect(channels([digest], transition({ severity: 'critical' }))).toEqual(['mail'])
  })
})

test('the account of the route is the account of the alert', () => {
  const route = (id: string): PlanRoute => ({ when: { account: [id as AccountId] }, to: ['mail'] })
  expect(channels([route('01D4EE-079462-DFD6EC')], transition())).toEqual(['mail'])
  expect(channels([route('AAAAAA-079462-DFD6EC')], transition())).toEqual([])
  expect(transition().episode.key).toBe('k1' as AlertKey)
})
