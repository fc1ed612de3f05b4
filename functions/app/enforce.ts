/** Takes the steps that the store says are due: claimed in the record first, read back after, recorded whatever came of it. */

import type { Enforcement, KeyBefore } from '../domain/enforcement.ts'
import type { AccountId } from '../domain/keys.ts'
import {
  type DecideInputs,
  decide,
  linkRefusal,
  type Order,
  type Unarmed,
  unarmedBy,
  type Verdict,
} from '../enforce/decide.ts'
import type { EnforceSettings } from '../enforce/ladder.ts'
import { type Entry, NOTE_MAX, recordFact } from '../enforce/record.ts'
import { plain } from '../report/plain.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import { aimOf, type EnforcePort, type Looked, type StepOutcome } from './enforce-port.ts'

/** What enforcement needs of the outside; absent where the configuration has none. */
export type Enforcing = {
  readonly settings: EnforceSettings
  /** The function's half of arming. */
  readonly armed: boolean
  /** Projects this process runs in, as environment and metadata have them; empty where nobody can tell. */
  readonly own: () => Promise<readonly string[]>
  /** Only in the one function that may touch projects. */
  readonly port?: EnforcePort
  /** Asks that function to look at the account; only where it is there. */
  readonly ask?: (account: AccountId) => Promise<void>
  readonly close?: () => Promise<void>
}

export type Enforced = {
  readonly done: number
  readonly refused: number
  readonly failed: number
  /** Somebody else is at it: the message is to come again. */
  readonly cut?: true
}

/** Who writes the record where no person does. */
const DRAWDOWN = 'drawdown'

/** Decides anew from the store and takes what is due. Throws where the record could not be written: nothing is then claimed. */
export const enforce = async (deps: Deps, desk: Desk, account: AccountId): Promise<Enforced> => {
  const sum = { done: 0, refused: 0, failed: 0 }
  const { enforcing } = deps
  if (!enforcing?.port) return sum
  let isCut = false
  for (const verdict of await verdictsOf(deps, desk, account, enforcing)) {
    const outcome = await answer(deps, desk, account, verdict)
    if (outcome === 'busy') isCut = true
    else if (outcome) sum[outcome] += 1
  }
  return { ...sum, ...(isCut && { cut: true }) }
}

/** Asks the function that may touch projects, where there is something for it to do or to record. Never throws. */
export const askEnforcement = async (deps: Deps, desk: Desk, account: AccountId): Promise<void> => {
  const { enforcing } = deps
  if (!enforcing?.ask) return
  try {
    const verdicts = await verdictsOf(deps, desk, account, enforcing)
    if (verdicts.some((verdict) => 'order' in verdict)) await enforcing.ask(account)
  } catch (error) {
    deps.log.error('enforcement could not be asked', error, { account })
  }
}

/** What is due now, by the store alone. */
export const verdictsOf = async (
  deps: Deps,
  desk: Desk,
  account: AccountId,
  enforcing: Enforcing,
): Promise<readonly Verdict[]> => decide(await inputsOf(deps, desk, account, enforcing))

const inputsOf = async (deps: Deps, desk: Desk, account: AccountId, enforcing: Enforcing): Promise<DecideInputs> => {
  const { settings, armed } = enforcing
  const own = await enforcing.own()
  const { standing, episodes } = await desk.view(account)
  return { standing, episodes, settings, host: { armed, own }, now: deps.clock() }
}

type Done = StepOutcome['phase'] | 'busy' | undefined

const answer = async (deps: Deps, desk: Desk, account: AccountId, verdict: Verdict): Promise<Done> => {
  const { projectId } = verdict
  switch (verdict.kind) {
    case 'quiet':
    case 'settled':
      return undefined
    case 'waits':
      return verdict.why === 'in-flight' ? 'busy' : undefined
    case 'refused': {
      deps.log.warning('enforcement refused', { account, project: projectId, why: verdict.why })
      if (verdict.order) await write(deps, desk, account, verdict.order, { phase: 'refused', note: WHY[verdict.why] })
      return 'refused'
    }
    case 'act':
      return carryOut(deps, desk, account, verdict)
  }
}

const WHY = {
  'hosts-alerter': 'Drawdown itself runs in this project: stopping it would stop the alerts',
  'host-unknown': 'Drawdown cannot tell in which project it runs itself, so it touches none',
  'not-allowed': 'the project is not under enforce.projects in the configuration',
  'not-of-account': 'the project is not listed under this account',
} as const

const UNARMED: Readonly<Record<Unarmed, string>> = {
  configuration: 'enforce.armed is not true in the configuration',
  function: 'ENFORCE_ARMED is not 1 at the function',
  operator: 'no operator has armed the project',
  expired: 'the arming has expired',
}

