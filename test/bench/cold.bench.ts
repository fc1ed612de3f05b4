/** From starting the process to its first answer, and to its first committed message, against the no-op. */

import { statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildIn, bytesOf, cacheIn, installCopy } from '../support/bundle.ts'
import { BUDGET } from '../support/facts.ts'
import { atMost, type Bench, IncorrectError, leftOut, noted, type Row } from './bench.ts'
import { environmentFor, ownFolder, sqliteIn } from './configuration.ts'
import { mustHold } from './durable.ts'
import { interleaved, mb, median, ms, ratios, spread, times } from './figures.ts'
import { type FirestorePeer, startFirestore } from './firestore.ts'
import { usageOf } from './machine.ts'
import { ACCOUNT_TEXT, HEADERS, loadBody } from './messages.ts'
import { addNoop, launchTarget, type Server, type Target } from './processes.ts'

type Variant = {
  readonly name: string
  /** `built` is started from a folder that holds the bundle and what it needs installed, and nothing else. */
  readonly from: 'sources' | 'built'
  readonly target: Target
  readonly store: 'sqlite' | 'firestore'
  /** Starts with the compile cache that the platform's build makes, as a deployment does. */
  readonly isCached?: true
  /** Of the configuration file; a deployment writes JSON. */
  readonly yaml?: true
  /** Whether the first answer means a committed message. */
  readonly commits: boolean
  /** At most so many times the no-op. */
  readonly goal?: number
}

const NOOP: Variant = { name: 'no-op', from: 'built', target: 'noop', store: 'sqlite', commits: false }
const BUNDLE = { from: 'built', target: 'billingNotification', commits: true } as const
const VARIANTS: readonly Variant[] = [
  NOOP,
  { ...NOOP, name: 'no-op, compile cache', isCached: true },
  { ...BUNDLE, name: 'SQLite', store: 'sqlite', isCached: true, goal: 1.3 },
  { ...BUNDLE, name: 'Firestore', store: 'firestore', isCached: true, goal: 1.8 },
  { ...BUNDLE, name: 'SQLite, no compile cache', store: 'sqlite' },
  { ...BUNDLE, name: 'Firestore, no compile cache', store: 'firestore' },
  { ...BUNDLE, name: 'Firestore, no compile cache, YAML', store: 'firestore', yaml: true },
  { ...BUNDLE, name: 'SQLite, from sources', from: 'sources', store: 'sqlite', yaml: true },
]
/** Starts are short and vary: ten of them tell more than three. */
const ROUNDS_MIN = 10
const ANSWER_MAX_MS = 30_000
const POLL_MS = 2
/** Memory of the process when it has answered its first message. */
const RSS_GOAL_MB = 120
/** Bytes, of 10^6 a megabyte. */
const [ZIP_MAX, INSTALLED_MAX] = [2e6, 20e6]

/** What the benches' YAML says, as a deployment writes it. */
const JSON_CONFIG = JSON.stringify({
  accounts: [{ id: ACCOUNT_TEXT, name: 'Production', projects: ['my-app'], budgets: { [BUDGET]: 'drawdown' } }],
})

type Cold = {
  readonly ms: number
  /** Processor time of all threads by then, which a busy machine disturbs less. */
  readonly cpuMs: number
  readonly rssMb: number
}

/** What the variants need; `why` it is not there. */
type Place = { readonly folder: string } | { readonly why: string }
type Peers = {
  readonly parent: string
  readonly built: Place
  readonly firestore: FirestorePeer | { readonly why: string }
}

export const bench: Bench = async (options) => {
  options.say('cold: building and installing')
  const dist = await buildIn(options.folder, 'UTC')
  const built = await installCopy(dist, options.folder)
  const sizes = sizesOf(dist, built)
  if ('folder' in built) addNoop(built.folder)
  const firestore = await startFirestore()
  const peers: Peers = { parent: options.folder, built, firestore }
  const variants = VARIANTS.filter((variant) => lackOf(variant, peers) === undefined)
  try {
    // The disk's cache and the emulator's own first times are nobody's cold start.
    for (const variant of variants) await start(variant, peers)
    const results = await interleaved(Math.max(ROUNDS_MIN, options.rounds), variants, (variant, round) => {
      if (variant === NOOP) options.say(`cold: round ${round + 1}`)
      return start(variant, peers)
    })
    const base = results.get(NOOP) ?? []
    const missing = VARIANTS.flatMap((variant) => {
      const why = lackOf(variant, peers)
      return why === undefined ? [] : [leftOut(`cold: ${variant.name}`, why)]
    })
    return [...sizes, ...[...results].flatMap(([variant, runs]) => rowsOf(variant, runs, base)), ...missing]
  } finally {
    if ('stop' in firestore) await firestore.stop()
  }
}

