import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { IncorrectError } from './bench.ts'
import { operationsOf, type Seen } from './counting-proxy.ts'
import { mustHold } from './durable.ts'
import { interleaved, median, percentile } from './figures.ts'
import { measure, USAGE_SQLITE } from './usage.bench.ts'

const folder = mkdtempSync(join(tmpdir(), 'drawdown-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a short load loses nothing, and the count of what is durable catches one message more or less', async () => {
  const load = { concurrency: 8, amount: 200 }
  const measured = await measure({ folder, seconds: 0.1 }, USAGE_SQLITE, load, undefined)
  expect(measured).toMatchObject({ accepted: 200, refused: 0, requests: 200 })
  await mustHold(measured.store, 'usage', 200)
  for (const wrong of [199, 201]) await expect(mustHold(measured.store, 'usage', wrong)).rejects.toThrow(IncorrectError)
})

test.each([
  ['a commit by its writes', ':commit', '{"writes":[{},{},{}]}', '{}', 200, { writes: 3, reads: 0 }],
  ['a refused commit as nothing', ':commit', '{"writes":[{},{}]}', '{}', 409, { writes: 0, reads: 0 }],
  ['documents asked for, found or not', ':batchGet', '{"documents":["a","b"]}', '[]', 200, { writes: 0, reads: 2 }],
  ['a query by what it found', ':runQuery', '{}', '[{"document":{}},{"document":{}}]', 200, { writes: 0, reads: 2 }],
  ['a query that found nothing as one read', ':runQuery', '{}', '[{"readTime":"x"}]', 200, { writes: 0, reads: 1 }],
  ['the start of a transaction as nothing', ':beginTransaction', '{}', '{}', 200, { writes: 0, reads: 0 }],
])('the proxy counts %s', (_, verb, asked, answered, status, expected) => {
  const seen: Seen = {
    method: 'POST',
    path: `/v1/projects/p/databases/(default)/documents${verb}`,
    status,
    asked,
    answered,
  }
  expect(operationsOf(seen)).toEqual(expected)
})

test('the proxy counts a document read and one written directly', () => {
  const seen = { path: '/v1/projects/p/databases/(default)/documents/a/b', status: 200, asked: '{}', answered: '{}' }
  expect(operationsOf({ ...seen, method: 'GET' })).toEqual({ writes: 0, reads: 1 })
  expect(operationsOf({ ...seen, method: 'PATCH' })).toEqual({ writes: 1, reads: 0 })
})

test('rounds are run in turned order, and every result keeps its round', async () => {
  const order: string[] = []
  const results = await interleaved(3, ['a', 'b'], async (variant, round) => {
    order.push(variant)
    return `${variant}${round}`
  })
  expect(order.join('')).toBe('abbaab')
  expect([...results]).toEqual([
    ['a', ['a0', 'a1', 'a2']],
    ['b', ['b0', 'b1', 'b2']],
  ])
})

test('a median lies in the middle, and a percentile is a value that was there', () => {
  expect([median([5, 1, 9]), median([4, 1, 2, 3])]).toEqual([5, 2.5])
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7])
})
