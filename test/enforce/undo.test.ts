/** The way back where people, clocks and dying processes are in between. */

import { afterEach, expect, test } from 'vitest'
import { openDesk } from '../../functions/app/desk.ts'
import type { Enforcing } from '../../functions/app/enforce.ts'
import { undo } from '../../functions/app/enforce-undo.ts'
import type { EnforceStep } from '../../functions/domain/enforcement.ts'
import { DAY_MS, formatInstant, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { type EnforceScene, enforceScene } from '../support/enforce-scene.ts'
import { ACCOUNT } from '../support/facts.ts'
import { fakeKey } from '../support/google-project.ts'

const GEMINI = { service: 'generativelanguage.googleapis.com' }
const NOBODY = { allowedIps: ['192.0.2.1'] }
const OTHER = '0A1B2C-3D4E5F-6A7B8C'

let scene: EnforceScene | undefined
const open = async (...steps: EnforceStep[]): Promise<EnforceScene> => {
  const when = { rule: ['credit-exhausted'], severity: ['critical' as const] }
  scene = await enforceScene({ settings: { armed: true, projects: { 'my-batch': { steps, when } } } })
  return scene
}
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

const restrictions = ({ project }: EnforceScene) => project.keys.map((key) => key.restrictions)

/** As a person does whose clock is off by so much. */
const undone = async (one: EnforceScene, skewMs = 0) => {
  const deps = { ...one.app.deps, clock: () => one.app.clock.now + skewMs }
  const parts = { account: ACCOUNT, projectId: 'my-batch', by: 'ada', port: one.port } as const
  const all = await undo(deps, openDesk(deps), parts)
  return all.map(({ step, outcome }) => `${step} ${outcome.phase}: ${outcome.note}`)
}

/** The hand of a process that dies, or is frozen, when it comes to the step. */
const stuckAt = (one: EnforceScene, before: () => Promise<unknown>): Pick<Enforcing, 'port'> => ({
  port: {
    ...one.port,
    take: async (...args) => {
      await before()
      return one.port.take(...args)
    },
  },
})

test('a key that somebody tightened between two attempts gets back the tighter restrictions', async () => {
  const one = await open('restrict-keys')
  one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }))
  await one.arm()
  one.project.fate(() => ({ code: 503, status: 'UNAVAILABLE', message: '' }))
  await one.run()
  one.project.fate(() => 'apply')
  const tighter = { apiTargets: [GEMINI], serverKeyRestrictions: { allowedIps: ['198.51.100.7'] } }
  one.project.keys.splice(0, 1, fakeKey('k1', tighter))
  expect(await one.run()).toMatchObject({ done: 1 })
  await undone(one)
  expect(restrictions(one)).toEqual([tighter])
})

test('while a step is being taken nothing is taken back, and that is said', async () => {
  const one = await open('restrict-keys')
  one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }))
  await one.arm()
  let said: readonly string[] = []
  const slow = stuckAt(one, async () => {
    said = await undone(one)
  })
  expect(await one.run(slow)).toMatchObject({ done: 1 })
  expect(said).toEqual(['restrict-keys failed: it is being taken right now: undo it again in 2 minutes'])
  expect(await undone(one)).toEqual(['restrict-keys done: 1 API key (k1) given back what they had'])
  expect(restrictions(one)).toEqual([{ apiTargets: [GEMINI] }])
})

test('what a frozen process did after the undo can be undone as well', async () => {
  const one = await open('restrict-keys')
  one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }))
  await one.arm()
  const frozen = stuckAt(one, async () => {
    one.app.clock.now += 3 * MINUTE_MS
    await undone(one)
    one.app.clock.now += MINUTE_MS
  })
  await one.run(frozen)
  expect(restrictions(one)).toEqual([{ apiTargets: [GEMINI], serverKeyRestrictions: NOBODY }])
  expect(await undone(one)).toHaveLength(1)
  expect(restrictions(one)).toEqual([{ apiTargets: [GEMINI] }])
  expect(await undone(one)).toEqual([])
})

test.each([-2 * HOUR_MS, 2 * HOUR_MS])(
  'a clock that is %d ms off does not keep an undo from being one',
  async (skew) => {
    const one = await open('restrict-keys', 'disable-api')
    one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }))
    await one.arm()
    await one.run()
    one.app.clock.now += MINUTE_MS
    expect(await undone(one, skew)).toHaveLength(1)
    one.app.clock.now += HOUR_MS
    await one.run()
    expect([one.api.state, restrictions(one)]).toEqual(['ENABLED', [{ apiTargets: [GEMINI] }]])
  },
)

test('a disarming from a clock that runs fast is one at once', async () => {
  const one = await open('unlink-billing')
  await one.arm('my-batch', DAY_MS)
  const at = formatInstant(one.app.clock.now + HOUR_MS)
  await one.app.fact('disarm', { projectId: 'my-batch', by: 'bob', at })
  await one.run()
  expect(one.google.updates()).toEqual([])
})

test('an API that somebody had turned off already is not ours to turn on again', async () => {
  const one = await open('disable-api')
  await one.arm()
  one.api.state = 'DISABLED'
  expect(await one.run()).toEqual({ done: 0, refused: 1, failed: 0 })
  expect((await one.record()).at(-1)?.note).toBe('the Gemini API is off already')
  expect(await undone(one)).toEqual([])
  expect(one.api.state).toBe('DISABLED')
})

test('an API that a process turned off before it died is seen to be off, and the undo turns it on', async () => {
  const one = await open('disable-api')
  await one.arm()
  const dying = {
    ...one.port,
    take: async (...args: Parameters<typeof one.port.take>) => {
      await one.port.take(...args)
      throw new Error('killed')
    },
  }
  await expect(one.run({ port: dying })).rejects.toThrow('killed')
  one.app.clock.now += 2 * MINUTE_MS
  expect(await one.run()).toEqual({ done: 1, refused: 0, failed: 0 })
  await undone(one)
  expect(one.api.state).toBe('ENABLED')
})

test('a project that somebody linked elsewhere stays there, and still gets its API and its keys back', async () => {
  const one = await open('restrict-keys', 'unlink-billing')
  one.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }))
  await one.arm()
  await one.run()
  one.app.clock.now += HOUR_MS
  await one.run()
  one.google.link('my-batch', OTHER)
  expect(await undone(one)).toEqual([
    `unlink-billing refused: it is linked to ${OTHER} now: unlink it there first, if that is meant`,
    'restrict-keys done: 1 API key (k1) given back what they had',
  ])
  expect([one.google.linkOf('my-batch'), restrictions(one)]).toEqual([
    `billingAccounts/${OTHER}`,
    [{ apiTargets: [GEMINI] }],
  ])
})

test('billing that a person took away after a refusal is not ours to give back', async () => {
  const one = await open('unlink-billing')
  await one.arm()
  one.google.onUpdate({ code: 7, message: 'denied' })
  await one.run()
  one.google.link('my-batch')
  one.app.clock.now += MINUTE_MS
  await one.arm()
  expect(await one.run()).toEqual({ done: 0, refused: 1, failed: 0 })
  expect((await one.record()).at(-1)?.note).toBe('it is linked to no billing account already')
  expect(await undone(one)).toEqual([])
})
