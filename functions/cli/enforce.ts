/** `drawdown enforce …`: what may stop a project, an operator's half of arming it, and the way back. */

import { Command } from 'commander'
import { aimOf, type EnforcePort, type StepOutcome } from '../app/enforce-port.ts'
import { ARMED_MAX_MS } from '../domain/enforcement.ts'
import { UsageError } from '../domain/errors.ts'
import { nearest } from '../domain/nearest.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { formatInstant, HOUR_MS } from '../domain/time.ts'
import type { ProjectLadder } from '../enforce/ladder.ts'
import { NOTE_MAX } from '../enforce/record.ts'
import type { Undoing } from '../enforce/undoable.ts'
import { plain } from '../report/plain.ts'
import type { App } from '../wire.ts'
import { type Answer, answer } from './answer.ts'
import { projectStatus, statusText } from './enforce-status.ts'
import { withApp } from './session.ts'
import { SEND_HELP, type SendOption, tellIn } from './tell.ts'
import type { Terminal } from './terminal.ts'
import { nameWord, spanWord } from './words.ts'

const DAY_HOURS = 24

const HELP = `
A project is stopped only if both steps of arming are in force: enforce.armed in the configuration together with
ENFORCE_ARMED=1 at the function, and an operator's arm, which ends by itself. Without either, steps are rehearsed.`

/** How the hand that can stop a project is come by; a test brings its own. */
type OpenPort = () => Promise<EnforcePort>

const openPort: OpenPort = async () => {
  const [{ openEnforcer }, { enforcerParts }] = await Promise.all([import('../enforcer.ts'), import('../enforcing.ts')])
  return openEnforcer(enforcerParts())
}

/** The group of commands about enforcement. */
export const enforceCommand = (terminal: Terminal, open: OpenPort = openPort): Command =>
  new Command('enforce')
    .description('see what may stop a project, arm or disarm it, rehearse it, undo it')
    .addHelpText('after', HELP)
    .addCommand(statusCommand(terminal))
    .addCommand(armCommand(terminal))
    .addCommand(disarmCommand(terminal))
    .addCommand(dryRunCommand(terminal, open))
    .addCommand(undoCommand(terminal, open))

const statusCommand = (terminal: Terminal): Command => {
  const command = new Command('status')
    .description('list the projects that may be stopped, who armed them, and what was done')
    .argument('[project]', 'project id (default: all)', nameWord)
  return answer(terminal, command, ([project]) =>
    withApp(terminal, {}, async (app) => {
      const allowed = project === undefined ? Object.keys(laddersOf(app)) : [allowedProject(app, project).projectId]
      const projects = await Promise.all(allowed.map((each) => projectStatus(app, allowedProject(app, each))))
      const isArmed = app.config.enforce?.armed ?? false
      return { json: { armed: isArmed, projects }, text: statusText(terminal, isArmed, projects) }
    }),
  )
}

type ArmOptions = SendOption & { readonly for?: number; readonly by?: string }

const armCommand = (terminal: Terminal): Command => {
  const command = new Command('arm')
    .description('let a project be stopped for a while, if an alert of the configuration asks for it')
    .argument('<project>', 'project id', nameWord)
    .option('--for <span>', `how long, at most 7d (default: ${DAY_HOURS}h)`, spanWord)
    .option('--by <name>', 'who arms it (default: your user name)', nameWord)
  return answer<ArmOptions>(terminal, sending(command), ([project = ''], options) => {
    const span = options.for ?? DAY_HOURS * HOUR_MS
    if (span > ARMED_MAX_MS) command.error('error: --for may be at most 7d: arm it again when that is over.')
    const at = terminal.clock()
    const [by, until] = [byOf(terminal, options.by), formatInstant(at + span)]
    return withApp(terminal, { send: options.send ?? false }, async (app) => {
      const { projectId, account } = allowedProject(app, project)
      const fields = { projectId, by, at: formatInstant(at), until }
      const said = `${projectId} armed by ${by} until ${until}`
      return tellIn(app, account.id, { kind: 'arm', fields, said }, options.send ?? false)
    })
  })
}

/** The allow-list is looked at, so nothing is published past it. */
const sending = (command: Command): Command => command.option('--send', SEND_HELP)

const disarmCommand = (terminal: Terminal): Command => {
  const command = new Command('disarm')
    .description('take an arming back at once')
    .argument('<project>', 'project id', nameWord)
    .option('--by <name>', 'who disarms it (default: your user name)', nameWord)
  return answer<ArmOptions>(terminal, sending(command), ([project = ''], options) => {
    const by = byOf(terminal, options.by)
    return withApp(terminal, { send: options.send ?? false }, async (app) => {
      const account = accountOfProject(app, project)
      const fields = { projectId: project, by, at: formatInstant(terminal.clock()) }
      return tellIn(
        app,
        account.id,
        { kind: 'disarm', fields, said: `${project} disarmed by ${by}` },
        options.send ?? false,
      )
    })
  })
}

