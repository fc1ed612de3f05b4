/** What the parts of the configuration's schema share. */

import { z } from 'zod'

const TEXT_MAX = 200

export const text = z.string().min(1, 'must not be empty').max(TEXT_MAX, `must have at most ${TEXT_MAX} characters`)

export const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
