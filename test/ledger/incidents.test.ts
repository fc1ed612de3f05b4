import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact, FactBody } from '../../functions/domain/facts.ts'
import { HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { fact, grant, reading, settings, T0, usage } from '../support/facts.ts'

const at = (hours: number): Instant => T0 + hours * HOUR_MS

type Over = { readonly id?: string; readonly project?: string; readonly toldAt?: number }

const state = (state: 'open' | 'closed', opened: number, closed: number | undefined, over: Over): Fact => {
  const { id = 'i1', project = 'my-app', toldAt = closed ?? opened } = over
  const body: FactBody = {
    kind: 'incident',
    incidentId: id,
    about: 'depletion',
    state,
    openedAt: at(opened),
    ...(closed === undefined ? {} : { closedAt: at(closed) }),
    projectId: project,
    name: '402 seen',
  }
  return fact(body, at(toldAt), [id, state])
}
const opened = (hours: number, over: Over = {}): Fact => state('open', hours, undefined, over)
const closed = (hours: number, until: number, over: Over = {}): Fact => state('closed', hours, until, over)
const failed = (hours: number, projectId = 'my-app'): Fact =>
  usage(`f${hours}${projectId}`, at(hours), { error: 'depleted', projectId })
const paid = (hours: number): Fact => usage(`p${hours}`, at(hours), { costUsd: '0.01' })

const evidenceOf = (facts: readonly Fact[], hours: number, over: Parameters<typeof settings>[0] = {}) => {
  const book = new Book(settings({ projects: ['my-app', 'other'], ...over }))
  for (const each of facts) book.add(each)
  return standingOf(book, at(hours)).evidence.depletion
}

describe('an open incident is evidence of depletion', () => {
  test('from when it opened, told as the failed call it stands for', () => {
    expect(evidenceOf([opened(5)], 4)).toBeUndefined()
    expect(evidenceOf([opened(5)], 6)).toMatchObject({
      at: at(5),
      code: 402,
      projectId: 'my-app',
      message: 'Monitoring incident: 402 seen',
    })
  })

  test('held against the ledger as a failed call is', () => {
    const rich = [grant('P1', '100', at(0)), reading(at(1), '1')]
    const spent = [grant('P1', '100', at(0)), reading(at(1), '99')]
    expect(evidenceOf([...rich, opened(5)], 6)).toMatchObject({ nearZero: false, paidAt: at(0) })
    expect(evidenceOf([...spent, opened(5)], 6)).toMatchObject({ nearZero: true })
  })

  test('until it is closed, or until a paid call is served', () => {
    expect(evidenceOf([opened(5), closed(5, 8)], 7)).toBeDefined()
    expect(evidenceOf([opened(5), closed(5, 8)], 8)).toBeUndefined()
    expect(evidenceOf([opened(5), paid(4)], 9)).toBeDefined()
    expect(evidenceOf([opened(5), paid(6)], 9)).toBeUndefined()
  })

  test('a close that comes before its open closes it all the same', () => {
    expect(evidenceOf([closed(5, 8, { toldAt: 8 }), opened(5, { toldAt: 9 })], 10)).toBeUndefined()
  })

  test('a close without a time counts from when it was told', () => {
    const timeless = state('closed', 5, undefined, { toldAt: 9 })
    expect(evidenceOf([opened(5), timeless], 8)).toBeDefined()
    expect(evidenceOf([opened(5), timeless], 9)).toBeUndefined()
  })

  test('no clock of its own outlasts what comes after it was told', () => {
    expect(evidenceOf([opened(500, { toldAt: 5 })], 6)).toMatchObject({ at: at(5) })
    expect(evidenceOf([opened(500, { toldAt: 5 }), paid(6)], 7)).toBeUndefined()
  })
})

describe('beside failed calls', () => {
  test('the later of the two is shown', () => {
    expect(evidenceOf([failed(4), opened(5)], 9)).toMatchObject({ at: at(5) })
    expect(evidenceOf([failed(6), opened(5)], 9)).toMatchObject({ at: at(6), message: 'no' })
  })

  test('a close ends what its project was told before, and nothing after or elsewhere', () => {
    expect(evidenceOf([failed(6), opened(5), closed(5, 8)], 9)).toBeUndefined()
    expect(evidenceOf([failed(9), opened(5), closed(5, 8)], 9)).toMatchObject({ at: at(9) })
    expect(evidenceOf([failed(6, 'other'), opened(5), closed(5, 8)], 9)).toMatchObject({ projectId: 'other' })
  })

  test('another incident that is still open keeps it standing', () => {
    const facts = [opened(5), closed(5, 8), opened(6, { id: 'i2', project: 'other' })]
    expect(evidenceOf(facts, 9)).toMatchObject({ at: at(6), projectId: 'other' })
  })
})

test('any order of arrival, any repetition: open is what no close has ended, and the latest of it is shown', () => {
  const hours = fc.integer({ min: 0, max: 50 })
  const one = fc.record({ from: hours, lasts: fc.option(fc.integer({ min: 0, max: 40 })), isHeard: fc.boolean() })
  const sets = fc.array(one, { maxLength: 6 }).chain((incidents) => {
    const facts = incidents.flatMap(({ from, lasts, isHeard }, index) => {
      const over = { id: `i${index}`, project: index % 2 === 0 ? 'my-app' : 'other' }
      const open = isHeard || lasts === null ? [opened(from, over)] : []
      return lasts === null ? open : [...open, closed(from, from + lasts, over)]
    })
    const doubled = [...facts, ...facts]
    return fc.tuple(fc.constant(incidents), fc.shuffledSubarray(doubled, { minLength: doubled.length }))
  })
  fc.assert(
    fc.property(sets, hours, ([incidents, facts], now) => {
      const starts = incidents
        .filter(({ from, lasts }) => from <= now && (lasts === null || from + lasts > now))
        .map(({ from }) => from)
      const expected = starts.length === 0 ? undefined : at(Math.max(...starts))
      expect(evidenceOf(facts, now)?.at).toBe(expected)
    }),
    { numRuns: 1_000 },
  )
})
