/** The command line: arguments in, one result on stdout or one line on stderr, and an exit code. */

import { styleText } from 'node:util'
import { type Command, CommanderError } from 'commander'
import { GUARD_CODES } from './cli/guard.ts'
import { errorLine, oneLine } from './cli/one-line.ts'
import { programOf } from './cli/program.ts'
import type { Terminal } from './cli/terminal.ts'
import { staysLocal } from './environment.ts'

const FAILED = 1
const WRONG_USAGE = 2

/** https://no-color.org: set and not empty means none. */
const hasColours = process.stdout.isTTY === true && !process.env['NO_COLOR']

const terminal: Terminal = {
  env: process.env,
  clock: () => Date.now(),
  stdin: process.stdin,
  out: (text) => void process.stdout.write(text),
  err: (line) => void process.stderr.write(`${line}\n`),
  paint: (style, text) => (hasColours ? styleText(style, text, { validateStream: false }) : text),
  exit: (code) => {
    process.exitCode = code
  },
}

const main = async (words: readonly string[]): Promise<void> => {
  const program = programOf(terminal)
  if (words.length === 0) return program.outputHelp()
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    const isUsage = error instanceof CommanderError
    if (isUsage && error.exitCode === 0) return
    terminal.err(isUsage ? usageLine(error, meant(program, words)) : errorLine(error))
    terminal.exit(words[0] === 'guard' ? GUARD_CODES.unknown : isUsage ? WRONG_USAGE : FAILED)
  }
}

/** Commander's words on one line, with where to look; a group without its command has none. */
const usageLine = ({ code, message }: CommanderError, path: readonly string[]): string => {
  const what = code === 'commander.help' ? 'a command is missing.' : message.replace(/^error: /, '')
  return `${path.join(' ')}: ${sentence(oneLine(what))} See ${path.join(' ')} --help.`
}

const sentence = (text: string): string => (/[.!?)]$/.test(text) ? text : `${text}.`)

/** The words that lead to the command, as far as there is one. */
const meant = (program: Command, words: readonly string[]): readonly string[] => {
  const path = [program.name()]
  let command = program
  for (const word of words) {
    const child = command.commands.find((one) => one.name() === word)
    if (!child) break
    path.push(word)
    command = child
  }
  return path
}

/** A reader that has seen enough, such as `head`, is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

staysLocal(process.env)
await main(process.argv.slice(2))
