/** Where each project that may be stopped stands, as rows for people and as JSON. */

import type { AccountSettings } from '../domain/standing.ts'
import { formatInstant } from '../domain/time.ts'
import { decide } from '../enforce/decide.ts'
import type { ProjectLadder } from '../enforce/ladder.ts'
import type { App } from '../wire.ts'
import type { Terminal } from './terminal.ts'

export type ProjectStatus = {
  readonly project: string
  readonly account: string
  readonly steps: readonly string[]
  readonly rules: readonly string[]
  /** By whom and until when; absent where nobody has, or it has expired. */
  readonly armedBy?: string
  readonly armedUntil?: string
  /** What would come next, one line per step. */
  readonly next: readonly string[]
  /** Newest last. */
  readonly record: readonly object[]
}

/** Entries a person still reads. */
const RECORD_MAX = 10

type Allowed = { readonly projectId: string; readonly ladder: ProjectLadder; readonly account: AccountSettings }

/** Judged as if the function were armed: nobody can see that from here. */
export const projectStatus = async (app: App, { projectId, ladder, account }: Allowed): Promise<ProjectStatus> => {
  const { standing, episodes } = await app.desk.view(account.id)
  const now = app.deps.clock()
  const settings = { armed: app.config.enforce?.armed ?? false, projects: { [projectId]: ladder } }
  // The function knows where it runs and refuses that project; a person's machine does not.
  const verdicts = decide({ standing, episodes, settings, host: { armed: true, own: ['-'] }, now })
  const arm = standing.enforcement?.arms.find((each) => each.projectId === projectId && each.until > now)
  const record = (standing.enforcement?.record ?? []).filter((entry) => entry.projectId === projectId)
  return {
    project: projectId,
    account: account.id,
    steps: ladder.steps,
    rules: ladder.when.rule,
    ...(arm && { armedBy: arm.by, armedUntil: formatInstant(arm.until) }),
    next: verdicts.filter((verdict) => verdict.projectId === projectId).map(nextLine),
    record: record.slice(-RECORD_MAX).map(({ kind: _, at, ...entry }) => ({ at: formatInstant(at), ...entry })),
  }
}

const nextLine = (verdict: ReturnType<typeof decide>[number]): string => {
  switch (verdict.kind) {
    case 'quiet':
      return 'no open alert asks for it'
    case 'act':
      return `${verdict.order.mode} ${verdict.order.step}: ${verdict.order.because}`
    case 'waits':
      return `${verdict.step} waits: ${verdict.why}`
    case 'settled':
      return `${verdict.step} is ${verdict.phase}`
    case 'refused':
      return `refused: ${verdict.why}`
  }
}

/** A block for each project. */
export const statusText = (terminal: Terminal, isArmed: boolean, projects: readonly ProjectStatus[]): string => {
  if (projects.length === 0) return 'The configuration lets no project be stopped.'
  const head = `enforce.armed is ${isArmed} in the configuration.`
  return [head, ...projects.map((project) => block(terminal, project))].join('\n')
}

const block = (
  terminal: Terminal,
  { project, steps, rules, armedBy, armedUntil, next, record }: ProjectStatus,
): string =>
  [
    terminal.paint('bold', project),
    `  steps ${steps.join(', ')} for ${rules.join(', ')}`,
    armedBy === undefined ? '  not armed by an operator' : `  armed by ${armedBy} until ${armedUntil}`,
    ...next.map((line) => `  ${line}`),
    ...record.map((entry) => `  ${lineOf(entry)}`),
  ].join('\n')

const lineOf = (entry: object): string => {
  const { at, mode, step, phase, by, note } = entry as Readonly<Record<string, string>>
  return `${at} ${mode} ${step} ${phase} by ${by}${note === '' ? '' : `: ${note}`}`
}
