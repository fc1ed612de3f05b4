/** Monitoring incident 1.2, as a Pub/Sub notification channel sends it: evidence where it is about depleted credit. */

import type { Incident } from '../domain/facts.ts'
import { GEMINI_API } from '../domain/gemini.ts'
import { isObject, JsonNumber, type JsonObject } from '../domain/json.ts'
import { type Instant, parseInstant, SECOND_MS } from '../domain/time.ts'
import { asProject, textAt } from './billing-facts.ts'
import { cut, Fields, rejected } from './fields.ts'
import type { Parsed, Source } from './source.ts'

const NAME_CHARS_MAX = 200

/** The label our own alert policy carries. */
const DEPLETED_LABEL = 'prepay-depleted'
const DEPLETED_NAME = /\b402\b|\b(?:prepa\w*|credits?)\b.*\bdeplet|\bdeplet\w*\b.*\b(?:prepa\w*|credits?)\b/i
/** A filter that watches other codes as well says nothing about credit. */
const CODES_IN_FILTER = /response_code"?\s*(?:=|eq)\s*"?(\d{3})\b/gi

/**
 * Reads incidents of minor versions of 1; a close is a fact of its own, whichever comes first. The project is the
 * resource's, else the one that scopes the policy. Times are epoch seconds, as numbers or texts.
 * https://docs.cloud.google.com/monitoring/support/notification-options (schema 1.2)
 */
export const incident: Source = {
  name: 'incident',
  topic: 'billing-notifications',
  recognises: ({ attributes, body }) => attributes['drawdown'] === undefined && body['incident'] !== undefined,
  parse: ({ body: json }) => {
    const version = textAt(json, 'version')
    if (version === 'test') return { kind: 'ignored', why: 'Monitoring test message: the channel works' }
    if (!/^1\.\d{1,3}$/.test(version)) return rejected({ reason: 'SCHEMA', detail: 'version: must be 1.2' })
    const read = new Fields(json)
    const told = read.nested('incident')
    const object = isObject(json['incident']) ? json['incident'] : {}
    if (read.fault) return rejected(read.fault)
    if (!isAboutDepletion(object)) return { kind: 'ignored', why: 'Monitoring incident: not about depleted credit' }
    const body = readIncident(told, object)
    return read.fault ? rejected(read.fault) : claimOf(body)
  },
}

/** Names may be edited while an incident is open; that makes it no other one. */
const claimOf = (body: Incident): Parsed => {
  const { name: _, ...content } = body
  return {
    kind: 'claims',
    claims: [{ projectId: body.projectId, keyParts: [body.incidentId, body.state], body, content }],
  }
}

const readIncident = (read: Fields, object: JsonObject): Incident => {
  const state = read.text('state').toLowerCase() === 'closed' ? 'closed' : 'open'
  if (!/^(?:open|acknowledged|closed)$/i.test(read.text('state'))) read.fail('state', 'TYPE', 'must be open or closed')
  const projectId = asProject(textAt(object, 'resource', 'labels', 'project_id'))
  return {
    kind: 'incident',
    incidentId: read.text('incident_id'),
    about: 'depletion',
    state,
    openedAt: epochSeconds(read, 'started_at'),
    ...(state === 'closed' && read.has('ended_at') && { closedAt: epochSeconds(read, 'ended_at') }),
    projectId: projectId ?? read.text('scoping_project_id'),
    name: nameOf(object),
  }
}

const nameOf = (object: JsonObject): string => {
  const names = [textAt(object, 'policy_name'), textAt(object, 'condition_name')].filter((name) => name !== '')
  return cut([...new Set(names)].join(': '), NAME_CHARS_MAX)
}

/** What the policy was labelled as decides, then the code of the series or of the condition, then the names. */
const isAboutDepletion = (object: JsonObject): boolean => {
  const service = textAt(object, 'resource', 'labels', 'service')
  if (service !== '' && service !== GEMINI_API) return false
  if (textAt(object, 'policy_user_labels', 'kind') === DEPLETED_LABEL) return true
  const code = textAt(object, 'metric', 'labels', 'response_code')
  if (code !== '') return code === '402'
  const codes = [...filterOf(object).matchAll(CODES_IN_FILTER)].map(([, found]) => found)
  return codes.length > 0 ? codes.every((found) => found === '402') : DEPLETED_NAME.test(nameOf(object))
}

const filterOf = (object: JsonObject): string =>
  textAt(object, 'condition', 'conditionThreshold', 'filter') ||
  textAt(object, 'condition', 'conditionMatchedLog', 'filter')

const epochSeconds = (read: Fields, name: string): Instant => {
  const value = read.get(name)
  const text = value instanceof JsonNumber ? value.text : value
  if (typeof text === 'string' && /^\d{1,12}$/.test(text)) return inCalendar(read, name, Number(text) * SECOND_MS)
  const written = typeof text === 'string' ? parseInstant(text) : undefined
  if (written === undefined) read.fail(name, 'TYPE', 'must be whole seconds since 1970')
  return written ?? 0
}

/** Later than this no four-digit year can be written back. */
const LATEST = 253_402_300_799_000

const inCalendar = (read: Fields, name: string, at: Instant): Instant => {
  if (at > LATEST) read.fail(name, 'TIME', 'is no time of this calendar')
  return at
}
