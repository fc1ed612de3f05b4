/** Registry of sources: one line each; a message goes to the first that recognises it. */

import { anomaly } from './anomaly.ts'
import { asset } from './asset.ts'
import { budget } from './budget.ts'
import { rejected } from './fields.ts'
import { incident } from './incident.ts'
import { logEntry } from './log-entry.ts'
import { operator } from './operator.ts'
import type { Parsed, RawMessage, Source } from './source.ts'
import { usage } from './usage.ts'

/** An anomaly before a budget: should its version attribute ever be spelt like a budget's, it still is an anomaly. */
export const sources: readonly Source[] = [anomaly, budget, operator, usage, incident, logEntry, asset]

/** Turns a decoded message into claims of facts; whatever nobody recognises is UNKNOWN_SOURCE. Never throws. */
export const parseMessage = (message: RawMessage): Parsed => {
  const source = sources.find(({ topic, recognises }) => topic === message.topic && recognises(message))
  if (source) return source.parse(message)
  return rejected({ reason: 'UNKNOWN_SOURCE', detail: `no source of ${message.topic} recognises its markers` })
}
