/** From starting the process to its first answer, and to its first committed message, against the no-op. */

import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type Bench, IncorrectError, leftOut, noted, type Row } from './bench.ts'
import { environmentFor, ownFolder, sqliteIn } from './configuration.ts'
import { mustHold } from './durable.ts'
import { interleaved, mb, median, ms, ratios, spread, times } from './figures.ts'
import { type FirestorePeer, startFirestore } from './firestore.ts'
import { usageOf } from './machine.ts'
import { HEADERS, loadBody } from './messages.ts'
import { launchTarget, type Server, type Target } from './processes.ts'

type Variant = {
  readonly name: string
  readonly target: Target
  readonly store: 'sqlite' | 'firestore'
  /** Whether the first answer means a committed message. */
  readonly commits: boolean
  readonly goal?: number
}

const NOOP: Variant = { name: 'no-op', target: 'noop', store: 'sqlite', commits: false }
const VARIANTS: readonly Variant[] = [
  NOOP,
  { name: 'status page, SQLite', target: 'status', store: 'sqlite', commits: false },
  { name: 'first commit, SQLite', target: 'billingNotification', store: 'sqlite', commits: true, goal: 1.3 },
  { name: 'first commit, Firestore', target: 'billingNotification', store: 'firestore', commits: true, goal: 1.8 },
]
/** Starts are short and vary: ten of them tell more than three. */
const ROUNDS_MIN = 10
const ANSWER_MAX_MS = 30_000
const POLL_MS = 2

type Cold = {
  readonly ms: number
  /** Processor time of all threads by then, which a busy machine disturbs less. */
  readonly cpuMs: number
  readonly rssMb: number
}

export const bench: Bench = async (options) => {
  const firestore = await startFirestore()
  const peer = 'why' in firestore ? undefined : firestore
  const variants = VARIANTS.filter(({ store }) => peer || store !== 'firestore')
  try {
    // The disk's cache and the emulator's own first times are nobody's cold start.
    for (const variant of variants) await start(options.folder, variant, peer)
    const results = await interleaved(Math.max(ROUNDS_MIN, options.rounds), variants, (variant, round) => {
      if (variant === NOOP) options.say(`cold: round ${round + 1}`)
      return start(options.folder, variant, peer)
    })
    const base = results.get(NOOP) ?? []
    const rows = [...results].flatMap(([variant, runs]) => rowsOf(variant, runs, base))
    return 'why' in firestore ? [...rows, leftOut('cold: first commit, Firestore', firestore.why)] : rows
  } finally {
    await peer?.stop()
  }
}

const rowsOf = (variant: Variant, runs: readonly Cold[], base: readonly Cold[]): readonly Row[] => {
  const of = (name: keyof Cold, from = runs): readonly number[] => from.map((run) => run[name])
  const shares = ratios(of('ms'), of('ms', base))
  const share = (name: keyof Cold): string =>
    variant === NOOP ? '' : `; ${spread(ratios(of(name), of(name, base)), times)} no-op`
  const title = `cold: ${variant.name}, from sources`
  const { goal } = variant
  const said = `${spread(of('ms'), ms)}${share('ms')}`
  return [
    goal === undefined ? noted(title, said) : atMost(title, median(shares), goal, said, `≤ ${goal} × no-op`),
    noted(
      `${title}: processor time, memory`,
      `${spread(of('cpuMs'), ms)}${share('cpuMs')}; ${spread(of('rssMb'), mb)}`,
    ),
  ]
}

const start = async (parent: string, variant: Variant, firestore: FirestorePeer | undefined): Promise<Cold> => {
  const folder = ownFolder(parent)
  const peer = variant.store === 'firestore' ? firestore?.fresh() : undefined
  const store = peer?.store ?? sqliteIn(folder)
  const body = variant.target === 'status' ? undefined : loadBody('budget', 0, Date.now())
  const server = await launchTarget(variant.target, { ...environmentFor(folder, store), ...peer?.environment })
  try {
    const took = await firstAnswer(server, body)
    const { rssMb, cpuSeconds } = usageOf(server.pid)
    await server.stop()
    if (variant.commits) await mustHold(store, 'budget', 1)
    return { ms: took, cpuMs: cpuSeconds * 1_000, rssMb }
  } finally {
    await server.stop()
  }
}

/** Knocks until somebody opens; whoever opens must say yes. */
const firstAnswer = async (server: Server, body: string | undefined): Promise<number> => {
  const deadline = server.startedAt + ANSWER_MAX_MS
  while (performance.now() < deadline) {
    const status = await ask(server.url, body)
    if (status !== undefined && status >= 200 && status < 300) return performance.now() - server.startedAt
    if (status !== undefined) throw new IncorrectError(`the first answer was ${status}: ${server.output()}`)
    await sleep(POLL_MS)
  }
  throw new IncorrectError(`no answer: ${server.output()}`)
}

/** `undefined` while nobody listens. */
const ask = (url: string, body: string | undefined): Promise<number | undefined> =>
  new Promise((resolve) => {
    const options = {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : HEADERS,
      agent: false,
    }
    const outgoing = request(url, options, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    outgoing.on('error', () => resolve(undefined))
    outgoing.end(body)
  })
