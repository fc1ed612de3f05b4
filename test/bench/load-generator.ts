/** The load, in a process of its own so that it shares no event loop with what it loads: distinct messages, exact counts. */

import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { percentile } from './figures.ts'
import { type Usage, usageOf } from './machine.ts'
import { HEADERS, type LoadKind, loadBody } from './messages.ts'

export type LoadInput = {
  readonly url: string
  /** Of the server: whose memory and processor time count. */
  readonly pid: number
  readonly kind: LoadKind
  readonly concurrency: number
  /** Epoch ms near which all messages lie; messages are numbered from `first`. */
  readonly since: number
  readonly first: number
} & (
  | { readonly seconds: number; readonly amount?: undefined }
  /** Exactly so many, without a warm-up. */
  | { readonly seconds?: undefined; readonly amount: number }
)

export type Loaded = {
  /** Of all stages, warm-up included; every message sent was answered with a 2xx. */
  readonly accepted: number
  readonly refused: number
  /** What the refusals were, for the error message. */
  readonly why: string
  /** Of the measured stage. */
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMsPerRequest: number
  readonly rssMb: number
  readonly peakMb: number
}

/** Answers later than this count as refused. */
const ANSWER_MAX_SECONDS = 60
/** The first look at how fast it goes. */
const PROBE_REQUESTS = 160
/** Then half the measured time, but not less than this, so that what runs often is compiled. */
const WARM_UP_SECONDS_MIN = 1
const WARM_UP_SHARE = 0.5
/** A stage never asks for more, however fast the probe was. */
const STAGE_MAX = 200_000

type Stage = { readonly seconds: number; readonly times: number[]; readonly statuses: Map<string, number> }

const load = async (input: LoadInput): Promise<Loaded> => {
  let next = input.first
  const stages: Stage[] = []
  const stage = async (amount: number): Promise<Stage> => {
    const one = await run(input, amount, () => next++)
    stages.push(one)
    return one
  }
  const amount = input.amount ?? (await warmedUpAmount(input, stage))
  const before = usageOf(input.pid)
  const measured = await stage(amount)
  return summary(stages, measured, before, usageOf(input.pid))
}

/** How many requests fill the wanted time; a fixed number, so that none is cut off and every answer can be counted. */
const warmedUpAmount = async (
  { concurrency, seconds = 1 }: LoadInput,
  stage: (amount: number) => Promise<Stage>,
): Promise<number> => {
  const fill = ({ times, seconds: took }: Stage, wanted: number): number =>
    Math.round(Math.min(STAGE_MAX, Math.max(2 * concurrency, (times.length / took) * wanted)))
  const probed = await stage(Math.max(PROBE_REQUESTS, 2 * concurrency))
  const warmUp = Math.max(WARM_UP_SECONDS_MIN, seconds * WARM_UP_SHARE)
  return fill(await stage(fill(probed, warmUp)), seconds)
}

const run = (input: LoadInput, amount: number, next: () => number): Promise<Stage> =>
  new Promise((resolve, reject) => {
    const times: number[] = []
    const statuses = new Map<string, number>()
    const note = (status: string): void => void statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const startedAt = performance.now()
    let lastAt = startedAt
    const body = (): string => loadBody(input.kind, next(), input.since)
    const options = {
      url: input.url,
      connections: Math.min(input.concurrency, amount),
      amount,
      timeout: ANSWER_MAX_SECONDS,
      sampleInt: 20,
      method: 'POST' as const,
      headers: HEADERS,
      requests: [{ setupRequest: (request: autocannon.Request) => ({ ...request, body: body() }) }],
    }
    const instance = autocannon(options, (error, result) => {
      if (error) return reject(error)
      if (result.errors + result.timeouts > 0) statuses.set('error or time-out', result.errors + result.timeouts)
      resolve({ seconds: (lastAt - startedAt) / 1_000, times, statuses })
    })
    instance.on('response', (_client, status, _bytes, time) => {
      lastAt = performance.now()
      if (status >= 200 && status < 300) times.push(time)
      else note(String(status))
    })
  })

const summary = (stages: readonly Stage[], measured: Stage, before: Usage, after: Usage): Loaded => {
  const refusals = stages.flatMap(({ statuses }) => [...statuses])
  const requests = measured.times.length
  return {
    accepted: stages.reduce((sum, { times }) => sum + times.length, 0),
    refused: refusals.reduce((sum, [, count]) => sum + count, 0),
    why: refusals.map(([status, count]) => `${count} × ${status}`).join(', '),
    requests,
    perSecond: requests / measured.seconds,
    p50Ms: percentile(measured.times, 0.5),
    p99Ms: percentile(measured.times, 0.99),
    cpuMsPerRequest: ((after.cpuSeconds - before.cpuSeconds) * 1_000) / requests,
    rssMb: after.rssMb,
    peakMb: after.peakMb,
  }
}

const { positionals } = parseArgs({ allowPositionals: true })
const loaded = await load(JSON.parse(positionals[0] ?? '') as LoadInput)
process.stdout.write(`${JSON.stringify(loaded)}\n`)
