/** The machine's clock beside Google's. */

import { MINUTE_MS, SECOND_MS } from '../domain/time.ts'
import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import type { Skew } from './ports.ts'

/** Tokens and signed webhooks are refused beyond. https://www.standardwebhooks.com and RFC 7519 §4.1.4 */
const REFUSED_MS = 5 * MINUTE_MS
/** Below this nobody notices. */
const NOTICED_MS = 30 * SECOND_MS
/** A `Date` header has no fractions of a second. */
const HEADER_MS = SECOND_MS

export const clock: Check = {
  name: 'clock',
  covers: 'the clock of this machine',
  needs: [],
  run: async ({ io }) => {
    const answer = await io.skew()
    if (answer.kind === 'answer') return [judged(answer.answer)]
    return [
      unknown({
        what: 'The clock of this machine was not compared with Google’s.',
        why: `No answer came (${answer.kind === 'failed' ? answer.note : answer.why}).`,
        mend: 'Run doctor where https://www.googleapis.com can be reached.',
      }),
    ]
  },
}

const judged = ({ aheadMs, roundTripMs }: Skew): Finding => {
  const offMs = Math.max(0, Math.abs(aheadMs) - roundTripMs / 2 - HEADER_MS)
  const seconds = Math.round(Math.abs(aheadMs) / SECOND_MS)
  if (offMs < NOTICED_MS) return ok('The clock of this machine agrees with Google’s.')
  const complaint = {
    what: `The clock of this machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Google’s.`,
    why: 'Facts that you enter here carry wrong times; from five minutes on Google and webhooks refuse what is signed here.',
    mend: 'Set it by the network: sudo timedatectl set-ntp true',
  }
  return offMs < REFUSED_MS ? warning(complaint) : problem(complaint)
}
