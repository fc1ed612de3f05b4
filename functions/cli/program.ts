/** The commands of `drawdown`: one line each; what a command needs is loaded when it runs. */

import { Command } from 'commander'
import { alertsCommand } from './alerts.ts'
import { configCommand } from './config.ts'
import { deliveriesCommand } from './deliveries.ts'
import { doctorCommand } from './doctor.ts'
import { enforceCommand } from './enforce.ts'
import { explainCommand } from './explain.ts'
import { planCommand, readingCommand, tierCommand } from './facts.ts'
import { grantCommand } from './grant.ts'
import { guardCommand } from './guard.ts'
import { priceCommand } from './price.ts'
import { quarantineCommand } from './quarantine.ts'
import { replayCommand } from './replay.ts'
import { sampleCommand } from './sample.ts'
import { statementCommand } from './statement.ts'
import { statusCommand } from './status.ts'
import type { Terminal } from './terminal.ts'
import { testAlertCommand } from './test-alert.ts'

const COMMANDS: readonly ((terminal: Terminal) => Command)[] = [
  statusCommand,
  statementCommand,
  grantCommand,
  readingCommand,
  planCommand,
  tierCommand,
  replayCommand,
  priceCommand,
  guardCommand,
  (terminal) => enforceCommand(terminal),
  alertsCommand,
  explainCommand,
  deliveriesCommand,
  testAlertCommand,
  configCommand,
  doctorCommand,
  quarantineCommand,
  sampleCommand,
]

const HELP = `
Environment:
  STORE                        where the ledger lives, such as sqlite:.drawdown/drawdown.db (the default)
  DRAWDOWN_CONFIG              the configuration file
  BILLING_NOTIFICATIONS_TOPIC  where --topic publishes to (default: billing-notifications)
  GOOGLE_CLOUD_PROJECT         the project of that topic
  NO_COLOR                     any value: no colours

Exit codes:
  0  done
  1  the command failed; one line on stderr says why and how to mend it
  2  the command was not understood
  guard has its own: see drawdown guard --help; doctor answers 1 where it finds a problem`

/** The program, ready to parse; it throws instead of exiting and leaves stderr to the caller. */
export const programOf = (terminal: Terminal): Command => {
  const program = new Command('drawdown').description('Prepaid-credit and tier alerts for the Gemini API.')
  for (const make of COMMANDS) program.addCommand(make(terminal))
  program.addHelpText('after', HELP)
  silence(program, terminal)
  return program
}

/** Commander would print several lines and end the process. */
const silence = (command: Command, terminal: Terminal): void => {
  command.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: () => undefined })
  for (const child of command.commands) silence(child, terminal)
}