const SINCE_EARLIER = 'by an earlier attempt, whose end was never told'

type Act = Extract<Verdict, { kind: 'act' }>

/** What will be changed is read before the claim, so that even a claim whose process dies tells how to put it back. */
const carryOut = async (deps: Deps, desk: Desk, account: AccountId, { order, unarmed }: Act): Promise<Done> => {
  const { enforcing } = deps
  const port = enforcing?.port
  if (!port) return undefined
  const { projectId, step, mode } = order
  const link = await port.billingLink(projectId)
  const linkedTo = link.kind === 'answer' ? link.answer.linkedTo : undefined
  const earlier = await earlierOf(desk, account, order)
  const before = linkedTo ?? earlier.before
  const isOurs = link.kind === 'answer' && linkRefusal(account, linkedTo) === undefined
  const aim = aimOf(projectId, enforcing.settings.projects[projectId])
  const looked: Looked = mode === 'act' && isOurs ? await port.look(step, aim) : { kind: 'seen' }
  const keys = 'keys' in looked ? (looked.keys ?? []) : []
  const found = { ...(before && { before }), ...(keys.length > 0 && { keys }) }
  if (!(await write(deps, desk, account, order, { phase: 'begun', note: '', ...found }))) return 'busy'
  const end = async ({ phase, note }: StepOutcome): Promise<Done> => {
    const why = unarmed === undefined ? '' : ` (rehearsed, because ${UNARMED[unarmed]})`
    await write(deps, desk, account, order, { phase, note: `${note}${why}`, ...(before && { before }) })
    deps.log.warning('enforcement', { account, project: projectId, step, mode, phase, attempt: order.attempt })
    return phase
  }
  if (link.kind === 'refused')
    return end({ phase: 'refused', note: `Google does not say what it is billed to: ${link.why}` })
  if (link.kind === 'failed')
    return end({ phase: 'failed', note: `what it is billed to could not be read: ${link.note}` })
  if (linkedTo === undefined && before === account && earlier.isBegun && step === 'unlink-billing' && mode === 'act')
    return end({ phase: 'done', note: `it is unlinked already, ${SINCE_EARLIER}` })
  const elsewhere = linkRefusal(account, linkedTo)
  if (elsewhere) return end({ phase: 'refused', note: elsewhere })
  if (mode === 'rehearse') return end(await port.rehearse(step, aim))
  if ('phase' in looked) return end(looked)
  if (looked.kind === 'so')
    return end(
      earlier.isBegun
        ? { phase: 'done', note: `${looked.note}, ${SINCE_EARLIER}` }
        : { phase: 'refused', note: looked.note },
    )
  // A person may have taken it back since it was decided.
  const late = unarmedBy(await inputsOf(deps, desk, account, enforcing), projectId)
  if (late) return end({ phase: 'refused', note: `disarmed before it began: ${UNARMED[late]}` })
  return end(await port.take(step, aim, [...earlier.keys, ...keys]))
}

type Earlier = {
  readonly before?: AccountId
  readonly keys: readonly KeyBefore[]
  /** Whether one of them may have changed something. */
  readonly isBegun: boolean
}

/** What earlier attempts at the same step found; any of them may have ended without a word. */
const earlierOf = async (desk: Desk, account: AccountId, order: Order): Promise<Earlier> => {
  const { enforcement } = (await desk.view(account)).standing
  const isEarlier = (entry: Enforcement): boolean =>
    entry.alertKey === order.alertKey &&
    entry.projectId === order.projectId &&
    entry.step === order.step &&
    entry.mode === order.mode &&
    entry.attempt < order.attempt
  const entries = (enforcement?.record ?? []).filter(isEarlier)
  const before = entries.findLast((entry) => entry.before !== undefined)?.before
  const refused = new Set(entries.filter(({ phase }) => phase === 'refused').map(({ attempt }) => attempt))
  const isBegun = entries.some(({ attempt }) => !refused.has(attempt))
  return { ...(before && { before }), keys: entries.flatMap(({ keys }) => keys ?? []), isBegun }
}

/** Durable when it resolves; false where the same entry was there already. Its note may hold names that people gave to keys, and words of Google's. */
const write = async (
  deps: Deps,
  desk: Desk,
  account: AccountId,
  order: Order,
  entry: Omit<Entry, 'by' | 'at'>,
): Promise<boolean> => {
  const fact = recordFact(account, order, {
    ...entry,
    note: plain(entry.note, NOTE_MAX),
    by: DRAWDOWN,
    at: deps.clock(),
  })
  const { news } = await desk.submit(account, { facts: [fact], quarantined: [] })
  return news.length > 0
}
