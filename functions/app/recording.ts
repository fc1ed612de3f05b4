/** One line of a recording: a message with its publish time, or a mere "now" (design §5.4). */

import { isObject, type JsonObject, parseJson } from '../domain/json.ts'
import { type Instant, parseInstant } from '../domain/time.ts'
import { arrivalOf } from '../sources/arrival.ts'
import { rejectedInput } from '../sources/envelope.ts'
import type { RawMessage } from '../sources/source.ts'
import type { Arrival } from './ingest.ts'

/** UTF-16 units of a line, 1 MiB of plain text: as large as a message body may be. Readers need not keep more. */
export const LINE_MAX = 1_048_576

/** `movesTo` is the time the line brings along; a line without one happens at the clock as it stands. */
export type Entry =
  | { readonly kind: 'now'; readonly movesTo: Instant }
  | {
      readonly kind: 'message'
      readonly movesTo: Instant | undefined
      readonly arrivalAt: (now: Instant) => Arrival
    }

const TOPICS: readonly RawMessage['topic'][] = ['billing-notifications', 'gemini-usage']

/** Reads a line; what is no JSON, no message or too long becomes an arrival for the quarantine. Never throws. */
export const entryOf = (text: string): Entry => {
  if (text.length > LINE_MAX) return tooLong(text)
  const parsed = parseJson(text)
  const value = parsed.ok && isObject(parsed.value) ? parsed.value : undefined
  const now = typeof value?.['now'] === 'string' ? parseInstant(value['now']) : undefined
  if (now !== undefined) return { kind: 'now', movesTo: now }
  const topic = TOPICS.find((name) => name === value?.['topic'])
  const message = isObject(value?.['message']) ? value['message'] : undefined
  return {
    kind: 'message',
    movesTo: publishedAt(message),
    arrivalAt: (at) => arrivalOf({ topic, message, text }, at),
  }
}

const tooLong = (text: string): Entry => ({
  kind: 'message',
  movesTo: undefined,
  arrivalAt: () => rejectedInput('SIZE', 'line: longer than 1 MiB', { data: text, attributes: {} }),
})

const publishedAt = (message: JsonObject | undefined): Instant | undefined => {
  const text = message?.['publishTime'] ?? message?.['publish_time']
  return typeof text === 'string' ? parseInstant(text) : undefined
}
