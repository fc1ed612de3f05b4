import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeyBefore } from '../../functions/domain/enforcement.ts'
import { rungContract } from '../contracts/rung.contract.ts'
import { ACCOUNT } from '../support/facts.ts'
import { fakeKey } from '../support/google-project.ts'
import { GEMINI, MAPS, openRungBench, type RungBench, restFate } from '../support/rung-bench.ts'

const restrictionsOf = ({ project }: RungBench) => project.keys.map(({ restrictions }) => restrictions)

rungContract({ step: 'restrict-keys', state: restrictionsOf, fate: restFate })

let bench: RungBench
beforeEach(async () => {
  bench = await openRungBench()
})
afterEach(() => bench.close())

const STEP = 'restrict-keys'
const aim = (keys?: readonly string[]) => ({ projectId: 'my-batch', ...(keys && { keys }) })
const claimed = async (keys?: readonly string[]): Promise<readonly KeyBefore[]> => {
  const looked = await bench.port.look(STEP, aim(keys))
  return 'keys' in looked ? (looked.keys ?? []) : []
}
const rehearsed = (keys?: readonly string[]) => bench.port.rehearse(STEP, aim(keys))
const undo = (keys: readonly KeyBefore[]) => bench.port.undo(STEP, 'my-batch', { account: ACCOUNT, keys })
const NOBODY = { allowedIps: ['192.0.2.1'] }

describe('which keys, and what of them', () => {
  test('of those that serve Gemini, one that serves more loses Gemini alone, one that serves nothing else loses its callers', async () => {
    expect(await rehearsed()).toEqual({
      phase: 'done',
      note: '2 API keys (Batch, Site) would be closed to the Gemini API; left alone, for it has no API restriction: 1 API key (Old)',
    })
    const keys = await claimed()
    expect(keys.map(({ id }) => id)).toEqual(['batch', 'site'])
    expect(await bench.port.take(STEP, aim(), keys)).toEqual({
      phase: 'done',
      note: 'closed to the Gemini API: 2 API keys (Batch, Site); left alone, for it has no API restriction: 1 API key (Old)',
    })
    expect(restrictionsOf(bench)).toEqual([
      { apiTargets: [GEMINI], serverKeyRestrictions: NOBODY },
      { apiTargets: [MAPS] },
      { apiTargets: [MAPS] },
      undefined,
    ])
    expect(bench.project.changes().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PATCH /v2/projects/my-batch/locations/global/keys/batch?updateMask=restrictions',
      'PATCH /v2/projects/my-batch/locations/global/keys/site?updateMask=restrictions',
    ])
  })

  test('only those that are named, one without API restriction among them', async () => {
    const keys = await claimed(['old'])
    expect((await bench.port.take(STEP, aim(['old']), keys)).phase).toBe('done')
    expect(restrictionsOf(bench).map((each) => each?.['serverKeyRestrictions'])).toEqual([
      ...[undefined, undefined, undefined, NOBODY],
    ])
    expect((await undo(keys)).phase).toBe('done')
    expect(bench.project.keys[3]?.restrictions).toEqual({})
  })

  test('one that is named and not there stops the step, and says so', async () => {
    expect(await rehearsed(['batch', 'bach'])).toEqual({ phase: 'refused', note: 'the project has no API key bach' })
    expect(await bench.port.look(STEP, aim(['batch', 'bach']))).toMatchObject({ phase: 'refused' })
  })

  test('where none serves Gemini there is nothing to do, and that needs a person', async () => {
    bench.project.keys.splice(0, 2)
    const outcome = await rehearsed()
    expect(outcome.phase).toBe('refused')
    expect(outcome.note).toContain('calls come in by other credentials')
    expect((await bench.port.take(STEP, aim(), await claimed())).phase).toBe('refused')
    expect(bench.changes()).toBe(0)
  })

  test('more than fifty are too many to be put back exactly; all pages are read', async () => {
    bench.project.keys.push(...Array.from({ length: 49 }, (_, index) => fakeKey(`k${index}`, { apiTargets: [GEMINI] })))
    expect(await rehearsed()).toMatchObject({ phase: 'refused', note: expect.stringContaining('51 of at most 50') })
    expect(bench.project.peer.requests().filter(({ method }) => method === 'GET')).toHaveLength(2)
    bench.project.keys.pop()
    const keys = await claimed()
    expect((await bench.port.take(STEP, aim(), keys)).phase).toBe('done')
    expect((await undo(keys)).phase).toBe('done')
    expect(bench.changes()).toBe(100)
  })
})

