import { beforeAll, describe, expect, test } from 'vitest'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import type { Store } from '../../functions/store/store.ts'
import { playOutage } from './outage.ts'
import { type OutageFigures, outageFigures } from './outage-figures.ts'

/** Four processes, ten accounts, a day, three times: seconds of processor time on an idle machine. */
const PLAYED_MS = 300_000

const play = async (store: Store, isDown: boolean): Promise<OutageFigures> => {
  const figures = outageFigures(await playOutage(store, isDown))
  await store.close()
  return figures
}

describe('one channel of three is down for 24 hours', () => {
  let [well, down, onDisk]: OutageFigures[] = []
  beforeAll(async () => {
    well = await play(openMemoryStore(), false)
    down = await play(openMemoryStore(), true)
    onDisk = await play(openSqliteStore(':memory:'), true)
  }, PLAYED_MS)

  test('500 alerts wait for it when it comes back, and none of anything is lost or sent twice', () => {
    expect(down?.waiting).toBe(500)
    for (const { planned, sent, copies } of Object.values(down?.channels ?? {})) {
      expect(planned).toBeGreaterThanOrEqual(500)
      expect([sent, copies]).toEqual([planned, 0])
    }
  })

  test('the other channels are not a moment slower than on a day without an outage', () => {
    for (const channel of ['ops-mail', 'dev-slack']) {
      const [calm, meanwhile] = [well?.channels[channel], down?.channels[channel]]
      expect(meanwhile?.delayMax).toBe(calm?.delayMax)
      expect(meanwhile?.attemptsMax).toBe(1)
    }
    expect(well?.channels['dev-slack']?.delayMax).toBeLessThan(15)
    expect(well?.channels['ops-mail']?.delayMax).toBeLessThan(5)
  })

  test('what waited is sent within a quarter of an hour, at no more than a message a second and sixty a minute', () => {
    expect(down?.drainedMinutes.all).toBeLessThan(15)
    for (const channel of ['ops-chat', 'dev-slack']) {
      expect(down?.channels[channel]?.perSecondMax).toBe(1)
      expect(down?.channels[channel]?.perMinuteMax).toBeLessThanOrEqual(60)
    }
    expect(down?.refused).toBe(0)
  })

  test('the dead channel costs what waits few of its attempts, and its failure is told on the others', () => {
    expect(down?.channels['ops-chat']?.attemptsMax).toBeLessThanOrEqual(7)
    expect(down?.hangs).toBeLessThan(600)
    expect(down?.toldOn).toEqual(['dev-slack', 'ops-mail'])
    expect(well?.toldOn).toEqual([])
  })

  test('the SQLite store gives the same figures', () => {
    expect(onDisk).toEqual(down)
  })
})
