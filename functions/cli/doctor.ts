/** `drawdown doctor`: what is wrong with a deployment, why it matters, and how to mend it. */

import { Command } from 'commander'
import type { ChannelIo } from '../channels/channel.ts'
import type { Examination } from '../doctor/examine.ts'
import { type Answer, answer } from './answer.ts'
import { withApp } from './session.ts'
import type { Terminal } from './terminal.ts'
import { selectorWord } from './words.ts'

const HELP = `
Looks at the configuration, the store, Google Cloud, the mail servers and DNS. It changes nothing and posts nothing.
What it could not look at is listed as unknown, with the reason.

Exit codes:
  0  no problem was found; there may be warnings
  1  there is at least one problem`

const PROBLEMS = 1

type Options = { readonly dkimSelector?: readonly string[] }

export const doctorCommand = (terminal: Terminal): Command => {
  const command = new Command('doctor')
    .description('examine the deployment: what is wrong, why it matters, and how to mend it')
    .option(
      '--dkim-selector <names...>',
      'selectors of the sender’s DKIM keys, as the mail provider calls them',
      collect,
    )
    .addHelpText('after', HELP)
  return answer<Options>(terminal, command, (_, { dkimSelector = [] }) => examined(terminal, dkimSelector))
}

const collect = (word: string, before: readonly string[] = []): readonly string[] => [...before, selectorWord(word)]

const examined = async (terminal: Terminal, dkimSelectors: readonly string[]): Promise<Answer> => {
  const { admit } = await import('../probes/patient.ts')
  const { env, clock } = terminal
  const { patient, discharge } = await admit({
    env,
    clock,
    dkimSelectors,
    channelIo: await channelsIo(terminal),
    withApp: (work) => withApp(terminal, {}, work),
  })
  try {
    const [{ examine }, { checks }] = await Promise.all([import('../doctor/examine.ts'), import('../doctor/index.ts')])
    return await answerOf(terminal, await examine(patient, checks))
  } finally {
    await discharge()
  }
}

const channelsIo = async ({ env }: Terminal): Promise<ChannelIo> => {
  const { channelIo, secretsFrom } = await import('../wire.ts')
  return channelIo(
    secretsFrom(env, () => undefined),
    !env['K_SERVICE'],
  )
}

const answerOf = async (terminal: Terminal, examination: Examination): Promise<Answer> => {
  const { doctorText } = await import('./doctor-text.ts')
  return {
    json: examination,
    text: doctorText(terminal, examination),
    exitCode: examination.counts.problem > 0 ? PROBLEMS : 0,
  }
}
