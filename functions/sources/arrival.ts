/** A line of a recording as an arrival; what is no message is rejected like any bad request body. */

import type { JsonObject } from '../domain/json.ts'
import type { Instant } from '../domain/time.ts'
import { type Decoded, decodeEnvelope, decodeMessage, rejectedInput } from './envelope.ts'
import type { RawMessage } from './source.ts'

export { decodeEnvelope as arrivalFrom }

/** `topic` and `message` are absent where the line had none; `text` is the line itself. Never throws. */
export const arrivalOf = (
  line: {
    readonly topic: RawMessage['topic'] | undefined
    readonly message: JsonObject | undefined
    readonly text: string
  },
  at: Instant,
): Decoded => {
  const raw = { data: line.text, attributes: {} }
  if (!line.message) return rejectedInput('ENVELOPE', 'message: missing or no object', raw)
  if (!line.topic) return rejectedInput('ENVELOPE', 'topic: must be billing-notifications or gemini-usage', raw)
  return decodeMessage(line.message, line.topic, at)
}