const dryRunCommand = (terminal: Terminal, open: OpenPort): Command => {
  const command = new Command('dry-run')
    .description('ask Google, as you, whether each configured step could be taken; changes nothing')
    .argument('<project>', 'project id', nameWord)
  return answer(terminal, command, ([project = '']) =>
    withApp(terminal, {}, (app) => withPort(open, async (port) => rehearsed(app, port, project))),
  )
}

const rehearsed = async (app: App, port: EnforcePort, project: string): Promise<Answer> => {
  const { projectId, ladder } = allowedProject(app, project)
  const steps = []
  const aim = aimOf(projectId, ladder)
  for (const step of ladder.steps) steps.push({ step, outcome: await port.rehearse(step, aim) })
  return outcomes(projectId, steps)
}

type UndoOptions = { readonly yes?: true; readonly by?: string }

const undoCommand = (terminal: Terminal, open: OpenPort): Command => {
  const command = new Command('undo')
    .description('take back what was done to a project, as you, the latest step first')
    .argument('<project>', 'project id', nameWord)
    .option('--yes', 'really do it; without it the steps are only listed')
    .option('--by <name>', 'who undoes it (default: your user name)', nameWord)
  return answer<UndoOptions>(terminal, command, ([project = ''], { yes, by }) =>
    withApp(terminal, {}, async (app) => {
      const account = accountOfProject(app, project)
      const { toUndo, undo } = await import('../app/enforce-undo.ts')
      const steps = await toUndo(app.desk, account.id, project)
      if (steps.length === 0) return { json: { project, steps: [] }, text: `Nothing of ${project} is to be undone.` }
      if (!yes) return wouldUndo(project, steps)
      const parts = { account: account.id, projectId: project, by: byOf(terminal, by) }
      return withPort(open, async (port) => outcomes(project, await undo(app.deps, app.desk, { ...parts, port })))
    }),
  )
}

const wouldUndo = (project: string, steps: readonly Undoing[]): Answer => ({
  json: { project, wouldUndo: steps.map(({ done }) => done.step) },
  text: `Would undo ${steps.map(undoText).join(', ')}. Run it again with --yes.`,
})

const undoText = ({ done, keys }: Undoing): string => {
  const what = done.phase === 'done' ? done.step : `${done.step} (${done.phase})`
  if (done.step === 'unlink-billing') return `${what}: link to ${done.before}`
  return done.step === 'restrict-keys' ? `${what}: ${keys.map(({ id }) => id).join(', ')}` : what
}

const withPort = async <Result>(open: OpenPort, work: (port: EnforcePort) => Promise<Result>): Promise<Result> => {
  const port = await open()
  try {
    return await work(port)
  } finally {
    await port.close()
  }
}

type Step = { readonly step: string; readonly outcome: StepOutcome }

/** Exit 1 unless every step came off. */
const outcomes = (project: string, steps: readonly Step[]): Answer => ({
  json: { project, steps: steps.map(({ step, outcome }) => ({ step, result: outcome.phase, note: outcome.note })) },
  text: steps
    .map(({ step, outcome }) => `${project} ${step}: ${outcome.phase}, ${plain(outcome.note, NOTE_MAX)}`)
    .join('\n'),
  exitCode: steps.every(({ outcome }) => outcome.phase === 'done') ? 0 : 1,
})

const byOf = ({ env }: Terminal, typed: string | undefined): string =>
  typed ?? (env['USER'] || env['USERNAME'] || 'operator')

const laddersOf = ({ config }: App): Readonly<Record<string, ProjectLadder>> => config.enforce?.projects ?? {}

/** The project on the allow-list, with the account it is listed under. Throws `UsageError` for any other. */
const allowedProject = (app: App, project: string) => {
  const ladder = laddersOf(app)[project]
  if (ladder) return { projectId: project, ladder, account: accountOfProject(app, project) }
  const names = Object.keys(laddersOf(app))
  const near = nearest(project, names)
  const mend =
    near !== undefined
      ? `Did you mean ${near}?`
      : names.length === 0
        ? 'It allows none: add enforce.projects first.'
        : `It allows ${names.join(', ')}.`
  throw new UsageError(`The configuration does not allow ${project} to be stopped. ${mend}`)
}

const accountOfProject = ({ config }: App, project: string): AccountSettings => {
  const found = config.accounts.find(({ projects }) => projects.includes(project))
  if (found) return found
  throw new UsageError(`No account of the configuration lists project ${project}.`)
}