const sizesOf = (dist: string, built: Place): readonly Row[] => {
  const row = (what: string, bytes: number, most: number): Row =>
    atMost(`size: ${what}`, bytes, most, `${(bytes / 1e6).toFixed(2)} MB`, `≤ ${most / 1e6} MB`)
  const zip = row('zip', statSync(join(dist, 'drawdown.zip')).size, ZIP_MAX)
  return 'folder' in built ? [zip, row('installed', bytesOf(built.folder), INSTALLED_MAX)] : [zip]
}

/** Why a variant cannot be measured here. */
const lackOf = (variant: Variant, { built, firestore }: Peers): string | undefined => {
  const { from, store } = variant
  if (from === 'built' && 'why' in built && variant !== NOOP) return built.why
  return store === 'firestore' && 'why' in firestore ? firestore.why : undefined
}

const rowsOf = (variant: Variant, runs: readonly Cold[], base: readonly Cold[]): readonly Row[] => {
  const of = (name: keyof Cold, from = runs): readonly number[] => from.map((run) => run[name])
  const shares = ratios(of('ms'), of('ms', base))
  const share = (name: keyof Cold): string =>
    variant === NOOP ? '' : `; ${spread(ratios(of(name), of(name, base)), times)} no-op`
  const title = `cold: ${variant.name}`
  const { goal } = variant
  const said = `${spread(of('ms'), ms)}${share('ms')}`
  const rss = spread(of('rssMb'), mb)
  return [
    goal === undefined ? noted(title, said) : atMost(title, median(shares), goal, said, `≤ ${goal} × no-op`),
    noted(`${title}: processor time`, `${spread(of('cpuMs'), ms)}${share('cpuMs')}`),
    goal === undefined
      ? noted(`${title}: memory`, rss)
      : atMost(`${title}: memory`, median(of('rssMb')), RSS_GOAL_MB, rss, `≤ ${RSS_GOAL_MB} MB`),
  ]
}

const start = async (variant: Variant, { parent, built, firestore }: Peers): Promise<Cold> => {
  const folder = ownFolder(parent)
  const peer = variant.store === 'firestore' && 'fresh' in firestore ? firestore.fresh() : undefined
  const store = peer?.store ?? sqliteIn(folder)
  const home = variant.from === 'built' && 'folder' in built ? built.folder : undefined
  const env = {
    ...environmentFor(folder, store, variant.yaml ? undefined : JSON_CONFIG),
    ...peer?.direct,
    ...(variant.isCached && home && { NODE_COMPILE_CACHE: cacheIn(home) }),
  }
  const server = await launchTarget(variant.target, env, home)
  try {
    const took = await firstAnswer(server)
    const { rssMb, cpuSeconds } = usageOf(server.pid)
    await server.stop()
    if (variant.commits) await mustHold(store, 'budget', 1)
    return { ms: took, cpuMs: cpuSeconds * 1_000, rssMb }
  } finally {
    await server.stop()
  }
}

/** Knocks until somebody opens; whoever opens must say yes. */
const firstAnswer = async (server: Server): Promise<number> => {
  const deadline = server.startedAt + ANSWER_MAX_MS
  const body = loadBody('budget', 0, Date.now())
  while (performance.now() < deadline) {
    const status = await ask(server.url, body)
    if (status !== undefined && status >= 200 && status < 300) return performance.now() - server.startedAt
    if (status !== undefined) throw new IncorrectError(`the first answer was ${status}: ${server.output()}`)
    await sleep(POLL_MS)
  }
  throw new IncorrectError(`no answer: ${server.output()}`)
}

/** `undefined` while nobody listens. */
const ask = (url: string, body: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const options = { method: 'POST', headers: HEADERS, agent: false }
    const outgoing = request(url, options, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    outgoing.on('error', () => resolve(undefined))
    outgoing.end(body)
  })
