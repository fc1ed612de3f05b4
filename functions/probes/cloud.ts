/** Google Cloud as the checks may ask it, by the REST APIs. */

import { z } from 'zod'
import type { LookedUp } from '../app/look-up.ts'
import type { CloudIo } from '../doctor/ports.ts'
import { formatInstant, MINUTE_MS } from '../domain/time.ts'
import { type Api, lookedUp, messageOf, type Rest } from './google-rest.ts'
import {
  budgetSchema,
  functionSchema,
  jobSchema,
  levelSchema,
  policySchema,
  roleSchema,
  subscriptionSchema,
} from './schemas.ts'

/** The most that every one of these APIs hands out at a time. */
const PAGE_SIZE = 100
/** Of more than 2,000 budgets or functions the rest is not looked at. */
const PAGES_MAX = 20

const reading =
  <T>(schema: z.ZodType<T>) =>
  (body: unknown): T | undefined =>
    schema.safeParse(body).data

export const cloudIo = (rest: Rest): CloudIo => {
  const get = async <T>(api: Api, path: string, schema: z.ZodType<T>): Promise<LookedUp<T>> =>
    lookedUp(await rest.send(api, path), reading(schema))
  const list = <T>(api: Api, path: string, field: string, schema: z.ZodType<T>) =>
    allPages(rest, { api, path, field, schema })
  return {
    projectNumber: async (project) => {
      const answer = await get('projects', `/v3/projects/${encodeURIComponent(project)}`, projectSchema)
      return answer.kind === 'answer'
        ? { kind: 'answer', answer: answer.answer.name.slice('projects/'.length) }
        : answer
    },
    topic: (name) => get('pubsub', `/v1/${pathOf(name)}`, z.object({ name: z.string() })),
    subscriptionsOf: (topic) => list('pubsub', `/v1/${pathOf(topic)}/subscriptions`, 'subscriptions', z.string()),
    subscription: (name) => get('pubsub', `/v1/${pathOf(name)}`, subscriptionSchema),
    policy: (resource) => policyOf(rest, resource),
    role: (name) => get('iam', `/v1/${pathOf(name)}`, roleSchema),
    allowed: (resource, permissions) => allowedOn(rest, resource, permissions),
    budgets: (account) =>
      list('budgets', `/v1/billingAccounts/${encodeURIComponent(account)}/budgets`, 'budgets', budgetSchema),
    functions: (project) =>
      list(
        'functions',
        `/v2/projects/${encodeURIComponent(project)}/locations/-/functions`,
        'functions',
        functionSchema,
      ),
    jobs: (project, region) =>
      list(
        'scheduler',
        `/v1/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(region)}/jobs`,
        'jobs',
        jobSchema,
      ),
    levels: (metric, subscriptions, now) => {
      const project = subscriptions[0]?.split('/')[1] ?? ''
      const query = seriesQuery(metric, subscriptions, now)
      return list(
        'monitoring',
        `/v3/projects/${encodeURIComponent(project)}/timeSeries?${query}`,
        'timeSeries',
        levelSchema,
      )
    },
    mayWrite: (project, database) => mayWrite(rest, project, database),
  }
}

/** A sample a minute, shown after four at the latest; with room for a gap. https://docs.cloud.google.com/monitoring/api/metrics_gcp_p_z */
const LEVELS_BACK_MS = 10 * MINUTE_MS

/** https://docs.cloud.google.com/monitoring/api/v3/filters: one metric at a time, of any of these subscriptions. */
const seriesQuery: (...words: Parameters<CloudIo['levels']>) => string = (metric, subscriptions, now) => {
  const ids = subscriptions.map((name) => `"${name.slice(name.lastIndexOf('/') + 1)}"`)
  const filter = [
    `metric.type="pubsub.googleapis.com/subscription/${metric}"`,
    'resource.type="pubsub_subscription"',
    `resource.labels.subscription_id=one_of(${ids.join(',')})`,
  ].join(' AND ')
  return new URLSearchParams({
    filter,
    'interval.startTime': formatInstant(now - LEVELS_BACK_MS),
    'interval.endTime': formatInstant(now),
  }).toString()
}

