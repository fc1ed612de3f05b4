/** Takes back what enforcement did to a project, the latest step first, and records who did it. */

import type { Enforcement } from '../domain/enforcement.ts'
import type { AccountId } from '../domain/keys.ts'
import { undoneFact } from '../enforce/record.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import type { EnforcePort, StepOutcome } from './enforce.ts'

export type Undone = { readonly step: Enforcement['step']; readonly outcome: StepOutcome }

/** What was done to a project and not taken back yet, the latest first. */
export const undoable = (record: readonly Enforcement[], projectId: string): readonly Enforcement[] => {
  const mine = record.filter((entry) => entry.projectId === projectId && entry.mode === 'act')
  const isUndone = (done: Enforcement): boolean =>
    mine.some(
      (entry) =>
        entry.phase === 'undone' &&
        entry.alertKey === done.alertKey &&
        entry.step === done.step &&
        entry.attempt === done.attempt,
    )
  return mine.filter((entry) => entry.phase === 'done' && !isUndone(entry)).toReversed()
}

export type UndoParts = {
  readonly account: AccountId
  readonly projectId: string
  readonly by: string
  readonly port: EnforcePort
}

/** Stops at the first step that cannot be taken back; what was is recorded. A project linked elsewhere meanwhile is left alone. */
export const undo = async (deps: Deps, desk: Desk, parts: UndoParts): Promise<readonly Undone[]> => {
  const { account, projectId, by, port } = parts
  const { enforcement } = (await desk.view(account)).standing
  const all: Undone[] = []
  for (const done of undoable(enforcement?.record ?? [], projectId)) {
    const outcome = await takeBack(port, done, done.before ?? account)
    all.push({ step: done.step, outcome })
    if (outcome.phase !== 'done') break
    const fact = undoneFact(account, done, { by, note: outcome.note, at: deps.clock() })
    await desk.submit(account, { facts: [fact], quarantined: [] })
  }
  return all
}

const takeBack = async (
  port: EnforcePort,
  { step, projectId }: Enforcement,
  before: AccountId,
): Promise<StepOutcome> => {
  if (step === 'disable-api') return port.undo(step, projectId, before)
  const link = await port.billingLink(projectId)
  if (link.kind === 'refused')
    return { phase: 'refused', note: `Google does not say what it is billed to: ${link.why}` }
  if (link.kind === 'failed') return { phase: 'failed', note: link.note }
  const { linkedTo } = link.answer
  if (linkedTo === before) return { phase: 'done', note: `it was linked to ${before} already` }
  if (linkedTo !== undefined)
    return { phase: 'refused', note: `it is linked to ${linkedTo} now: unlink it there first, if that is meant` }
  return port.undo(step, projectId, before)
}
