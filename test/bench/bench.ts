/** What a bench is: it measures, checks its own correctness, and says what it found in rows of one table. */

export type Row = {
  readonly what: string
  readonly measured: string
  /** Empty where the figure only informs. */
  readonly goal: string
  readonly verdict: 'met' | 'missed' | 'left out' | ''
}

export type BenchOptions = {
  readonly rounds: number
  /** Length of one measured stage. */
  readonly seconds: number
  /** The sizes the goals name, where the default is smaller. */
  readonly full: boolean
  /** A scratch folder of this run; removed at its end. */
  readonly folder: string
  /** Progress, for the person who waits. */
  readonly say: (line: string) => void
}

/** Throws `IncorrectError` where what was measured did not do its work; never for a missed goal. */
export type Bench = (options: BenchOptions) => Promise<readonly Row[]>

/** The measured program lost, doubled or refused something: its speed says nothing. */
export class IncorrectError extends Error {
  override readonly name = 'IncorrectError'
}

/** Throws `IncorrectError` unless both are the same. */
export const mustBe = (what: string, actual: unknown, expected: unknown): void => {
  if (actual !== expected) throw new IncorrectError(`${what}: ${actual}, expected ${expected}`)
}

/** A row whose figure is judged against a ceiling. */
export const atMost = (what: string, value: number, ceiling: number, measured: string, goal: string): Row => ({
  what,
  measured,
  goal,
  verdict: value <= ceiling ? 'met' : 'missed',
})

/** A row whose figure is judged against a floor. */
export const atLeast = (what: string, value: number, floor: number, measured: string, goal: string): Row => ({
  what,
  measured,
  goal,
  verdict: value >= floor ? 'met' : 'missed',
})

/** A row that only informs. */
export const noted = (what: string, measured: string): Row => ({ what, measured, goal: '', verdict: '' })

/** A row that says why something was not measured. */
export const leftOut = (what: string, why: string): Row => ({ what, measured: why, goal: '', verdict: 'left out' })
