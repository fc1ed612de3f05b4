/** A real app over a store of choice, with a clock the test moves and a channel that only remembers. */

import type { Deps } from '../../functions/app/deps.ts'
import { openDesk } from '../../functions/app/desk.ts'
import { type Ingested, ingest } from '../../functions/app/ingest.ts'
import type { SendOutcome } from '../../functions/channels/channel.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import type { AccountSettings } from '../../functions/domain/standing.ts'
import { formatInstant, type Instant } from '../../functions/domain/time.ts'
import { decodeEnvelope } from '../../functions/sources/envelope.ts'
import type { RawMessage } from '../../functions/sources/source.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import type { Store } from '../../functions/store/store.ts'
import { ACCOUNT, BUDGET, settings, T0 } from './facts.ts'

export type Told = {
  readonly channel: string
  readonly recipient: string
  readonly key: string
  readonly message: Message
}

/** What Pub/Sub says of a message; by default it was published at the clock's time. */
export type Sent = { readonly publishTime?: string; readonly messageId?: string }

export type TestApp = {
  readonly deps: Deps
  readonly desk: ReturnType<typeof openDesk>
  readonly clock: { now: Instant }
  readonly told: Told[]
  readonly log: string[]
  /** The outcome of the next sends; empty: sent. */
  readonly outcomes: SendOutcome[]
  /** What every send through a channel comes to, while it is here. */
  readonly down: Map<string, SendOutcome>
  readonly post: (
    topic: RawMessage['topic'],
    attributes: Record<string, string>,
    body: unknown,
    over?: Sent,
  ) => Promise<Ingested>
  readonly budget: (cost: number, over?: Record<string, unknown>, sent?: Sent) => Promise<Ingested>
  readonly fact: (kind: string, body: Record<string, unknown>) => Promise<Ingested>
  readonly usage: (body: Record<string, unknown>) => Promise<Ingested>
}

let ids = 0

/** `more` takes the place of what every test app has, such as its routes. */
export const openTestApp = (
  over: Partial<AccountSettings> = {},
  store: Store = openMemoryStore(),
  more: Partial<Deps> = {},
): TestApp => {
  const clock = { now: T0 }
  const told: Told[] = []
  const log: string[] = []
  const outcomes: SendOutcome[] = []
  const down = new Map<string, SendOutcome>()
  const deps: Deps = {
    store,
    accounts: [settings({ budgets: { [BUDGET]: 'drawdown' }, ...over })],
    routes: [{ when: {}, to: ['ops'] }],
    recipients: { ops: ['ops@example.com'] },
    sender:
      async (channel) =>
      async (message, { recipient, idempotencyKey }) => {
        const outcome = down.get(channel) ?? outcomes.shift() ?? { kind: 'sent', note: 'ok' }
        if (outcome.kind === 'sent' || (outcome.kind === 'retry' && outcome.ambiguous))
          told.push({ channel, recipient, key: idempotencyKey, message })
        return outcome
      },
    clock: () => clock.now,
    newId: () => `id-${++ids}`,
    chance: () => 0.5,
    announce: () => undefined,
    log: {
      info: (text) => log.push(text),
      warning: (text, fields) => log.push(`${text} ${JSON.stringify(fields)}`),
      error: (text, error) => log.push(`${text} ${error}`),
    },
    ...more,
  }
  const desk = openDesk(deps)
  const post: TestApp['post'] = (
    topic,
    attributes,
    body,
    { publishTime = formatInstant(clock.now), messageId = '1' } = {},
  ) => {
    const message = { data: Buffer.from(JSON.stringify(body)).toString('base64'), attributes, messageId, publishTime }
    const request = {
      headers: {},
      body: Buffer.from(JSON.stringify({ message, subscription: 'projects/p/subscriptions/s' })),
    }
    return ingest(deps, desk, decodeEnvelope(request, topic, clock.now))
  }
  return {
    deps,
    desk,
    clock,
    told,
    log,
    outcomes,
    down,
    post,
    budget: (cost, fields = {}, sent = {}) =>
      post(
        'billing-notifications',
        { billingAccountId: ACCOUNT, budgetId: BUDGET, schemaVersion: '1.0' },
        {
          budgetDisplayName: 'Gemini',
          costAmount: cost,
          costIntervalStart: '2026-11-01T07:00:00Z',
          budgetAmount: 100,
          budgetAmountType: 'SPECIFIED_AMOUNT',
          currencyCode: 'USD',
          ...fields,
        },
        sent,
      ),
    fact: (kind, body) => post('billing-notifications', { drawdown: kind }, { billingAccountId: ACCOUNT, ...body }),
    usage: (body) =>
      post(
        'gemini-usage',
        {},
        { projectId: 'my-app', at: formatInstant(clock.now), model: 'gemini-3.5-flash', ...body },
      ),
  }
}
