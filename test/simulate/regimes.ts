/** Kinds of accounts the simulator draws. */

export type Regime = {
  readonly name: string
  /** Whether callers send usage, or only budgets speak. */
  readonly usage: boolean
  /** Rushes of ten times the burn for 1 to 12 hours, every six days on average. */
  readonly spiky: boolean
  /** Estimates wrong by up to 30 % either way, with a second price mix half-way. */
  readonly mispriced: boolean
}

export const REGIMES = [
  { name: 'usage, steady', usage: true, spiky: false, mispriced: false },
  { name: 'usage, spiky', usage: true, spiky: true, mispriced: false },
  { name: 'usage, mispriced', usage: true, spiky: false, mispriced: true },
  { name: 'usage, mispriced and spiky', usage: true, spiky: true, mispriced: true },
  { name: 'budget only, steady', usage: false, spiky: false, mispriced: false },
  { name: 'budget only, spiky', usage: false, spiky: true, mispriced: false },
] as const satisfies readonly Regime[]
