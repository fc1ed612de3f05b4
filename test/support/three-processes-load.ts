/** Three hosts of the ingest functions, and a publisher that posts as Pub/Sub does: until somebody says 2xx, some at a time. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../../functions/targets.ts'
import { type Started, startFramework } from './framework.ts'
import type { Post } from './three-processes-facts.ts'

export type Host = {
  readonly processes: ReadonlyMap<Target, Started>
  /** Posts it has not answered yet. */
  inFlight: number
  isKilled: boolean
}

/** What came of all posts. */
export type Tally = {
  /** Answers 200 by what they said. */
  readonly results: Map<string, number>
  /** Posts that a host never answered, because it was killed. */
  lost: number
  /** Posts that were to come again: 5xx. */
  again: number
}

const INGEST: readonly Target[] = ['billingNotification', 'usageNotification']
const CONCURRENCY = 50
/** Pub/Sub would go on for a day. */
const TRIES_MAX = 40
const BACKOFF_MS = 50
const ANSWER_MAX_MS = 30_000

export const startHost = async (env: Readonly<Record<string, string>>): Promise<Host> => {
  const started = await Promise.all(INGEST.map(async (target) => [target, await startFramework(target, env)] as const))
  return { processes: new Map(started), inFlight: 0, isKilled: false }
}

/** SIGKILL to both processes of the host. */
export const killHost = (host: Host): void => {
  host.isKilled = true
  for (const { child } of host.processes.values()) child.kill('SIGKILL')
}

/** Posts all, each until a host took it; `onSent` is called while the post is under way. */
export const publish = async (
  hosts: readonly Host[],
  posts: readonly Post[],
  onSent: (host: Host, sent: number) => void = () => undefined,
): Promise<Tally> => {
  const tally: Tally = { results: new Map(), lost: 0, again: 0 }
  let next = 0
  const work = async (): Promise<void> => {
    for (let post = posts[next++]; post; post = posts[next++]) {
      const sent = next
      await deliver(hosts, post, tally, (host) => onSent(host, sent))
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return tally
}

const deliver = async (
  hosts: readonly Host[],
  post: Post,
  tally: Tally,
  onSent: (host: Host) => void,
): Promise<void> => {
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const host = hostFor(hosts, post.home + attempt)
    const answer = postTo(host, post)
    onSent(host)
    const { status, result } = await answer
    if (status === 200) {
      tally.results.set(result, (tally.results.get(result) ?? 0) + 1)
      return
    }
    if (status === 0) tally.lost += 1
    else tally.again += 1
    await sleep(BACKOFF_MS)
  }
  throw new Error(`nobody took ${post.body}`)
}

const hostFor = (hosts: readonly Host[], turn: number): Host => {
  const alive = hosts.filter(({ isKilled }) => !isKilled)
  const home = hosts[turn % hosts.length]
  const host = home && !home.isKilled ? home : alive[turn % alive.length]
  if (!host) throw new Error('no host is left')
  return host
}

type Answer = { readonly status: number; readonly result: string }

/** Status 0 where the host was killed over it; 503, as a load balancer says it, where a living one had closed an idle connection. */
const postTo = async (host: Host, { target, body }: Post): Promise<Answer> => {
  host.inFlight += 1
  try {
    return await answerOf(host.processes.get(target)?.url ?? '', body)
  } catch {
    return { status: host.isKilled ? 0 : 503, result: '' }
  } finally {
    host.inFlight -= 1
  }
}

const answerOf = async (url: string, body: string): Promise<Answer> => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_MAX_MS) })
  const { result = '' } = (await response.json()) as { readonly result?: string }
  return { status: response.status, result }
}