test('a key that Google will not change because it is in use is changed all the same, and only then so', async () => {
  bench.project.fate(({ path }) =>
    path.includes('checkExistingUsage=SKIP')
      ? 'apply'
      : { code: 400, status: 'FAILED_PRECONDITION', message: 'used in the last 7 days' },
  )
  expect((await bench.port.take(STEP, aim(), await claimed())).phase).toBe('done')
  expect(bench.changes()).toBe(4)
})

describe('what somebody does meanwhile', () => {
  test('a key that was changed since it was recorded is left for the next attempt', async () => {
    const keys = await claimed()
    const [batch] = bench.project.keys
    if (batch) batch.restrictions = { apiTargets: [GEMINI], serverKeyRestrictions: { allowedIps: ['198.51.100.7'] } }
    expect(await bench.port.take(STEP, aim(), keys)).toEqual({ phase: 'failed', note: 'still open: 1 API key (Batch)' })
    const again = await claimed()
    expect(again.map(({ id }) => id)).toEqual(['batch'])
    expect((await bench.port.take(STEP, aim(), [...keys, ...again])).phase).toBe('done')
  })

  test('a change between reading and writing is not written over', async () => {
    const keys = await claimed()
    bench.project.fate(({ path }) => {
      const [batch] = bench.project.keys
      if (path.includes('/batch?') && batch) batch.etag = '"batch-9"'
      return 'apply'
    })
    const outcome = await bench.port.take(STEP, aim(), keys)
    expect(outcome).toEqual({ phase: 'failed', note: expect.stringContaining('ABORTED etag mismatch') })
    expect(bench.project.keys[0]?.restrictions).not.toHaveProperty('serverKeyRestrictions')
  })

  test('an undo leaves what somebody changed since, or deleted, and gives the rest back', async () => {
    const keys = await claimed()
    await bench.port.take(STEP, aim(), keys)
    const [batch] = bench.project.keys
    if (batch) batch.restrictions = { apiTargets: [MAPS] }
    expect(await undo(keys)).toEqual({
      phase: 'done',
      note: '1 API key (Site) given back what they had; changed by somebody since, and left so: 1 API key (Batch)',
    })
    expect(restrictionsOf(bench).slice(0, 2)).toEqual([{ apiTargets: [MAPS] }, { apiTargets: [MAPS, GEMINI] }])
    bench.project.keys.splice(0, 2)
    expect((await undo(keys)).phase).toBe('done')
  })

  test('one that fails in the middle is told, and the next attempt does the rest', async () => {
    const keys = await claimed()
    bench.project.fate(({ path }) =>
      path.includes('/site?') ? { code: 503, status: 'UNAVAILABLE', message: '' } : 'apply',
    )
    expect(await bench.port.take(STEP, aim(), keys)).toEqual({
      phase: 'failed',
      note: 'still open: 1 API key (Site); Google refused: UNAVAILABLE',
    })
    bench.project.fate(() => 'apply')
    expect((await bench.port.take(STEP, aim(), [...keys, ...(await claimed())])).phase).toBe('done')
    expect((await undo(keys)).phase).toBe('done')
    expect(bench.project.keys[0]?.restrictions).toHaveProperty('browserKeyRestrictions')
  })
})

