/** What is to be done to which project now, and why not: the one decision of enforcement, pure. */

import type { Episode } from '../domain/alerts.ts'
import {
  type Arm,
  ENFORCE_STEPS,
  type Enforcement,
  type EnforcePhase,
  type EnforceStep,
  IN_FLIGHT_MS,
} from '../domain/enforcement.ts'
import type { AccountId } from '../domain/keys.ts'
import type { Standing } from '../domain/standing.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import type { EnforceSettings, ProjectLadder } from './ladder.ts'

/** An hour between two steps against one project: time to see what the first one did. */
const PACE_MS = HOUR_MS
/** Who arms a project now may have a clock that is ahead of this one's. */
const CLOCKS_MS = MINUTE_MS
/** At the schedule's pace half an hour of trying; then a person must look. */
const ATTEMPTS_MAX = 6

/** One step to be taken or rehearsed, as the record will hold it; an entry is dated by the opening of its alert. */
export type Order = Pick<
  Enforcement,
  'alertKey' | 'rule' | 'because' | 'projectId' | 'step' | 'mode' | 'attempt' | 'armedBy' | 'armedAt'
> & { readonly openedAt: Instant }

/** Which half of arming is missing, in the order they are looked at. */
export type Unarmed = 'configuration' | 'function' | 'operator' | 'expired'

export type Refusal = 'hosts-alerter' | 'host-unknown' | 'not-allowed' | 'not-of-account'

export type Verdict = { readonly projectId: string } & (
  | { readonly kind: 'act'; readonly order: Order; readonly unarmed?: Unarmed }
  /** With an order where an alert asked for it; that is to be recorded. */
  | { readonly kind: 'refused'; readonly why: Refusal; readonly order?: Order }
  | { readonly kind: 'waits'; readonly why: 'in-flight' | 'one-an-hour'; readonly step: EnforceStep }
  | { readonly kind: 'settled'; readonly step: EnforceStep; readonly phase: EnforcePhase }
  /** No open alert asks for it. */
  | { readonly kind: 'quiet' }
)

export type DecideInputs = {
  readonly standing: Standing
  readonly episodes: readonly Episode[]
  readonly settings: EnforceSettings
  /** The function's half of arming, and the projects it runs in; none known: nothing may be touched. */
  readonly host: { readonly armed: boolean; readonly own: readonly string[] }
  readonly now: Instant
}

type Project = { readonly projectId: string; readonly ladder: ProjectLadder }

/** Judges every project that is allowed or armed under this account. At most one step is taken per project; all are rehearsed. */
export const decide = (inputs: DecideInputs): readonly Verdict[] => {
  const { projects } = inputs.standing.account
  const allowed = Object.entries(inputs.settings.projects).map(([projectId, ladder]) => ({ projectId, ladder }))
  const strays = (inputs.standing.enforcement?.arms ?? []).filter(
    ({ projectId, until }) => until > inputs.now && !allowed.some((one) => one.projectId === projectId),
  )
  return [
    ...allowed.filter(({ projectId }) => projects.includes(projectId)).flatMap((project) => judge(inputs, project)),
    ...strays.map(({ projectId }): Verdict => {
      return { kind: 'refused', projectId, why: projects.includes(projectId) ? 'not-allowed' : 'not-of-account' }
    }),
  ]
}

const judge = (inputs: DecideInputs, { projectId, ladder }: Project): readonly Verdict[] => {
  const trigger = triggerOf(inputs, { projectId, ladder })
  if (!trigger) return [{ kind: 'quiet', projectId }]
  const unarmed = unarmedBy(inputs, projectId)
  const mode = unarmed === undefined ? 'act' : 'rehearse'
  const arm = mode === 'act' ? armOf(inputs, projectId) : undefined
  const orders = ENFORCE_STEPS.filter((step) => ladder.steps.includes(step)).map(
    (step): Order => ({
      ...{ alertKey: trigger.key, openedAt: trigger.openedAt, rule: trigger.rule, because: trigger.title },
      ...{ projectId, step, mode, attempt: 1, ...(arm && { armedBy: arm.by, armedAt: arm.at }) },
    }),
  )
  const why = hostRefusal(inputs, projectId)
  if (why) return orders.slice(0, 1).map((order) => refusedOnce(inputs, order, why))
  return mode === 'act' ? climb(inputs, orders) : orders.map((order) => next(inputs, order, unarmed))
}

/** The longest open alert that asks for it and is about no other project; what an undo has answered asks no more. */
const triggerOf = (inputs: DecideInputs, { projectId, ladder }: Project): Episode | undefined => {
  const { rule, severity } = ladder.when
  const undoneAt = undoneAtOf(inputs, projectId)
  return inputs.episodes
    .filter((episode) => episode.status === 'firing' && rule.includes(episode.rule))
    .filter((episode) => severity.includes(episode.severity) && episode.openedAt > undoneAt)
    .filter(({ scope }) => scope === projectId || !inputs.standing.account.projects.includes(scope))
    .toSorted((a, b) => a.openedAt - b.openedAt || (a.key < b.key ? -1 : 1))[0]
}

