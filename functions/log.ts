/** One JSON line per event for Cloud Logging: no secrets, no people, no line breaks. */

import { redact, spellingsOf } from './redact.ts'

/** Least first. */
const LEVELS = ['debug', 'info', 'warning', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

/** `trace` is `projects/P/traces/ID`; the rest become fields of the line. */
export type LogFields = { readonly trace?: string; readonly [field: string]: unknown }

type Say = (message: string, fields?: LogFields) => void

/** Never throws: a line that cannot be written is lost, not the work it speaks of. */
export type Log = {
  readonly debug: Say
  readonly info: Say
  readonly warning: Say
  /** `error` is anything that was thrown; its stack and causes go under `stack_trace`. */
  readonly error: (message: string, error: unknown, fields?: LogFields) => void
  /** From now on this text is never written, nor the password or path in it where it is a URL. */
  readonly secret: (value: string) => void
}

type Clean = (text: string) => string

const [DEPTH_MAX, ITEMS_MAX, CAUSES_MAX] = [6, 100, 4]

/** What JSON leaves bare and a terminal or viewer may obey: DEL, C1 controls, line separators, direction marks. */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
const escaped: Clean = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `write` takes one line without its end. Shape: https://cloud.google.com/logging/docs/structured-logging */
export const createLog = (write: (line: string) => void, options: { readonly level?: LogLevel } = {}): Log => {
  const secrets = new Set<string>()
  const least = LEVELS.indexOf(options.level ?? 'info')
  const clean: Clean = (text) => redact(text, secrets)
  const say = (severity: LogLevel): Say => {
    const isMuted = LEVELS.indexOf(severity) < least
    return (message, fields = {}) => {
      if (isMuted) return
      try {
        const line = { ...readable(fields, clean), severity: severity.toUpperCase(), message: clean(message) }
        write(JSON.stringify(line).replace(UNSEEN, escaped))
      } catch {
        // Nobody is left to tell; the work goes on.
      }
    }
  }
  const secret = (value: string): void => spellingsOf(value).forEach((text) => void secrets.add(text))
  const error: Log['error'] = (message, thrown, fields) => say('error')(message, { ...fields, stack_trace: thrown })
  return { debug: say('debug'), info: say('info'), warning: say('warning'), error, secret }
}

/** A field that cannot be read (a getter that throws) costs the fields, never the message. */
const readable = (fields: LogFields, clean: Clean): object => {
  try {
    const { trace, ...rest } = fields
    const where = trace === undefined ? {} : { 'logging.googleapis.com/trace': trace }
    return plain({ ...rest, ...where }, clean, 0) as object
  } catch {
    return {}
  }
}

const plain = (value: unknown, clean: Clean, depth: number): unknown => {
  if (typeof value === 'string') return clean(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return clean(String(value))
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH_MAX) return '…'
  if (value instanceof Error) return clean(stackOf(value, CAUSES_MAX))
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => plain(item, clean, depth + 1))
  const entries = Object.entries(value).slice(0, ITEMS_MAX)
  return Object.fromEntries(entries.map(([key, inner]) => [clean(key), plain(inner, clean, depth + 1)]))
}

const stackOf = (error: Error, causes: number): string => {
  const stack = error.stack ?? `${error.name}: ${error.message}`
  return error.cause instanceof Error && causes > 1 ? `${stack}\ncaused by: ${stackOf(error.cause, causes - 1)}` : stack
}
