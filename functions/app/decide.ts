/** The decision of one commit, pure: what the facts changed, which episodes moved, who is told. */

import type { Delivery } from '../domain/alerts.ts'
import { OutOfRangeError } from '../domain/errors.ts'
import type { Fact } from '../domain/facts.ts'
import { UNASSIGNED } from '../domain/keys.ts'
import type { OutboxHealth } from '../domain/outbox.ts'
import type { AccountSettings, Standing } from '../domain/standing.ts'
import { DAY_MS, type Instant, utcDay } from '../domain/time.ts'
import type { Book } from '../ledger/book.ts'
import { standingOf } from '../ledger/standing.ts'
import { nextDigests } from '../outbox/digest.ts'
import { type Answers, nextEpisodes } from '../outbox/episodes.ts'
import { type PlanInputs, planDeliveries } from '../outbox/plan.ts'
import { rules } from '../rules/index.ts'
import type { AccountState, Quarantined } from '../store/store.ts'

/** Days a count of rejected inputs is kept for the alert that tells it. */
const REJECTED_KEPT_MS = 2 * DAY_MS

export type Decision = {
  readonly state: AccountState
  readonly deliveries: readonly Delivery[]
  /** Openings and resolutions, for replays and logs. */
  readonly transitions: ReturnType<typeof nextEpisodes>['transitions']
}

export type DecideInputs = {
  /** Already holds the new facts. */
  readonly book: Book
  readonly state: AccountState | undefined
  readonly quarantined: readonly Quarantined[]
  readonly routes: PlanInputs['routes']
  readonly recipients: PlanInputs['recipients']
  readonly links?: PlanInputs['links']
  readonly now: Instant
  /** Whether facts are new: time alone moves no sum out of range. */
  readonly hasNews?: boolean
  /** How the outbox stands, where somebody has just looked; else as it was remembered. */
  readonly outbox?: OutboxHealth | undefined
}

/** Judges the account at `now`. Pure: the same inputs give the same decision. Throws `OutOfRangeError` where a sum would leave int64. */
export const decide = (inputs: DecideInputs): Decision => {
  const { book, state, quarantined, routes, recipients, links, now, hasNews } = inputs
  const standing = standingOf(book, now)
  if (hasNews) checkRange(standing)
  const firstSeenAt = state?.firstSeenAt ?? now
  const rejected = countRejected(state?.rejected ?? [], quarantined, now)
  const outbox = inputs.outbox ?? state?.outbox
  const context = { now, firstSeenAt, rejected, ...(outbox && { outbox: stillOpen(outbox, state) }) }
  const judged = rulesFor(book.account).map((rule) => ({
    rule: rule.name,
    aboutCredit: rule.aboutCredit,
    notice: rule.notice ?? false,
    quietedBy: rule.quietedBy ?? [],
    findings: rule.evaluate(standing, context),
  }))
  const { episodes, transitions } = nextEpisodes({
    account: book.account.id,
    standing,
    judged,
    episodes: state?.episodes ?? [],
    answers: answersOf(book, now),
    now,
    routes,
    ...(outbox && { failing: outbox.failing }),
  })
  const planning = { standing, transitions, routes, recipients }
  const { digests, deliveries } = nextDigests({ ...planning, digests: state?.digests ?? [], now })
  return {
    state: {
      ...{ firstSeenAt, decidedAt: now, episodes, rejected },
      ...(digests.length > 0 && { digests }),
      ...(outbox && { outbox }),
    },
    deliveries: [...planDeliveries({ ...planning, links, ...(outbox && { failing: outbox.failing }) }), ...deliveries],
    transitions,
  }
}

/** An alert that is over need reach nobody any more. */
const stillOpen = (outbox: OutboxHealth, state: AccountState | undefined): OutboxHealth => {
  if (outbox.unheard.length === 0) return outbox
  const open = new Set(state?.episodes.filter(({ status }) => status !== 'resolved').map(({ key }) => key))
  return { ...outbox, unheard: outbox.unheard.filter(({ alertKey }) => open.has(alertKey)) }
}

const INT64_MAX = 2n ** 63n - 1n

/** Sums beyond int64 are no money anybody spent; a store or a reader that counts in 64 bits would wrap them. */
const checkRange = ({ balance, overage, spent }: Standing): void => {
  for (const sum of [balance.high, balance.value, balance.low, overage, spent.billed, spent.estimated ?? 0n]) {
    if (sum > INT64_MAX || sum < -INT64_MAX) throw new OutOfRangeError('a sum of the account would leave ±2^63 nanos')
  }
}

/** What belongs to no account has no credit, budgets or feeds to judge. */
const rulesFor = (account: AccountSettings): typeof rules =>
  account.id === UNASSIGNED ? rules.filter((rule) => rule.name === 'input-rejected') : rules

const countRejected = (
  before: AccountState['rejected'],
  quarantined: readonly Quarantined[],
  now: Instant,
): AccountState['rejected'] => {
  if (before.length === 0 && quarantined.length === 0) return before
  const oldest = utcDay(now - REJECTED_KEPT_MS)
  const counts = new Map(
    before.filter((entry) => entry.day >= oldest).map((entry) => [`${entry.reason} ${entry.day}`, entry]),
  )
  for (const { reason, detail, at } of quarantined) {
    const day = utcDay(at)
    const known = counts.get(`${reason} ${day}`)
    counts.set(`${reason} ${day}`, { reason, day, count: (known?.count ?? 0) + 1, example: known?.example ?? detail })
  }
  return [...counts.values()]
}

/** Answers that know when they were given. */
type DatedAnswers = Pick<Answers, 'snoozed'> & {
  readonly acknowledged: ReadonlyMap<string, { readonly by: string; readonly at: Instant; readonly until?: Instant }>
}

/** Operators' acknowledgements and snoozes, from the facts that said so. */
export const answersOf = (book: Book, now: Instant): DatedAnswers => {
  const acknowledged = bySource(book.factsOf('acknowledge')).filter(
    ({ body }) => body.until === undefined || body.until > now,
  )
  return {
    acknowledged: new Map(
      acknowledged.map(({ body, provenance }) => [body.alertKey, { ...body, at: provenance.source.ms }]),
    ),
    snoozed: new Map(
      bySource(book.factsOf('snooze')).map(({ body, provenance }) => [
        body.alertKey,
        body.until ?? provenance.source.ms + DAY_MS,
      ]),
    ),
  }
}

/** The latest answer stands, whatever the order of arrival. */
const bySource = <One extends Fact>(facts: readonly One[]): readonly One[] =>
  facts.toSorted((a, b) => a.provenance.source.ms - b.provenance.source.ms || (a.key < b.key ? -1 : 1))

/** The facts of a batch a book does not know, put into it; each stands once. */
export const takeNews = (book: Book, facts: readonly Fact[]): readonly Fact[] =>
  facts.filter((fact) => {
    const news = book.isNews(fact)
    if (news) book.add(fact)
    return news
  })
