/** Takes back what enforcement did to a project, the latest step first, and records who did it. */

import type { EnforceStep } from '../domain/enforcement.ts'
import type { AccountId } from '../domain/keys.ts'
import { undoneFact } from '../enforce/record.ts'
import { type Undoing, undoable } from '../enforce/undoable.ts'
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

/** Stops at the first step that cannot be taken back; what was is recorded. A project linked elsewhere meanwhile is left alone. */
export const undo = async (deps: Deps, desk: Desk, parts: UndoParts): Promise<readonly Undone[]> => {
  const { account, projectId, by, port } = parts
  const all: Undone[] = []
  for (const undoing of await toUndo(desk, account, projectId)) {
    const { done } = undoing
    const outcome = await takeBack(port, undoing, done.before ?? account)
    all.push({ step: done.step, outcome })
    if (outcome.phase !== 'done') break
    const fact = undoneFact(account, done, { by, note: outcome.note, at: deps.clock() })
    await desk.submit(account, { facts: [fact], quarantined: [] })
  }
  return all
}

const takeBack = async (port: EnforcePort, { done, keys }: Undoing, account: AccountId): Promise<StepOutcome> => {
  const { step, projectId } = done
  if (step !== 'unlink-billing') return port.undo(step, projectId, { account, keys })
  const link = await port.billingLink(projectId)
  if (link.kind === 'refused')
    return { phase: 'refused', note: `Google does not say what it is billed to: ${link.why}` }
  if (link.kind === 'failed') return { phase: 'failed', note: link.note }
  const { linkedTo } = link.answer
  if (linkedTo === account) return { phase: 'done', note: `it was linked to ${account} already` }
  if (linkedTo !== undefined)
    return { phase: 'refused', note: `it is linked to ${linkedTo} now: unlink it there first, if that is meant` }
  return port.undo(step, projectId, { account, keys })
}
