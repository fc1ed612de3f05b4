import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LookedUpBody } from '../../functions/domain/facts.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import type { BillingStanding } from '../../functions/domain/standing.ts'
import { type Instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { ACCOUNT, fact, settings, T0 } from '../support/facts.ts'

const OTHER = '0A0A0A-0B0B0B-0C0C0C' as AccountId
const at = (minutes: number): Instant => T0 + minutes * MINUTE_MS

const link = (minutes: number, linkedTo: AccountId | undefined, projectId = 'my-app'): LookedUpBody => ({
  kind: 'billing-link',
  projectId,
  ...(linkedTo === undefined ? {} : { linkedTo }),
  billingEnabled: linkedTo !== undefined,
  at: at(minutes),
})
const open = (minutes: number, isOpen: boolean): LookedUpBody => ({
  kind: 'account-open',
  open: isOpen,
  at: at(minutes),
})
const refused = (minutes: number, about: `projects/${string}` = 'projects/my-app'): LookedUpBody => ({
  kind: 'look-up-refused',
  about,
  why: 'denied',
  at: at(minutes),
})

const billingOf = (bodies: readonly LookedUpBody[], now: Instant, projects = ['my-app']): BillingStanding => {
  const book = new Book(settings({ projects }))
  for (const body of bodies) book.add(fact(body, body.at, [JSON.stringify(body)]))
  return standingOf(book, now).billing
}

test('without a look-up nothing is known, good or bad', () => {
  expect(billingOf([], at(60))).toEqual({ links: [], refused: [] })
})

describe('the latest answer by its own time stands', () => {
  test('since the first of the answers that agree with it', () => {
    const bodies = [link(0, ACCOUNT), link(15, undefined), link(20, undefined), link(30, ACCOUNT), link(45, ACCOUNT)]
    expect(billingOf(bodies, at(10)).links).toMatchObject([{ linkedTo: ACCOUNT, since: at(0) }])
    expect(billingOf(bodies, at(25)).links).toEqual([{ projectId: 'my-app', billingEnabled: false, since: at(15) }])
    expect(billingOf(bodies, at(60)).links).toEqual([
      { projectId: 'my-app', linkedTo: ACCOUNT, billingEnabled: true, since: at(30) },
    ])
  })

  test('an account that was closed and reopened is open', () => {
    const bodies = [open(30, true), open(15, false), open(0, true)]
    expect(billingOf(bodies, at(20)).open).toEqual({ open: false, since: at(15) })
    expect(billingOf(bodies, at(40)).open).toEqual({ open: true, since: at(30) })
  })

  test('each project for itself, in the configuration’s order; projects that are not listed are left out', () => {
    const bodies = [link(0, ACCOUNT, 'gone'), link(0, OTHER, 'b'), link(5, ACCOUNT, 'a')]
    const { links } = billingOf(bodies, at(10), ['a', 'b', 'c'])
    expect(links.map(({ projectId, linkedTo }) => [projectId, linkedTo])).toEqual([
      ['a', ACCOUNT],
      ['b', OTHER],
    ])
  })
})

describe('a refusal', () => {
  test('stands until a later answer about the same subject, and leaves what was seen before as it was', () => {
    const bodies = [link(0, ACCOUNT), refused(15), refused(30), link(45, ACCOUNT)]
    const blind = billingOf(bodies, at(40))
    expect(blind.refused).toEqual([{ about: 'projects/my-app', why: 'denied', since: at(15) }])
    expect(blind.links).toMatchObject([{ linkedTo: ACCOUNT, since: at(0) }])
    expect(billingOf(bodies, at(45)).refused).toEqual([])
  })

  test('begins anew after an answer', () => {
    const bodies = [refused(0), link(15, ACCOUNT), refused(30)]
    expect(billingOf(bodies, at(60)).refused).toMatchObject([{ since: at(30) }])
  })

  test('of a project is not ended by another project or the account', () => {
    const bodies = [refused(0), link(15, ACCOUNT, 'other'), open(15, true)]
    expect(billingOf(bodies, at(60), ['my-app', 'other']).refused).toHaveLength(1)
  })

  test('of a project that is no longer listed is forgotten', () => {
    expect(billingOf([refused(0)], at(60), ['other']).refused).toEqual([])
  })
})

test('any order of arrival, any repetition: the same standing, whose links are the ones of the greatest time', () => {
  const minutes = fc.integer({ min: 0, max: 500 })
  const links = fc.uniqueArray(fc.tuple(minutes, fc.constantFrom(ACCOUNT, OTHER, undefined)), {
    maxLength: 12,
    selector: ([minute]) => minute,
  })
  const opens = fc.uniqueArray(fc.tuple(minutes, fc.boolean()), { maxLength: 6, selector: ([minute]) => minute })
  const arrivals = fc
    .tuple(links, opens, fc.array(minutes, { maxLength: 5 }))
    .map(([some, states, refusals]) => [
      ...some.map(([minute, to]) => link(minute, to)),
      ...states.map(([minute, isOpen]) => open(minute, isOpen)),
      ...refusals.map((minute) => refused(minute)),
    ])
    .chain((bodies) =>
      fc.tuple(fc.constant(bodies), fc.shuffledSubarray([...bodies, ...bodies], { minLength: bodies.length * 2 })),
    )
  fc.assert(
    fc.property(arrivals, minutes, ([bodies, shuffled], now) => {
      const expected = billingOf(bodies, at(now))
      expect(billingOf(shuffled, at(now))).toEqual(expected)
      let latest: LookedUpBody | undefined
      for (const body of bodies)
        if (body.kind === 'billing-link' && body.at <= at(now) && (!latest || body.at > latest.at)) latest = body
      expect(expected.links[0]?.linkedTo).toBe(latest?.kind === 'billing-link' ? latest.linkedTo : undefined)
      expect(expected.links).toHaveLength(latest ? 1 : 0)
    }),
  )
})

test('no operator can bring what only Google tells of links', async () => {
  const { openTestApp } = await import('../support/app.ts')
  const app = openTestApp()
  for (const kind of ['billing-link', 'account-open', 'look-up-refused']) {
    const result = await app.fact(kind, {
      projectId: 'my-app',
      billingEnabled: false,
      open: false,
      at: '2026-11-01T07:00:00Z',
    })
    expect(result).toMatchObject({ kind: 'quarantined', reason: 'KIND' })
  }
  expect((await app.desk.view(ACCOUNT)).standing.billing).toEqual({ links: [], refused: [] })
})
