/** Service Usage, API Keys and Resource Manager of one project on loopback, as far as enforcement asks them. */

import type { ServerResponse } from 'node:http'
import { type HttpPeer, type SeenRequest, startHttp } from './http-server.ts'

export type Refusal = { readonly code: number; readonly status: string; readonly message: string }

/** What becomes of a request that changes something; `apply late`: answered at once, as an operation is, and not to be seen by the look after it. */
export type Fate = 'apply' | 'apply late' | 'apply and cut' | 'cut' | Refusal

/** As `keys.list` has it; the number of the project is not its id. */
export type FakeKey = {
  readonly name: string
  readonly uid: string
  displayName: string
  etag: string
  restrictions?: Readonly<Record<string, unknown>>
}

export type GoogleProject = {
  readonly peer: HttpPeer
  /** Rights that Google says are held. */
  readonly rights: Set<string>
  /** The state of the Gemini API, and what turning it off is answered with, 200 unless told. */
  readonly api: { state: string; refusal?: Refusal }
  readonly keys: FakeKey[]
  readonly liens: object[]
  /** From now on, for everything that changes something. */
  readonly fate: (next: (request: SeenRequest) => Fate) => void
  /** Requests that would change something. */
  readonly changes: () => readonly SeenRequest[]
}

/** A key of the project with these restrictions. */
export const fakeKey = (uid: string, restrictions?: FakeKey['restrictions'], displayName = uid, id = uid): FakeKey => ({
  ...{ name: `projects/481516/locations/global/keys/${id}`, uid, displayName, etag: `"${uid}-1"` },
  ...(restrictions && { restrictions }),
})

const isChange = ({ method, path }: SeenRequest): boolean => method !== 'GET' && !path.endsWith(':testIamPermissions')

export const startGoogleProject = async (rights: readonly string[]): Promise<GoogleProject> => {
  const held = new Set(rights)
  const api: GoogleProject['api'] = { state: 'ENABLED' }
  const [keys, liens]: [FakeKey[], object[]] = [[], []]
  let fateOf: (request: SeenRequest) => Fate = () => 'apply'
  const late: SeenRequest[] = []

  const read = (path: string, body: string): object => {
    const { pathname, searchParams } = new URL(path, 'http://google')
    if (pathname.endsWith(':testIamPermissions')) {
      const asked = (JSON.parse(body) as { permissions: string[] }).permissions
      return { permissions: asked.filter((right) => held.has(right)) }
    }
    if (pathname === '/v1/liens') return liens.length > 0 ? { liens } : {}
    if (!pathname.endsWith('/keys')) return { name: pathname, state: api.state }
    const [from, size] = [Number(searchParams.get('pageToken') || 0), Number(searchParams.get('pageSize'))]
    const more = from + size < keys.length ? { nextPageToken: String(from + size) } : {}
    return { keys: keys.slice(from, from + size), ...more }
  }
  const change = ({ method, path, body }: SeenRequest): Refusal | undefined => {
    if (method === 'PATCH') return patch(keys, path, body)
    if (path.endsWith(':disable') && api.refusal) return api.refusal
    api.state = path.endsWith(':disable') ? 'DISABLED' : 'ENABLED'
    return undefined
  }
  const peer = await startHttp((response, request) => {
    if (!isChange(request)) {
      send(response, 200, read(request.path, request.body))
      for (const one of late.splice(0)) change(one)
      return
    }
    const fate = fateOf(request)
    if (typeof fate === 'object') return send(response, fate.code, { error: fate })
    if (fate === 'apply late') late.push(request)
    const refusal = fate === 'cut' || fate === 'apply late' ? undefined : change(request)
    if (fate === 'cut' || fate === 'apply and cut') return void response.destroy()
    return refusal ? send(response, refusal.code, { error: refusal }) : send(response, 200, { name: 'operations/x' })
  })
  return {
    ...{ peer, rights: held, api, keys, liens },
    fate: (next) => {
      fateOf = next
    },
    changes: () => peer.requests().filter(isChange),
  }
}

const send = (response: ServerResponse, code: number, answer: object): void => {
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}

/** Google knows a version by its etag, drops what is empty, and wants the mask to name what is to change. */
const patch = (keys: readonly FakeKey[], path: string, body: string): Refusal | undefined => {
  const { pathname, searchParams } = new URL(path, 'http://google')
  const key = keys.find(({ name }) => pathname.endsWith(name.slice(name.lastIndexOf('/keys/'))))
  if (!key) return { code: 404, status: 'NOT_FOUND', message: 'no such key' }
  const { restrictions, etag } = JSON.parse(body) as Pick<FakeKey, 'restrictions' | 'etag'>
  if (searchParams.get('updateMask') !== 'restrictions')
    return { code: 400, status: 'INVALID_ARGUMENT', message: 'mask' }
  if (etag !== key.etag) return { code: 409, status: 'ABORTED', message: 'etag mismatch' }
  key.etag = `"${key.uid}-${Number(key.etag.split('-').at(-1)?.replace('"', '')) + 1}"`
  key.restrictions = Object.fromEntries(
    Object.entries(restrictions ?? {}).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  )
  return undefined
}