describe('Google takes its time, or refuses one of them', () => {
  const DENIED = { code: 403, status: 'PERMISSION_DENIED', message: 'no' }

  test('a change that is seen late is waited for, closing and giving back', async () => {
    const keys = await claimed()
    bench.project.fate(() => 'apply late')
    expect((await bench.port.take(STEP, aim(), keys)).phase).toBe('done')
    expect(await undo(keys)).toEqual({ phase: 'done', note: '2 API keys (Batch, Site) given back what they had' })
  })

  test('a key that Google refuses to change keeps no other from being closed, nor from being given back', async () => {
    bench.project.keys.push(...Array.from({ length: 9 }, (_, index) => fakeKey(`k${index}`, { apiTargets: [GEMINI] })))
    const before = structuredClone(restrictionsOf(bench))
    const keys = await claimed()
    bench.project.fate(({ path }) => (path.includes('/batch?') ? DENIED : 'apply'))
    expect(await bench.port.take(STEP, aim(), keys)).toEqual({
      phase: 'failed',
      note: 'still open: 1 API key (Batch); Google refused: PERMISSION_DENIED no',
    })
    bench.project.fate(() => 'apply')
    await bench.port.take(STEP, aim(), keys)
    bench.project.fate(({ path }) => (path.includes('/batch?') ? DENIED : 'apply'))
    expect(await undo(keys)).toEqual({
      phase: 'failed',
      note: 'not given back yet: 1 API key (Batch); Google refused: PERMISSION_DENIED no',
    })
    expect(restrictionsOf(bench).slice(1)).toEqual(before.slice(1))
  })

  test('a step of which a part may still come about is no refusal, which nobody would undo', async () => {
    const keys = await claimed()
    bench.project.fate(({ path }) => (path.includes('/batch?') ? DENIED : 'apply late'))
    expect((await bench.port.take(STEP, aim(), keys)).phase).toBe('failed')
    expect(restrictionsOf(bench)[1]).toEqual({ apiTargets: [MAPS] })
  })

  test('the only key, changed by somebody at that moment, is tried again and not given up', async () => {
    bench.project.fate(() => ({ code: 409, status: 'ABORTED', message: 'etag mismatch' }))
    expect((await bench.port.take(STEP, aim(['batch']), await claimed(['batch']))).phase).toBe('failed')
  })
})

describe('what is told', () => {
  test('a key is named by its uid, or by the id that whoever made it chose', async () => {
    bench.project.keys.push(fakeKey('0b6f7c52-8d1e', { apiTargets: [GEMINI] }, 'Made by Terraform', 'primary'))
    for (const name of ['0b6f7c52-8d1e', 'primary'])
      expect((await claimed([name])).map(({ id }) => id)).toEqual(['primary'])
    const keys = await claimed(['0b6f7c52-8d1e'])
    expect((await bench.port.take(STEP, aim(['0b6f7c52-8d1e']), keys)).phase).toBe('done')
    expect((await undo(keys)).phase).toBe('done')
  })

  test('restrictions too long to be recorded are not said to be too many keys', async () => {
    const allowedReferrers = Array.from({ length: 2_500 }, (_, index) => `https://customer-${index}.example/*`)
    bench.project.keys.push(fakeKey('big', { apiTargets: [GEMINI], browserKeyRestrictions: { allowedReferrers } }))
    expect(await rehearsed(['big'])).toEqual({
      phase: 'refused',
      note: expect.stringMatching(
        /^the restrictions of 1 API key \(big\) are too long .*: \d+ of at most 60000 characters$/,
      ),
    })
  })

  test('keys that are closed already are named where none is left to be closed', async () => {
    const keys = await claimed()
    await bench.port.take(STEP, aim(), keys)
    expect((await rehearsed()).note).toContain('; closed already: 1 API key (Batch)')
    expect((await bench.port.take(STEP, aim(), [])).note).toContain('; closed already: 1 API key (Batch)')
  })

  test('an undo tells which keys were deleted meanwhile', async () => {
    const keys = await claimed()
    await bench.port.take(STEP, aim(), keys)
    bench.project.keys.splice(0, 1)
    expect((await undo(keys)).note).toBe('1 API key (Site) given back what they had; deleted since: 1 API key (batch)')
    bench.project.keys.splice(0, 1)
    expect((await undo(keys)).note).toBe(
      'no API key is left to be given back what it had; deleted since: 2 API keys (batch, site)',
    )
  })
})
