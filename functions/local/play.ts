/** Plays the sample month through the real pipeline under its own clock, and goes on where a killed run stopped. */

import { drain } from '../app/deliver.ts'
import { ingest } from '../app/ingest.ts'
import type { AccountId } from '../domain/keys.ts'
import { type Instant, MINUTE_MS } from '../domain/time.ts'
import { decodeEnvelope } from '../sources/envelope.ts'
import type { Store } from '../store/store.ts'
import type { App } from '../wire.ts'
import { SAMPLE_ACCOUNT, type SampleMessage, sampleEnd, sampleMonth } from './sample.ts'

const EVALUATE_EVERY_MS = 5 * MINUTE_MS

/** Where the sample stands: its end is fixed by its first message, its progress by its last commit. */
export type SamplePosition = { readonly end: Instant; readonly resumeAt: Instant | undefined }

/** Reads the position back from the ledger itself, so that nothing beside it has to be trusted. */
export const samplePosition = async (store: Store, now: Instant): Promise<SamplePosition> => {
  const { state } = await store.load(SAMPLE_ACCOUNT as AccountId, 0)
  return state ? { end: sampleEnd(state.firstSeenAt), resumeAt: state.decidedAt } : { end: now, resumeAt: undefined }
}

/** The sample's clock: set by the player, read by everybody else of its app. */
export type VirtualClock = { now: Instant }

type Player = {
  readonly app: App
  readonly clock: VirtualClock
  readonly position: SamplePosition
  readonly progress: (done: number, total: number) => void
  /** True once the process is asked to end. */
  readonly stopped: () => boolean
}

/** Plays what is left; every message is committed and its mails accepted before the next one is taken. */
export const playSample = async ({ app, clock, position, progress, stopped }: Player): Promise<void> => {
  const all = sampleMonth(position.end)
  const from = position.resumeAt
  const left = from === undefined ? all : all.filter((message) => message.at >= from)
  clock.now = from ?? all[0]?.at ?? position.end
  for (const [index, message] of left.entries()) {
    if (stopped()) return
    await evaluateUntil(app, clock, message.at)
    await take(app, message)
    progress(all.length - left.length + index + 1, all.length)
  }
  await evaluateUntil(app, clock, position.end)
}

const take = async (app: App, message: SampleMessage): Promise<void> => {
  await ingest(app.deps, app.desk, decodeEnvelope(pushOf(message), message.topic, message.at))
  await drain(app.deps)
}

/** As Pub/Sub pushes it: https://docs.cloud.google.com/pubsub/docs/push */
const pushOf = ({
  at,
  messageId,
  attributes,
  body,
  topic,
}: SampleMessage): { headers: Record<string, string>; body: Uint8Array } => {
  const publishTime = new Date(at).toISOString()
  const message = { data: Buffer.from(body).toString('base64'), attributes, messageId, publishTime }
  return {
    headers: {},
    body: Buffer.from(JSON.stringify({ message, subscription: `projects/sample/subscriptions/${topic}` })),
  }
}

/** Moves the clock on by the scheduler's marks; silence, expiry and repeats happen there. */
const evaluateUntil = async (app: App, clock: VirtualClock, to: Instant): Promise<void> => {
  for (let at = nextMark(clock.now); at <= to; at += EVALUATE_EVERY_MS) {
    clock.now = at
    await app.desk.evaluate(SAMPLE_ACCOUNT as AccountId)
    const dueAt = await app.deps.store.nextDueAt()
    if (dueAt !== undefined && dueAt <= at) await drain(app.deps)
  }
  clock.now = Math.max(clock.now, to)
}

const nextMark = (after: Instant): Instant => (Math.floor(after / EVALUATE_EVERY_MS) + 1) * EVALUATE_EVERY_MS
