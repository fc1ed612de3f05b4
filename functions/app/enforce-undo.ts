/** Takes back what enforcement did to a project, the latest step first, and records who did it. */

import { type EnforceStep, IN_FLIGHT_MS } from '../domain/enforcement.ts'
import type { AccountId } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import { NOTE_MAX, undoneFact } from '../enforce/record.ts'
import { type Undoing, undoable } from '../enforce/undoable.ts'
import { plain } from '../report/plain.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import type { EnforcePort, StepOutcome } from './enforce-port.ts'

export type Undone = { readonly step: EnforceStep; readonly outcome: StepOutcome }

export type UndoParts = {
  readonly account: AccountId
  readonly projectId: string
  readonly by: string
  readonly port: EnforcePort
}

/** What is to be taken back, the latest first, as the store has it. */
export const toUndo = async (desk: Desk, account: AccountId, projectId: string): Promise<readonly Undoing[]> =>
  undoable((await desk.view(account)).standing.enforcement?.record ?? [], projectId)

/**
 * Stops at the first step that cannot be taken back; what was is recorded. A project that somebody linked elsewhere
 * meanwhile stays there, and the gentler steps are taken back all the same.
 */
export const undo = async (deps: Deps, desk: Desk, parts: UndoParts): Promise<readonly Undone[]> => {
  const { account, projectId, by, port } = parts
  const all: Undone[] = []
  for (const undoing of await toUndo(desk, account, projectId)) {
    const { done } = undoing
    const now = deps.clock()
    const { isElsewhere, ...outcome } = isInFlight(undoing, now)
      ? IN_FLIGHT
      : await takeBack(port, undoing, done.before ?? account)
    all.push({ step: done.step, outcome })
    if (isElsewhere) continue
    if (outcome.phase !== 'done') break
    // Never before what it undoes, however slow this clock is: an alert that asked for it would ask again.
    const fact = undoneFact(account, done, { by, note: plain(outcome.note, NOTE_MAX), at: Math.max(now, done.at) })
    await desk.submit(account, { facts: [fact], quarantined: [] })
  }
  return all
}

/** Taken back now, it would be done again a moment later, and nobody would know. */
const isInFlight = ({ done }: Undoing, now: Instant): boolean => done.phase === 'begun' && now - done.at < IN_FLIGHT_MS

type TakenBack = StepOutcome & { readonly isElsewhere?: true }

const IN_FLIGHT: TakenBack = { phase: 'failed', note: 'it is being taken right now: undo it again in 2 minutes' }

const takeBack = async (port: EnforcePort, { done, keys }: Undoing, account: AccountId): Promise<TakenBack> => {
  const { step, projectId } = done
  if (step !== 'unlink-billing') return port.undo(step, projectId, { account, keys })
  const link = await port.billingLink(projectId)
  if (link.kind === 'refused')
    return { phase: 'refused', note: `Google does not say what it is billed to: ${link.why}` }
  if (link.kind === 'failed') return { phase: 'failed', note: link.note }
  const { linkedTo } = link.answer
  if (linkedTo === account) return { phase: 'done', note: `it was linked to ${account} already` }
  if (linkedTo !== undefined)
    return {
      phase: 'refused',
      note: `it is linked to ${linkedTo} now: unlink it there first, if that is meant`,
      isElsewhere: true,
    }
  return port.undo(step, projectId, { account, keys })
}
