/** What a command may use of the process it runs in; `cli.ts` fills it, nothing else touches the process. */

import type { Clock } from '../domain/time.ts'

export type Style = 'bold' | 'red' | 'yellow' | 'green'

export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly stdin: NodeJS.ReadableStream
  /** Writes a result; nothing else goes to stdout. */
  readonly out: (text: string) => void
  /** Writes one line to stderr. */
  readonly err: (line: string) => void
  /** Colours text where a person looks on and has not declined; else hands it back. */
  readonly paint: (style: Style, text: string) => string
  /** What the process will answer with. */
  readonly exit: (code: number) => void
}
