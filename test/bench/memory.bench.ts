/** Memory of an instance after its first commit and after 100,000 usage events, started as the README says. */

import { atMost, type Bench, mustBe, noted, type Row } from './bench.ts'
import { environmentFor, ownFolder, sqliteIn } from './configuration.ts'
import { mustHold } from './durable.ts'
import { mb } from './figures.ts'
import type { Loaded, LoadInput } from './load-generator.ts'
import { runScript, type Server, startTarget } from './processes.ts'

const FIRST_GOAL_MB = 120
const EVENTS = 100_000
const EVENTS_GOAL_MB = 180
const CONCURRENCY = 80
const CHUNK = 5_000
/** As the README has it deployed: a machine with much memory else lets the heap grow far beyond what lives in it. */
const DEPLOYED = { NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=128' }
/** Unless the full size is asked for, a slow program is looked at only so far. */
const SECONDS_MAX = 30

export const bench: Bench = async ({ folder: parent, full, say }) => {
  const folder = ownFolder(parent)
  const store = sqliteIn(folder)
  const baseline = await loadNoop(parent)
  const server = await startTarget('usageNotification', { ...environmentFor(folder, store), ...DEPLOYED })
  try {
    const since = Date.now()
    const first = await load(server, since, 0, 1)
    const deadline = performance.now() + SECONDS_MAX * 1_000
    let last = first
    let sent = 1
    while (sent < EVENTS && (full || performance.now() < deadline)) {
      last = await load(server, since, sent, Math.min(CHUNK, EVENTS - sent))
      sent += last.accepted
      say(`memory: ${sent} events, ${mb(last.rssMb)}`)
    }
    await server.stop()
    await mustHold(store, 'usage', sent)
    return [noted('memory: no-op, after its first answer', mb(baseline.rssMb)), ...rowsOf(first, last, sent)]
  } finally {
    await server.stop()
  }
}

const rowsOf = (first: Loaded, last: Loaded, sent: number): readonly Row[] => {
  const goal = `≤ ${EVENTS_GOAL_MB} MB`
  const measured = `${mb(last.rssMb)}, at its peak ${mb(last.peakMb)}`
  const row = atMost(`memory: after ${sent.toLocaleString('en')} events`, last.rssMb, EVENTS_GOAL_MB, measured, goal)
  return [
    atMost('memory: at the first commit', first.rssMb, FIRST_GOAL_MB, mb(first.rssMb), `≤ ${FIRST_GOAL_MB} MB`),
    sent < EVENTS && row.verdict === 'met'
      ? { ...row, measured: `${measured}; stopped after ${SECONDS_MAX} s`, verdict: '' }
      : row,
  ]
}

const load = async (server: Server, since: number, first: number, amount: number): Promise<Loaded> => {
  const { url, pid } = server
  const input: LoadInput = { url, pid, kind: 'usage', concurrency: Math.min(CONCURRENCY, amount), since, first, amount }
  const loaded = await runScript<Loaded>('load', input)
  mustBe(`memory: messages refused (${loaded.why})`, loaded.refused, 0)
  return loaded
}

const loadNoop = async (parent: string): Promise<Loaded> => {
  const folder = ownFolder(parent)
  const server = await startTarget('noop', environmentFor(folder, sqliteIn(folder)))
  try {
    return await load(server, Date.now(), 0, 1)
  } finally {
    await server.stop()
  }
}
