/** `drawdown config check`: what the configuration was understood to say. */

import { Command } from 'commander'
import type { Config } from '../config.ts'
import { ConfigError } from '../domain/errors.ts'
import { type Answer, answer } from './answer.ts'
import type { Proof } from './config-proof.ts'
import type { Terminal } from './terminal.ts'

/** The group of commands about the configuration. */
export const configCommand = (terminal: Terminal): Command => {
  const check = new Command('check')
    .description('check the configuration and show what it says, and which secrets are set')
    .argument('[file]', 'configuration file (default: DRAWDOWN_CONFIG, else the built-in one)')
  return new Command('config')
    .description('check the configuration')
    .addCommand(answer(terminal, check, ([file]) => checkConfig(terminal, file)))
}

const checkConfig = async (terminal: Terminal, file: string | undefined): Promise<Answer> => {
  const { loadConfig } = await import('../config.ts')
  try {
    const said = await understood(terminal, loadConfig(file, terminal.env))
    const { configText } = await import('./config-text.ts')
    return { json: { ok: true, ...said }, text: configText(terminal, said) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const errors = error.message.split('\n')
    return { json: { ok: false, errors }, text: '', problems: errors, exitCode: 1 }
  }
}

/** Names only: what a secret holds is nobody's business here. */
export type Understood = Proof & {
  readonly accounts: readonly {
    readonly id: string
    readonly name: string
    readonly plan: string
    readonly currencyCode: string
    readonly projects: readonly string[]
    readonly budgets: Readonly<Record<string, string>>
  }[]
  readonly channels: readonly {
    readonly name: string
    readonly kind: string
    readonly secrets: readonly { readonly variable: string; readonly set: boolean }[]
  }[]
  readonly routes: Config['routes']
  /** What may stop a project; absent where nothing may. */
  readonly enforce?: Config['enforce']
}

const understood = async (terminal: Terminal, config: Config): Promise<Understood> => {
  const { findChannel } = await import('../channels/index.ts')
  const { proofOf } = await import('./config-proof.ts')
  const isSet = (variable: string): boolean => (terminal.env[variable] ?? '').trim() !== ''
  return {
    accounts: config.accounts.map(({ id, name, plan, currency, projects, budgets }) => ({
      id,
      name,
      plan,
      currencyCode: currency,
      projects,
      budgets,
    })),
    channels: Object.entries(config.channels).map(([name, { kind, settings }]) => ({
      name,
      kind,
      secrets: (findChannel(kind)?.secrets(settings) ?? []).map((variable) => ({ variable, set: isSet(variable) })),
    })),
    routes: config.routes,
    ...(config.enforce && { enforce: config.enforce }),
    ...proofOf(config, isSet),
  }
}
