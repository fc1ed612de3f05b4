/** A correction that ended nothing must silence nothing: one cent taken back from a bill, days before an alert ends. */

import { describe, expect, test } from 'vitest'
import { prepayment, story } from '../support/scenario.ts'

const LEVELS = { percent: [50, 10], amount: [], runwayHours: [72, 24], expiryDays: [30] }

/** Bills by hour, and what the rule said to each, reminders left out. */
const play = async (rule: string, paid: string, bills: readonly (readonly [hours: number, cost: number])[]) => {
  const told = story(rule, { thresholds: LEVELS })
  await told.at(0, () => told.app.fact('grant', prepayment('P', paid, told.time(0))))
  const said: string[] = []
  for (const [hours, cost] of bills)
    for (const step of await told.steps(hours, () => told.app.budget(cost))) said.push(`${hours} ${step}`)
  return said.filter((step) => !step.includes('repeat'))
}
/** So many days of one more dollar (or cent) each, from a day on. */
const daily = (from: number, days: number, cost: number, more: number) =>
  Array.from({ length: days }, (_, day) => [from + day * 24, Number((cost + day * more).toFixed(2))] as const)

describe('a cent taken back while an alert is open', () => {
  test('credit-low: the burn slows, the alert ends, and the level is told when spend reaches it', async () => {
    const bills = (taken: number) => [[24, 30], [25, taken], ...daily(48, 14, 30, 0.1), [400, 40], [410, 60]] as const
    const said = await play('credit-low', '100.00', bills(29.99))
    expect(said).toEqual(['24 firing warning 50%', '96 resolved warning 50%', '410 firing warning 50%'])
    expect(await play('credit-low', '100.00', bills(30))).toEqual(said)
  })

  test('credit-runway: the burn slows, the alert ends, and a new rush is told', async () => {
    const bills = (taken: number) =>
      [[24, 10], [96, 150], [97, taken], ...daily(120, 20, 151, 1), [610, 185], [620, 190], [621, 195]] as const
    const said = await play('credit-runway', '200.00', bills(149.99))
    expect(said.filter((step) => step.includes('critical 24h'))).toEqual([
      '96 firing critical 24h',
      '336 resolved critical 24h',
      '610 firing critical 24h',
    ])
  })
})

test('the correction that lifts a level, the last of several, disarms it until the next purchase', async () => {
  const bills = [
    [24, 30],
    [48, 30.1],
    [49, 29],
    [50, 15],
    [400, 70],
  ] as const
  expect(await play('credit-low', '100.00', bills)).toEqual(['24 firing warning 50%', '50 resolved warning 50%'])
})
