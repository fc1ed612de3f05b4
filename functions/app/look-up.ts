/** Asks Google what no message tells: is each project billed to its account, and is the account open. Answers become facts. */

import type { AccountOpen, BillingLink, Fact, LookedUpBody, LookUpSubject, Refusal } from '../domain/facts.ts'
import { type AccountId, contentHash, factKey } from '../domain/keys.ts'
import type { BillingStanding } from '../domain/standing.ts'
import { formatInstant, type Instant, MINUTE_MS, SECOND_MS } from '../domain/time.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'

/** `refused` needs a person, `failed` passes by itself; its note names no secret. */
export type LookedUp<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly why: Refusal }
  | { readonly kind: 'failed'; readonly note: string }

/** The outside that answers. Each call settles within a bound of its own and does not throw. */
export type LookUp = {
  readonly billingLink: (projectId: string) => Promise<LookedUp<Pick<BillingLink, 'linkedTo' | 'billingEnabled'>>>
  readonly accountOpen: (account: AccountId) => Promise<LookedUp<Pick<AccountOpen, 'open'>>>
  readonly close: () => Promise<void>
}

/** Looks up what is due and records what changed. Never throws. */
export type LookUps = (deps: Deps, desk: Desk) => Promise<void>

export type LookUpLimits = {
  /** How long an answer is good for in this instance; a fresh instance asks at once. */
  readonly everyMs: number
  /** After this no call is begun and none is waited for: the rest is due at the next run. */
  readonly roundMs: number
  /** Calls in flight. */
  readonly parallel: number
  /** Calls of one run; with more subjects the longest unasked go first. */
  readonly perRun: number
}

/**
 * Every third run of the five-minute schedule, a moment early so that the third is not missed. 100 calls a run stay far
 * below the 300 a minute that a project may make (https://docs.cloud.google.com/billing/quotas).
 */
const LIMITS: LookUpLimits = { everyMs: 14 * MINUTE_MS, roundMs: 25 * SECOND_MS, parallel: 4, perRun: 100 }

type Subject = { readonly account: AccountId; readonly about: LookUpSubject; readonly projectId?: string }
type Asked = { readonly subject: Subject; readonly at: Instant; readonly result: LookedUp<Answer> }
type Answer = Omit<BillingLink, 'at'> | Omit<AccountOpen, 'at'>

/** Look-ups that remember, per instance, what was asked when; a second run at the same time does not ask twice. */
export const openLookUps = (port: LookUp, limits: LookUpLimits = LIMITS): LookUps => {
  const askedAt = new Map<LookUpSubject, Instant>()
  return async (deps, desk) => {
    const due = dueSubjects(deps, askedAt, limits)
    for (const { about } of due) askedAt.set(about, deps.clock())
    const asked = await askAll(port, deps, due, limits)
    for (const { about } of due) if (!asked.some(({ subject }) => subject.about === about)) askedAt.delete(about)
    for (const account of new Set(asked.map(({ subject }) => subject.account))) {
      const own = asked.filter(({ subject }) => subject.account === account)
      const isKept = await record(deps, desk, account, own)
      if (!isKept) for (const { subject } of own) askedAt.delete(subject.about)
    }
  }
}

const dueSubjects = (
  deps: Deps,
  askedAt: ReadonlyMap<LookUpSubject, Instant>,
  { everyMs, perRun }: LookUpLimits,
): readonly Subject[] => {
  const now = deps.clock()
  return deps.accounts
    .flatMap(({ id, projects }): readonly Subject[] => [
      { account: id, about: `billingAccounts/${id}` },
      ...[...new Set(projects)].map(
        (projectId): Subject => ({ account: id, about: `projects/${projectId}`, projectId }),
      ),
    ])
    .map((subject) => ({ subject, last: askedAt.get(subject.about) ?? Number.NEGATIVE_INFINITY }))
    .filter(({ last }) => now - last >= everyMs)
    .toSorted((a, b) => (a.last === b.last ? 0 : a.last - b.last))
    .slice(0, perRun)
    .map(({ subject }) => subject)
}

