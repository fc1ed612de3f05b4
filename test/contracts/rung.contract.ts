/** What every rung of the ladder must do before servers that speak Google's interfaces; each rung's test calls it. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepOutcome } from '../../functions/app/enforce-port.ts'
import { ENFORCE_RIGHTS, type EnforceStep, type KeyBefore } from '../../functions/domain/enforcement.ts'
import { ACCOUNT } from '../support/facts.ts'
import { openRungBench, type RungBench } from '../support/rung-bench.ts'

export type RungContract = {
  readonly step: EnforceStep
  /** What the step changes, as it stands at Google. */
  readonly state: (bench: RungBench) => unknown
  /** What becomes of its changes from now on. */
  readonly fate: (bench: RungBench, fate: 'apply' | 'apply and cut' | 'denied' | 'unavailable') => void
}

const AIM = { projectId: 'my-batch' }

export const rungContract = ({ step, state, fate }: RungContract): void => {
  let bench: RungBench
  beforeEach(async () => {
    bench = await openRungBench()
  })
  afterEach(() => bench.close())

  const claimed = async (): Promise<readonly KeyBefore[]> => {
    const looked = await bench.port.look(step, AIM)
    return 'keys' in looked ? (looked.keys ?? []) : []
  }
  const take = async (): Promise<StepOutcome> => bench.port.take(step, AIM, await claimed())

  describe(`${step} keeps the contract of a rung`, () => {
    test('a rehearsal and a look change nothing, and the rehearsal says what would happen', async () => {
      const before = structuredClone(state(bench))
      const outcome = await bench.port.rehearse(step, AIM)
      await bench.port.look(step, AIM)
      expect([outcome.phase, bench.changes(), state(bench)]).toEqual(['done', 0, before])
      expect(outcome.note).toContain('would be')
    })

    test.each(ENFORCE_RIGHTS[step])('a rehearsal names the missing right %s', async (right) => {
      bench.project.rights.delete(right)
      expect(await bench.port.rehearse(step, AIM)).toEqual({
        phase: 'refused',
        note: `it would fail: this account lacks ${right}`,
      })
    })

    test('taken, it is seen to be so; undone, everything is as it was; undone again, it stays so', async () => {
      const before = structuredClone(state(bench))
      const keys = await claimed()
      expect((await bench.port.take(step, AIM, keys)).phase).toBe('done')
      expect(state(bench)).not.toEqual(before)
      for (let time = 1; time <= 2; time += 1) {
        expect((await bench.port.undo(step, 'my-batch', { account: ACCOUNT, keys })).phase).toBe('done')
        expect(state(bench)).toEqual(before)
      }
    })

    test('a reply that is lost after the change is read back, and nothing is sent twice', async () => {
      fate(bench, 'apply and cut')
      const outcome = await take()
      const { length } = await claimed()
      expect([outcome.phase, length]).toEqual(['done', 0])
      expect(outcome.note).toContain('although no reply came')
    })

    test.each([
      ['denied', 'refused'],
      ['unavailable', 'failed'],
    ] as const)('%s: nothing is changed, and that is told as %s', async (how, phase) => {
      const before = structuredClone(state(bench))
      fate(bench, how)
      const outcome = await take()
      expect([outcome.phase, state(bench)]).toEqual([phase, before])
      fate(bench, 'apply')
      expect((await take()).phase).toBe('done')
    })

    test('before a place where nobody answers it fails within its bound and does not throw', async () => {
      const keys = await claimed()
      await bench.project.peer.close()
      await bench.billing.close()
      for (const outcome of [
        await bench.port.rehearse(step, AIM),
        await bench.port.take(step, AIM, keys),
        await bench.port.undo(step, 'my-batch', { account: ACCOUNT, keys }),
      ])
        expect(outcome.phase).toBe('failed')
    })
  })
}