const projectSchema = z.object({ name: z.string().regex(/^projects\/\d+$/) })

/** A full name with its parts escaped. */
const pathOf = (name: string): string => name.split('/').map(encodeURIComponent).join('/')

type Listing<T> = { readonly api: Api; readonly path: string; readonly field: string; readonly schema: z.ZodType<T> }

/** An entry that cannot be read is left out: somebody else’s may be of another kind. */
const allPages = async <T>(rest: Rest, { api, path, field, schema }: Listing<T>): Promise<LookedUp<readonly T[]>> => {
  const page = z.object({ [field]: z.array(z.unknown()).default([]), nextPageToken: z.string().default('') })
  const found: T[] = []
  let token = ''
  for (let count = 0; count < PAGES_MAX; count += 1) {
    const query = `pageSize=${PAGE_SIZE}${token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`}`
    const answer = lookedUp(await rest.send(api, `${path}${path.includes('?') ? '&' : '?'}${query}`), reading(page))
    if (answer.kind !== 'answer') return answer
    const { [field]: entries, nextPageToken } = answer.answer as { readonly [name: string]: unknown }
    for (const entry of entries as readonly unknown[]) {
      const read = schema.safeParse(entry)
      if (read.success) found.push(read.data)
    }
    token = String(nextPageToken)
    if (token === '') break
  }
  return { kind: 'answer', answer: found }
}

/** Conditions are shown to those alone who say that they know of them. https://docs.cloud.google.com/iam/docs/policies */
const POLICY_VERSION = 3

const policyOf = async (rest: Rest, resource: string): Promise<LookedUp<z.output<typeof policySchema>>> => {
  const [kind, , collection] = resource.split('/')
  const path = pathOf(resource)
  const read = reading(policySchema)
  const query = `options.requestedPolicyVersion=${POLICY_VERSION}`
  if (kind === 'billingAccounts') return lookedUp(await rest.send('billing', `/v1/${path}:getIamPolicy?${query}`), read)
  if (collection === 'locations') return lookedUp(await rest.send('run', `/v2/${path}:getIamPolicy?${query}`), read)
  if (collection !== undefined) return lookedUp(await rest.send('pubsub', `/v1/${path}:getIamPolicy?${query}`), read)
  const body = { options: { requestedPolicyVersion: POLICY_VERSION } }
  return lookedUp(await rest.send('projects', `/v3/${path}:getIamPolicy`, body), read)
}

const allowedSchema = z.object({ permissions: z.array(z.string()).default([]) }).transform((one) => one.permissions)

const allowedOn = async (
  rest: Rest,
  resource: string,
  permissions: readonly string[],
): Promise<LookedUp<readonly string[]>> => {
  const [kind, , collection] = resource.split('/')
  const [api, version]: readonly [Api, string] =
    kind === 'billingAccounts' ? ['billing', 'v1'] : collection === undefined ? ['projects', 'v3'] : ['pubsub', 'v1']
  const sent = await rest.send(api, `/${version}/${pathOf(resource)}:testIamPermissions`, { permissions })
  return lookedUp(sent, reading(allowedSchema))
}

/** Nobody makes a document of this name: the condition never holds, so the write never happens. Firestore says document, its emulator entity. */
const NEVER_THERE = 'drawdown-doctor/never-there'

const mayWrite = async (rest: Rest, project: string, database: string): Promise<LookedUp<boolean>> => {
  const root = `projects/${project}/databases/${database}/documents`
  const write = { update: { name: `${root}/${NEVER_THERE}`, fields: {} }, currentDocument: { exists: true } }
  const sent = await rest.send('firestore', `/v1/${pathOf(root)}:commit`, { writes: [write] })
  if ('status' in sent && sent.status === 404 && /\b(document|entity) to update/i.test(messageOf(sent.body)))
    return { kind: 'answer', answer: true }
  const answer = lookedUp(sent, () => true)
  return answer.kind === 'refused' && answer.why === 'denied' ? { kind: 'answer', answer: false } : answer
}
