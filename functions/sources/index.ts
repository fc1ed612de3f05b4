/** Registry of sources: one line each; a message goes to the first that recognises it. */

import { budget } from './budget.ts'
import { rejected } from './fields.ts'
import { operator } from './operator.ts'
import type { Parsed, RawMessage, Source } from './source.ts'
import { usage } from './usage.ts'

export const sources: readonly Source[] = [budget, operator, usage]

/** Known by their markers and not read: they pass without a quarantine record. */
const UNREAD: readonly { readonly why: string; readonly recognises: (message: RawMessage) => boolean }[] = [
  {
    why: 'cost anomaly',
    recognises: ({ attributes }) => attributes['SchemaVersion'] !== undefined && attributes['scope'] !== undefined,
  },
  { why: 'Monitoring incident', recognises: ({ body }) => body['incident'] !== undefined },
  { why: 'log entry', recognises: ({ body }) => body['insertId'] !== undefined && body['logName'] !== undefined },
  { why: 'asset feed', recognises: ({ body }) => body['asset'] !== undefined },
]

/** Turns a decoded message into claims of facts; whatever nobody recognises is UNKNOWN_SOURCE. Never throws. */
export const parseMessage = (message: RawMessage): Parsed => {
  const source = sources.find(({ topic, recognises }) => topic === message.topic && recognises(message))
  if (source) return source.parse(message)
  const unread =
    message.topic === 'billing-notifications' ? UNREAD.find(({ recognises }) => recognises(message)) : undefined
  if (unread) return { kind: 'ignored', why: `${unread.why}: no source reads it` }
  return rejected({ reason: 'UNKNOWN_SOURCE', detail: `no source of ${message.topic} recognises its markers` })
}
