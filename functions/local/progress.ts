/** A progress bar where a person watches, a line now and then where only a log does. */

import { formatInstant, type Instant } from '../domain/time.ts'

const BAR_WIDTH = 30
/** A log wants to know that it goes on, not every step. */
const LOG_EVERY_PERCENT = 25

type Out = { readonly isTTY?: boolean; readonly write: (text: string) => boolean }

export type Progress = {
  readonly update: (done: number, total: number, at: Instant) => void
  readonly end: (line: string) => void
}

/** Draws in place on a terminal; writes plain lines elsewhere. */
export const showProgress = (out: Out): Progress => {
  let shown = -1
  const draw = (percent: number, at: Instant): void => {
    const filled = Math.round((percent * BAR_WIDTH) / 100)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
    out.write(`\rSample month ${bar} ${String(percent).padStart(3)}%  ${formatInstant(at).slice(0, 10)}`)
  }
  return {
    update: (done, total, at) => {
      const percent = Math.floor((done * 100) / Math.max(total, 1))
      if (percent === shown) return
      shown = percent
      if (out.isTTY) draw(percent, at)
      else if (percent % LOG_EVERY_PERCENT === 0)
        out.write(`Sample month ${percent}%, ${formatInstant(at).slice(0, 10)}\n`)
    },
    end: (line) => {
      out.write(`${out.isTTY ? '\n' : ''}${line}\n`)
    },
  }
}
