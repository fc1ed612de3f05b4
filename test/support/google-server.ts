/** A real HTTP server that speaks the little of Google's REST APIs that doctor asks, over resources a test may change. */

import type { Endpoints } from '../../functions/probes/google-rest.ts'
import { type Resources, type Series, soundDeployment } from './google-resources.ts'
import { type HttpPeer, type SeenRequest, startHttp } from './http-server.ts'

export type GooglePeer = {
  readonly endpoints: Endpoints
  /** Since the last reset. */
  readonly requests: HttpPeer['requests']
  /** Sets a field deep inside a resource, such as `jobs.0.state`; `undefined` takes it away. */
  readonly set: (path: string, field: string, value: unknown) => void
  /** Has a whole resource at a path. */
  readonly put: (path: string, resource: object) => void
  /** Has what is at one path at another one too. */
  readonly copy: (from: string, to: string) => void
  /** Takes a resource away. */
  readonly remove: (path: string) => void
  /** Answers a path, or everything below it, with a status from now on. */
  readonly refuse: (path: string, status: number, reason?: string) => void
  /** Takes a permission from the caller, on a resource named by its path. */
  readonly deny: (path: string, ...permissions: readonly string[]) => void
  /** What a write to the database is answered: it is not allowed, or the document is not there. */
  readonly database: (state: 'open' | 'read-only' | 'missing') => void
  /** What the token server says, of a token and of whose it is. */
  readonly signIn: (answer: Readonly<Record<string, unknown>>) => void
  /** A sound deployment again. */
  readonly reset: () => void
  readonly close: () => Promise<void>
}

type State = {
  resources: Resources
  readonly refused: Map<string, { readonly status: number; readonly reason?: string }>
  readonly denied: Map<string, readonly string[]>
  database: 'open' | 'read-only' | 'missing'
  signIn: Readonly<Record<string, unknown>>
}

const fresh = (): State => ({
  resources: soundDeployment(),
  refused: new Map(),
  denied: new Map(),
  database: 'open',
  signIn: {},
})

export const startGoogle = async (): Promise<GooglePeer> => {
  let state = fresh()
  let before = 0
  const http = await startHttp((response, seen) => {
    const [status, body] = answer(seen, state)
    response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body))
  })
  const { url } = http
  return {
    endpoints: {
      pubsub: url,
      projects: url,
      billing: url,
      budgets: url,
      functions: url,
      scheduler: url,
      run: url,
      firestore: url,
      iam: url,
      monitoring: url,
    },
    requests: () => http.requests().slice(before),
    set: (path, field, value) => state.resources.set(path, changed(state.resources.get(path), field.split('.'), value)),
    put: (path, resource) => void state.resources.set(path, resource),
    copy: (from, to) => state.resources.set(to, state.resources.get(from)),
    remove: (path) => {
      if (!state.resources.delete(path)) throw new Error(`no ${path} to remove`)
    },
    refuse: (path, status, reason) => void state.refused.set(path, { status, ...(reason && { reason }) }),
    deny: (path, ...permissions) => void state.denied.set(path, permissions),
    database: (next) => {
      state.database = next
    },
    signIn: (next) => {
      state.signIn = next
    },
    reset: () => {
      state = fresh()
      before = http.requests().length
    },
    close: http.close,
  }
}

/** A copy with one field changed; a test that names a field which is not there has a mistake in it. */
const changed = (resource: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown => {
  if (typeof resource !== 'object' || resource === null) throw new Error(`nothing to change at ${name}`)
  const inner = (resource as Readonly<Record<string, unknown>>)[name]
  const next = rest.length === 0 ? value : changed(inner, rest, value)
  return Array.isArray(resource) ? Object.assign([...resource], { [name]: next }) : { ...resource, [name]: next }
}

type Reply = readonly [status: number, body: unknown]

const answer = ({ method, path: asked, body }: SeenRequest, state: State): Reply => {
  const path = decodeURIComponent(asked.split('?')[0] ?? '')
  if (path === '/token' || path === '/tokeninfo') return [state.signIn['error'] ? 400 : 200, state.signIn]
  const refusal = [...state.refused].find(([prefix]) => path.startsWith(prefix))?.[1]
  if (refusal) return fault(refusal.status, 'told to refuse', refusal.reason)
  if (path.endsWith(':testIamPermissions')) {
    const denied = state.denied.get(path.slice(0, -':testIamPermissions'.length)) ?? []
    const { permissions } = JSON.parse(body) as { readonly permissions: readonly string[] }
    return [200, { permissions: permissions.filter((one) => !denied.includes(one)) }]
  }
  if (path.endsWith('/timeSeries')) return series(path, new URLSearchParams(asked.split('?')[1]), state)
  if (path.endsWith('/documents:commit')) return committed(path, state)
  const wanted = path.endsWith(':getIamPolicy') && path.startsWith('/v3/') ? 'POST' : 'GET'
  const resource = method === wanted ? state.resources.get(path) : undefined
  return resource === undefined ? fault(404, `${path} is not there`) : [200, resource]
}

/** Of one metric, which a filter must name, and of the subscriptions that it lists. */
const series = (path: string, query: URLSearchParams, { resources }: State): Reply => {
  const filter = query.get('filter') ?? ''
  const [, metric = ''] = /metric\.type="pubsub\.googleapis\.com\/subscription\/(\w+)"/.exec(filter) ?? []
  const [, ids = ''] = /subscription_id=one_of\(([^)]*)\)/.exec(filter) ?? []
  const isTimed = query.has('interval.endTime') && query.has('interval.startTime')
  if (metric === '' || !isTimed) return fault(400, 'The query must name one metric and an interval')
  const known = (resources.get(`${path}/${metric}`) ?? { timeSeries: [] }) as { readonly timeSeries: readonly Series[] }
  const own = known.timeSeries.filter(({ resource }) => ids.includes(`"${resource.labels.subscription_id}"`))
  return [200, own.length === 0 ? {} : { timeSeries: own }]
}

/** In Firestore’s own words; the emulator’s are in a test that asks it. */
const committed = (path: string, { database }: State): Reply => {
  const root = path.slice('/v1/'.length, -':commit'.length)
  if (database === 'read-only') return fault(403, 'Missing or insufficient permissions.')
  if (database === 'missing') return fault(404, 'The database (default) does not exist for project my-finops')
  return fault(404, `No document to update: ${root}/drawdown-doctor/never-there`)
}

const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
}

/** https://docs.cloud.google.com/apis/design/errors */
const fault = (code: number, message: string, reason?: string): Reply => {
  const details = reason === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }]
  return [code, { error: { code, message, status: STATUSES[code] ?? 'UNAVAILABLE', details } }]
}