const recordOf = ({ standing }: DecideInputs, projectId: string): readonly Enforcement[] =>
  (standing.enforcement?.record ?? []).filter((entry) => entry.projectId === projectId)

const undoneAtOf = (inputs: DecideInputs, projectId: string): Instant =>
  recordOf(inputs, projectId).findLast(({ phase }) => phase === 'undone')?.at ?? Number.NEGATIVE_INFINITY

const armOf = ({ standing }: DecideInputs, projectId: string): Omit<Arm, 'kind'> | undefined =>
  standing.enforcement?.arms.find((arm) => arm.projectId === projectId)

/** What keeps a project from being touched; `undefined` only where both steps of arming are in force. */
export const unarmedBy = (inputs: DecideInputs, projectId: string): Unarmed | undefined => {
  if (!inputs.settings.armed) return 'configuration'
  if (!inputs.host.armed) return 'function'
  const arm = armOf(inputs, projectId)
  if (!arm || arm.at > inputs.now + CLOCKS_MS) return 'operator'
  return arm.until > inputs.now ? undefined : 'expired'
}

/** The alerter never stops itself, nor anything while it does not know where it runs. */
const hostRefusal = ({ host }: DecideInputs, projectId: string): Refusal | undefined => {
  if (host.own.length === 0) return 'host-unknown'
  return host.own.includes(projectId) ? 'hosts-alerter' : undefined
}

const refusedOnce = (inputs: DecideInputs, order: Order, why: Refusal): Verdict => {
  const { projectId, step } = order
  const isTold = tries(inputs, order).some((entry) => entry.alertKey === order.alertKey && entry.phase === 'refused')
  return isTold ? { kind: 'settled', projectId, step, phase: 'refused' } : { kind: 'refused', projectId, why, order }
}

/** What was tried of this step in this mode, oldest first. */
const tries = (inputs: DecideInputs, { projectId, step, mode }: Order): readonly Enforcement[] =>
  recordOf(inputs, projectId).filter((entry) => entry.step === step && entry.mode === mode && entry.phase !== 'undone')

/** The first step that is not settled yet, an hour after the one before it was begun. */
const climb = (inputs: DecideInputs, orders: readonly Order[]): readonly Verdict[] => {
  const verdicts: Verdict[] = []
  for (const order of orders) {
    const verdict = next(inputs, order, undefined)
    const isEarly = verdict.kind === 'act' && verdict.order.attempt === 1 && isPaced(inputs, order)
    verdicts.push(
      isEarly ? { kind: 'waits', projectId: order.projectId, step: order.step, why: 'one-an-hour' } : verdict,
    )
    if (verdict.kind !== 'settled') break
  }
  return verdicts
}

const isPaced = (inputs: DecideInputs, { projectId }: Order): boolean =>
  recordOf(inputs, projectId).some(
    ({ mode, phase, at }) => mode === 'act' && phase === 'begun' && inputs.now - at < PACE_MS,
  )

/** Where one step stands: whatever alert had it done settles it until it is undone; anything else counts for its own alert and arming. */
const next = (inputs: DecideInputs, order: Order, unarmed: Unarmed | undefined): Verdict => {
  const { projectId, step, mode } = order
  const all = tries(inputs, order)
  const undoneAt = undoneAtOf(inputs, projectId)
  const isDone = all.some(({ phase, at }) => mode === 'act' && phase === 'done' && at > undoneAt)
  if (isDone) return { kind: 'settled', projectId, step, phase: 'done' }
  const mine = all.filter((entry) => entry.alertKey === order.alertKey)
  const attempt = Math.max(0, ...mine.map((entry) => entry.attempt))
  const last = mine.findLast((entry) => entry.attempt === attempt && entry.phase !== 'begun')
  const begun = mine.find((entry) => entry.attempt === attempt)
  if (!last && begun && inputs.now - begun.at < IN_FLIGHT_MS)
    return { kind: 'waits', projectId, step, why: 'in-flight' }
  // Arming anew is a person's word to try again.
  const since = mode === 'act' ? (armOf(inputs, projectId)?.at ?? 0) : 0
  const isFinal = last && last.phase !== 'failed' && last.at >= since
  const isSpent = mine.filter(({ phase, at }) => phase === 'begun' && at >= since).length >= ATTEMPTS_MAX
  if (isFinal || isSpent) return { kind: 'settled', projectId, step, phase: last?.phase ?? 'failed' }
  const again = { ...order, attempt: attempt + 1 }
  return { kind: 'act', projectId, order: again, ...(unarmed !== undefined && { unarmed }) }
}

/** Why a project that is linked so is left alone; `undefined` where it is billed to the account the alert is about. */
export const linkRefusal = (account: AccountId, linkedTo: AccountId | undefined): string | undefined => {
  if (linkedTo === account) return undefined
  return linkedTo === undefined
    ? 'it is linked to no billing account already'
    : `it is linked to billing account ${linkedTo} now, which this alert is not about`
}
