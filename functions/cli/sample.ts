/** `drawdown sample`: the sample month as a recording that `drawdown replay` reads; reads no store. */

import { Command } from 'commander'
import type { Instant } from '../domain/time.ts'
import { type Answer, answer } from './answer.ts'
import type { Terminal } from './terminal.ts'
import { timeWord } from './words.ts'

type Options = { readonly end?: Instant; readonly config?: true }

/** Prints one message per line, or with `--config` the configuration that lists its account. */
export const sampleCommand = (terminal: Terminal): Command => {
  const command = new Command('sample')
    .description('print the sample month as a recording for replay')
    .option('--end <time>', 'when the month ends, RFC 3339 (default: now)', timeWord)
    .option('--config', 'print the configuration it is to be replayed with instead')
  return answer<Options>(terminal, command, (_, options) => sample(terminal, options))
}

const sample = async (terminal: Terminal, { end, config }: Options): Promise<Answer> => {
  const { SAMPLE_ACCOUNT, SAMPLE_BUDGET, SAMPLE_PROJECTS, sampleMonth } = await import('../local/sample.ts')
  if (config) {
    const accounts = [
      {
        id: SAMPLE_ACCOUNT,
        name: 'Sample storefront',
        projects: SAMPLE_PROJECTS,
        budgets: { [SAMPLE_BUDGET]: 'drawdown' },
      },
    ]
    return { json: { accounts }, text: JSON.stringify({ accounts }, undefined, 2) }
  }
  const lines = sampleMonth(end ?? terminal.clock()).map(({ topic, at, messageId, attributes, body }) => ({
    topic,
    message: { json: JSON.parse(body) as unknown, attributes, messageId, publishTime: new Date(at).toISOString() },
  }))
  return { json: lines, text: lines.map((line) => JSON.stringify(line)).join('\n') }
}
