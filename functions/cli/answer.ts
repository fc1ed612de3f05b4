/** How every command answers: one result, as JSON or as text, and an exit code. */

import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

/** `text` is for people; `problems` go to stderr, line by line, where no JSON is asked for. */
export type Answer = {
  readonly json: unknown
  readonly text: string
  readonly problems?: readonly string[]
  /** 0 unless stated. */
  readonly exitCode?: number
}

type Run<Options> = (args: readonly string[], options: Options) => Promise<Answer>

/** Gives a command its `--json` and its action; the arguments are the words as typed, checked by the command's own parsers. */
export const answer = <Options extends object>(terminal: Terminal, command: Command, run: Run<Options>): Command =>
  command.option('--json', 'print the result as JSON').action(async () => {
    const { json: asJson, ...options } = command.opts<Options & { json?: true }>()
    const result = await run(command.args, options as unknown as Options)
    if (asJson) terminal.out(`${JSON.stringify(result.json)}\n`)
    else if (result.text !== '') terminal.out(`${result.text}\n`)
    if (!asJson) for (const problem of result.problems ?? []) terminal.err(problem)
    terminal.exit(result.exitCode ?? 0)
  })
