import { describe, expect, test } from 'vitest'
import type { ErrorCause, Fact } from '../../functions/domain/facts.ts'
import type { Standing } from '../../functions/domain/standing.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { pagesOfHead, planCheckpoint, restore } from '../../functions/ledger/checkpoint.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { settings, T0, usage } from '../support/facts.ts'

const bookOf = (facts: readonly Fact[]): Book => {
  const book = new Book(settings())
  for (const fact of facts) book.add(fact)
  return book
}
const judge = (facts: readonly Fact[], now: number): Standing => standingOf(bookOf(facts), now)

let ids = 0
const failed = (cause: ErrorCause, at: number, projectId = 'my-app'): Fact =>
  usage(`f${++ids}`, at, { error: cause, projectId })
const paid = (at: number, projectId = 'my-app'): Fact => usage(`p${++ids}`, at, { projectId })

describe('failed calls by cause', () => {
  test('each cause and project is one entry: its latest call, requests of 24 hours, and the project’s own last paid call', () => {
    const facts = [
      failed('project-cap', T0),
      failed('project-cap', T0 + 23 * HOUR_MS),
      failed('project-cap', T0 + 25 * HOUR_MS),
      failed('project-cap', T0 + 2 * HOUR_MS, 'my-batch'),
      paid(T0 + HOUR_MS, 'my-batch'),
      failed('quota', T0 + 3 * HOUR_MS),
    ]
    const entry = { code: 429, message: 'no', quotaIds: [] }
    expect(judge(facts, T0 + 26 * HOUR_MS).evidence.causes).toEqual([
      { ...entry, cause: 'project-cap', projectId: 'my-app', at: T0 + 25 * HOUR_MS, count: 2 },
      { ...entry, cause: 'quota', projectId: 'my-app', at: T0 + 3 * HOUR_MS, count: 1 },
      {
        ...entry,
        cause: 'project-cap',
        projectId: 'my-batch',
        at: T0 + 2 * HOUR_MS,
        count: 1,
        paidAt: T0 + HOUR_MS,
      },
    ])
  })

  test('depletion and what is not about money are not among them', () => {
    const { evidence } = judge([failed('depleted', T0), failed('other', T0)], T0 + HOUR_MS)
    expect(evidence.causes).toBeUndefined()
    expect(evidence.depletion).toBeDefined()
  })

  test('free and failed calls are no paid calls', () => {
    const free = usage('free', T0 + 2 * HOUR_MS, { costUsd: '0' })
    const { evidence } = judge([paid(T0), free, failed('key', T0 + HOUR_MS)], T0 + 3 * HOUR_MS)
    expect(evidence.causes?.map(({ cause, paidAt }) => [cause, paidAt])).toEqual([['key', T0]])
  })

  test('a call dated after its own message counts as of the message', () => {
    const ahead = usage('ahead', T0 + HOUR_MS, { error: 'tier-cap', sourceAt: T0 })
    expect(judge([ahead], T0 + HOUR_MS).evidence.causes?.[0]?.at).toBe(T0)
  })

  test('they are known for 35 days', () => {
    const facts = [failed('tier-cap', T0)]
    expect(judge(facts, T0 + 35 * DAY_MS).evidence.causes).toHaveLength(1)
    expect(judge(facts, T0 + 35 * DAY_MS + 1).evidence.causes).toBeUndefined()
  })
})

describe('how long depletion has been seen', () => {
  const spanOf = (facts: readonly Fact[]) => {
    const { since, requests } = judge(facts, T0 + 10 * DAY_MS).evidence.depletion ?? {}
    return [since, requests]
  }

  test('from the hour of the first failure, over all projects', () => {
    expect(
      spanOf([
        failed('depleted', T0 + 5 * MINUTE_MS),
        failed('depleted', T0 + HOUR_MS, 'my-batch'),
        failed('depleted', T0 + 2 * HOUR_MS),
      ]),
    ).toEqual([T0, 3])
  })

  test('a paid call in between starts it anew, to the minute where both fall into one hour', () => {
    const before = failed('depleted', T0)
    const served = paid(T0 + 2 * HOUR_MS + 20 * MINUTE_MS)
    expect(spanOf([before, served, failed('depleted', T0 + 2 * HOUR_MS + 40 * MINUTE_MS)])).toEqual([
      T0 + 2 * HOUR_MS + 20 * MINUTE_MS,
      1,
    ])
    expect(spanOf([before, served, failed('depleted', T0 + 5 * HOUR_MS)])).toEqual([T0 + 5 * HOUR_MS, 1])
    const elsewhere = failed('depleted', T0 + 2 * HOUR_MS + 10 * MINUTE_MS, 'my-batch')
    expect(spanOf([elsewhere, served, failed('depleted', T0 + 2 * HOUR_MS + 40 * MINUTE_MS)])[1]).toBe(1)
  })

  test('of a project’s failures only those of 7 days before its latest', () => {
    expect(spanOf([failed('depleted', T0), failed('depleted', T0 + 7 * DAY_MS)])).toEqual([T0 + 7 * DAY_MS, 1])
    expect(spanOf([failed('depleted', T0), failed('depleted', T0 + 7 * DAY_MS - 1)])).toEqual([T0, 2])
  })
})

describe('checkpoints', () => {
  type Row = { leaves: [string, number, string, unknown[]][] }

  /** The body of a checkpoint with its notes cut to the six fields they had on 2026-11-23. */
  const olderBody = (text: string): string => {
    const body = JSON.parse(text) as Row
    for (const leaf of body.leaves) leaf[3] = leaf[3].slice(0, 6)
    return JSON.stringify(body)
  }

  test('one from before causes were noted is still read; what it did not note is not known', () => {
    const plan = planCheckpoint(bookOf([failed('project-cap', T0), failed('depleted', T0), paid(T0 - HOUR_MS)]), 1, T0)
    const { body } = JSON.parse(plan.head) as { body: readonly string[] }
    expect(body).toHaveLength(1)
    const texts = new Map(plan.pages.map(({ id, text }) => [id, id === body[0] ? olderBody(text) : text]))
    const book = new Book(settings())
    expect(restore(book, plan.head, new Map(pagesOfHead(plan.head).map((id) => [id, texts.get(id) ?? ''])))).toBe(true)
    const { evidence } = standingOf(book, T0 + HOUR_MS)
    expect(evidence.causes).toBeUndefined()
    expect(evidence.depletion).toMatchObject({ at: T0, projectId: 'my-app' })
    expect(evidence.depletion).not.toHaveProperty('since')
    expect(evidence.paidCallAt).toBe(T0 - HOUR_MS)
  })
})
