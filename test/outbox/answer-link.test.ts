/** Links that answer an alert: signed to the last character, good for one answer to one alert, and for a week. */

import { describe, expect, test } from 'vitest'
import type { Transition } from '../../functions/domain/alerts.ts'
import type { AccountId, AlertKey } from '../../functions/domain/keys.ts'
import { instant } from '../../functions/domain/time.ts'
import { openAnswerLinks } from '../../functions/outbox/answer-link.ts'
import { planDeliveries } from '../../functions/outbox/plan.ts'
import { episode } from '../support/episode.ts'
import { standing } from '../support/standing.ts'

const SECRET = 'first-secret-of-thirty-two-chars-or-more'
const OTHER = 'other-secret-of-thirty-two-chars-or-more'
const ABOUT = { account: '01D4EE-079462-DFD6EC' as AccountId, alertKey: '3f9a61c2d07be4581a6c' as AlertKey }
const AT = instant('2026-11-23T10:00:00Z')
/** Computed with Python's `hmac`, so that the code is not its own witness. */
const ACKNOWLEDGE = '1.01D4EE-079462-DFD6EC.3f9a61c2d07be4581a6c.1796032800.U3AEwyXY89JuBfR_VcBlWBAe_lqCstkUSzz0FN1U42g'
const SNOOZE = '1.01D4EE-079462-DFD6EC.3f9a61c2d07be4581a6c.1796032800.XdO8E7O5B526b7jToA9hpm5i-62JEGMGHKh5ZpVxGh4'

const links = openAnswerLinks('https://status.example.com', [SECRET])

test('a link is the address, what it does, and a signed token without any name', () => {
  expect(links.make(ABOUT, AT)).toEqual({
    acknowledge: `https://status.example.com/acknowledge?t=${ACKNOWLEDGE}`,
    snooze: `https://status.example.com/snooze?t=${SNOOZE}`,
  })
})

test('a token is good for its own answer until a week has passed, to the second', () => {
  const good = { kind: 'good', ...ABOUT }
  const end = instant('2026-11-30T10:00:00Z')
  expect(links.read('acknowledge', ACKNOWLEDGE, AT)).toEqual(good)
  expect(links.read('snooze', SNOOZE, end - 1)).toEqual(good)
  expect(links.read('snooze', SNOOZE, end)).toEqual({ kind: 'expired', at: end })
  expect(links.read('snooze', ACKNOWLEDGE, AT)).toEqual({ kind: 'forged' })
  expect(links.read('acknowledge', SNOOZE, AT)).toEqual({ kind: 'forged' })
})

describe('nothing of a token can be altered', () => {
  test.each([
    ['version', '2'],
    ['account', '01D4EE-079462-DFD6ED'],
    ['alert', '3f9a61c2d07be4581a6d'],
    ['expiry', '1896032800'],
    ['signature', 'A'.repeat(43)],
  ])('not its %s', (field, value) => {
    const parts = ACKNOWLEDGE.split('.')
    const at = ['version', 'account', 'alert', 'expiry', 'signature'].indexOf(field)
    const forged = parts.map((part, index) => (index === at ? value : part)).join('.')
    expect(links.read('acknowledge', forged, AT)).toEqual({ kind: 'forged' })
  })

  test('not one character of it, nor its length: also where a base64url text would decode alike', () => {
    for (let at = 0; at < ACKNOWLEDGE.length; at += 1)
      for (const char of 'Ahg9-_.') {
        if (char === ACKNOWLEDGE[at]) continue
        const forged = ACKNOWLEDGE.slice(0, at) + char + ACKNOWLEDGE.slice(at + 1)
        expect(links.read('acknowledge', forged, AT).kind).toBe('forged')
      }
    for (const forged of [
      '',
      ACKNOWLEDGE.slice(0, -1),
      `${ACKNOWLEDGE}A`,
      `${ACKNOWLEDGE}\n`,
      ` ${ACKNOWLEDGE}`,
      '1....',
    ])
      expect(links.read('acknowledge', forged, AT).kind).toBe('forged')
  })
})

test('the first secret signs, all of them verify, and one that is gone verifies no more', () => {
  const token = (url: string): string => url.split('?t=')[1] ?? ''
  const rotated = openAnswerLinks('https://status.example.com', [OTHER, SECRET])
  const renewed = openAnswerLinks('https://status.example.com', [OTHER])
  expect(rotated.read('acknowledge', ACKNOWLEDGE, AT).kind).toBe('good')
  expect(renewed.read('acknowledge', ACKNOWLEDGE, AT).kind).toBe('forged')
  expect(renewed.read('acknowledge', token(rotated.make(ABOUT, AT).acknowledge), AT).kind).toBe('good')
  expect(links.read('acknowledge', token(rotated.make(ABOUT, AT).acknowledge), AT).kind).toBe('forged')
})

describe('messages carry links', () => {
  const transition = (over: Partial<Transition>, of: Parameters<typeof episode>[0] = {}): Transition => ({
    at: AT,
    step: 'firing',
    episode: episode({ key: ABOUT.alertKey, ...of }),
    tell: true,
    words: { title: 't', summary: 's', figure: 'f', arithmetic: [], next: [] },
    ...over,
  })
  const linksOf = (told: Transition, make: typeof links.make | undefined = links.make) =>
    planDeliveries({
      standing: standing(),
      transitions: [told],
      routes: [{ when: {}, to: ['mail'] }],
      recipients: { mail: ['a@example.com'] },
      links: make,
    })[0]?.message.links

  test('where the alert is open and repeated', () => {
    expect(linksOf(transition({}))?.acknowledge).toContain(ACKNOWLEDGE)
    expect(linksOf(transition({ step: 'repeat' }))?.snooze).toContain(SNOOZE)
  })

  test('and none where nothing is to be answered, or where none are configured', () => {
    expect(linksOf(transition({ step: 'resolved' }, { status: 'resolved' }))).toBeUndefined()
    expect(linksOf(transition({}, { status: 'told' }))).toBeUndefined()
    expect(linksOf(transition({}, { severity: 'info' }))).toBeUndefined()
    expect(
      planDeliveries({
        standing: standing(),
        transitions: [transition({})],
        routes: [{ when: {}, to: ['mail'] }],
        recipients: { mail: ['a@example.com'] },
      })[0]?.message,
    ).not.toHaveProperty('links')
  })
})
