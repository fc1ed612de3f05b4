/** From a message's arrival to its mail being accepted, at 50 alerts a second, through the whole of `npm start`. */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { atMost, type Bench, IncorrectError, mustBe, noted } from './bench.ts'
import { environmentFor, ownFolder, sqliteIn } from './configuration.ts'
import { ms, percentile } from './figures.ts'
import { budgetMessage, envelope, HEADERS, periodStartOf } from './messages.ts'
import { type Server, startLocal } from './processes.ts'

const PER_SECOND = 50
const GOAL_MS = 1_000
const ALERTS = 300
const ALERTS_FULL = 3_000
/** The first ones find everything cold; they are sent, delivered and not counted. */
const WARM_UP = 50
const PATIENCE_MS = 60_000

/** One alert per account: each has a budget that reaches its threshold once. */
const accountId = (n: number): string => `0A0000-000000-${n.toString(16).toUpperCase().padStart(6, '0')}`
const accountName = (n: number): string => `bench${String(n).padStart(6, '0')}`
const NAME = /^Subject: [^\r\n]*?bench(\d{6})/m

const configOf = (accounts: number): string => `accounts:
${Array.from({ length: accounts }, (_, n) => `  - { id: ${accountId(n)}, name: ${accountName(n)} }`).join('\n')}
channels:
  mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: BENCH_SMTP_URL }
routes:
  - { when: { rule: [budget-threshold] }, to: [mail] }
`

export const bench: Bench = async ({ full, folder: parent, say }) => {
  const alerts = WARM_UP + (full ? ALERTS_FULL : ALERTS)
  const acceptedAt = new Map<number, number[]>()
  const smtp = await startSmtp((raw, at) => {
    const n = Number(NAME.exec(raw)?.[1] ?? Number.NaN)
    acceptedAt.set(n, [...(acceptedAt.get(n) ?? []), at])
  })
  const folder = ownFolder(parent)
  const environment = environmentFor(folder, sqliteIn(folder), configOf(alerts))
  let server: Server | undefined
  try {
    server = await startLocal({ ...environment, BENCH_SMTP_URL: smtp.url })
    say(`latency: ${alerts} alerts at ${PER_SECOND} a second`)
    const sentAt = await sendAll(server.url, alerts)
    const times = await untilAccepted(sentAt, acceptedAt)
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
    const said = `p99 ${ms(p99)}, p50 ${ms(p50)}, worst ${ms(Math.max(...times))}`
    const rate = (alerts - 1) / (((sentAt.at(-1) ?? 0) - (sentAt[0] ?? 0)) / 1_000)
    return [
      atMost(`latency: message in → mail accepted, ${times.length} alerts`, p99, GOAL_MS, said, `p99 ≤ ${ms(GOAL_MS)}`),
      noted('latency: alerts a second sent', rate.toFixed(1)),
    ]
  } finally {
    await server?.stop()
    await smtp.close()
  }
}

/** At their times, whether or not the earlier ones were answered. */
const sendAll = async (url: string, alerts: number): Promise<readonly number[]> => {
  const sentAt: number[] = []
  const answers: Promise<void>[] = []
  const startedAt = performance.now()
  for (let n = 0; n < alerts; n += 1) {
    await sleep(Math.max(0, startedAt + (n * 1_000) / PER_SECOND - performance.now()))
    sentAt.push(performance.now())
    answers.push(post(url, n))
  }
  await Promise.all(answers)
  return sentAt
}

const post = async (url: string, n: number): Promise<void> => {
  const now = Date.now()
  const news = {
    account: accountId(n),
    cents: 90_500,
    periodStart: periodStartOf(now),
    publishedAt: now,
    threshold: 0.9,
  }
  const body = envelope(budgetMessage(n, news))
  const response = await fetch(`${url}/billingNotification`, { method: 'POST', headers: HEADERS, body })
  mustBe(`latency: status of message ${n}`, response.status, 200)
  await response.arrayBuffer()
}

/** Exactly one mail for each alert, or it is no result. */
const untilAccepted = async (
  sentAt: readonly number[],
  acceptedAt: ReadonlyMap<number, readonly number[]>,
): Promise<readonly number[]> => {
  const deadline = performance.now() + PATIENCE_MS
  while (acceptedAt.size < sentAt.length && performance.now() < deadline) await sleep(10)
  return sentAt
    .map((sent, n) => {
      const [accepted, second] = acceptedAt.get(n) ?? []
      if (accepted === undefined)
        throw new IncorrectError(`the mail of alert ${n} never came; there were ${acceptedAt.size}`)
      if (second !== undefined) throw new IncorrectError(`the mail of alert ${n} came twice`)
      return accepted - sent
    })
    .slice(WARM_UP)
}

type SmtpSink = { readonly url: string; readonly close: () => Promise<void> }

/** Takes every mail; `onMail` is told the instant just before the server says so. */
const startSmtp = async (onMail: (raw: string, at: number) => void): Promise<SmtpSink> => {
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    closeTimeout: 500,
    onData: (stream, _session, done) => {
      Array.fromAsync(stream as AsyncIterable<Buffer>).then(
        (chunks) => {
          onMail(Buffer.concat(chunks).toString('utf8'), performance.now())
          done()
        },
        (error: unknown) => done(error instanceof Error ? error : new Error('not taken')),
      )
    },
  })
  server.on('error', () => undefined)
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
  return { url: `smtp://127.0.0.1:${port}`, close }
}