/** A few at a time until the round is over; a subject whose turn never came is not in the result. */
const askAll = async (
  port: LookUp,
  deps: Deps,
  due: readonly Subject[],
  { roundMs, parallel }: LookUpLimits,
): Promise<readonly Asked[]> => {
  const over = AbortSignal.timeout(roundMs)
  const queue = due.values()
  const asked: Asked[] = []
  const lane = async (): Promise<void> => {
    for (const subject of queue) {
      if (over.aborted || deps.stopping?.()) return
      const at = deps.clock()
      asked.push({ subject, at, result: await orTooLate(ask(port, subject), over) })
    }
  }
  await Promise.all(Array.from({ length: parallel }, lane))
  return asked
}

const ask = async (port: LookUp, { account, projectId }: Subject): Promise<LookedUp<Answer>> => {
  if (projectId === undefined) {
    const seen = await port.accountOpen(account)
    return seen.kind === 'answer' ? { kind: 'answer', answer: { kind: 'account-open', ...seen.answer } } : seen
  }
  const seen = await port.billingLink(projectId)
  return seen.kind === 'answer' ? { kind: 'answer', answer: { kind: 'billing-link', projectId, ...seen.answer } } : seen
}

/** A port that breaks its word costs one look-up, never the run. */
const orTooLate = (asking: Promise<LookedUp<Answer>>, over: AbortSignal): Promise<LookedUp<Answer>> => {
  const { promise, resolve } = Promise.withResolvers<LookedUp<Answer>>()
  const giveUp = (): void => resolve({ kind: 'failed', note: 'no answer before the round was over' })
  over.addEventListener('abort', giveUp, { once: true })
  asking
    .then(resolve, () => resolve({ kind: 'failed', note: 'the look-up threw' }))
    .finally(() => over.removeEventListener('abort', giveUp))
  return promise
}

/** Durable when it resolves true; false if it could not be stored, and is to be asked again at the next run. */
const record = async (deps: Deps, desk: Desk, account: AccountId, asked: readonly Asked[]): Promise<boolean> => {
  try {
    for (const { subject, result } of asked)
      if (result.kind === 'failed')
        deps.log.warning('a billing look-up failed', { account, about: subject.about, note: result.note })
    if (asked.every(({ result }) => result.kind === 'failed')) return true
    const { billing } = (await desk.view(account)).standing
    const facts = asked.flatMap((one) => newsOf(billing, one)).map((body) => factOf(account, body))
    for (const { body } of facts) deps.log.info('a billing look-up brought news', { account, kind: body.kind })
    if (facts.length > 0) await desk.submit(account, { facts, quarantined: [] })
    return true
  } catch (error) {
    deps.log.error('billing look-ups could not be recorded', error, { account })
    return false
  }
}

/** A fact only where the answer is another than the standing holds, or the first after a refusal: look-ups alone never grow the ledger. */
const newsOf = (billing: BillingStanding, { subject, at, result }: Asked): readonly LookedUpBody[] => {
  const isRefused = billing.refused.some(({ about }) => about === subject.about)
  if (result.kind === 'failed') return []
  if (result.kind === 'refused')
    return isRefused ? [] : [{ kind: 'look-up-refused', about: subject.about, why: result.why, at }]
  return isRefused || isChanged(billing, result.answer) ? [{ ...result.answer, at }] : []
}

const isChanged = (billing: BillingStanding, answer: Answer): boolean => {
  if (answer.kind === 'account-open') return billing.open?.open !== answer.open
  const known = billing.links.find(({ projectId }) => projectId === answer.projectId)
  return known?.linkedTo !== answer.linkedTo || known?.billingEnabled !== answer.billingEnabled
}

/** The answer is part of the key: two instances that ask in one millisecond tell two facts, not one with two contents. */
const factOf = (account: AccountId, body: LookedUpBody): Fact => {
  const hash = contentHash(body)
  return {
    account,
    key: factKey(body.kind, subjectOf(body), formatInstant(body.at), hash),
    hash,
    provenance: { source: { ms: body.at, subNanos: 0 }, timed: true },
    body,
  }
}

const subjectOf = (body: LookedUpBody): string => {
  switch (body.kind) {
    case 'billing-link':
      return body.projectId
    case 'account-open':
      return ''
    case 'look-up-refused':
      return body.about
  }
}
