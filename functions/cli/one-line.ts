/** An error as the one line a terminal shows. */

import { ConfigError } from '../domain/errors.ts'
import { plain } from '../report/plain.ts'

/** A configuration's longest line of complaint, with room to spare. */
const LINE_MAX = 600

/** Text as one line that is harmless to a terminal. */
export const oneLine = (text: string): string => plain(text, LINE_MAX)

/** The first line of what was thrown; of a configuration's other faults the number, for all of them have a command. */
export const errorLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  const [first = 'It failed and did not say why.', ...more] = message.split('\n').filter((line) => line.trim() !== '')
  if (error instanceof Error && error.name === 'BusyError') return `${oneLine(first)}: run the command again.`
  const rest = error instanceof ConfigError && more.length > 0 ? ` (${more.length} more: drawdown config check)` : ''
  return `${oneLine(first)}${rest}`
}
