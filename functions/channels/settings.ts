/** What channels' settings share: names of environment variables, and errors a person can mend. */

import { z } from 'zod'
import { ConfigError } from '../domain/errors.ts'
import type { ChannelDef } from './channel.ts'

/** The name of the environment variable that holds a secret; the secret itself never stands in the file. */
export const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'must be the name of an environment variable, such as OPS_CHAT_URL')

/** The same channel, opening with a `ConfigError` that names the field where its settings do not fit the schema. */
export const withConfigErrors = (def: ChannelDef): ChannelDef => ({
  ...def,
  open: (settings, io) => def.open(checked(def, settings), io),
})

const checked = (def: ChannelDef, settings: unknown): unknown => {
  const result = def.settings.safeParse(settings)
  if (result.success) return settings
  const [issue] = result.error.issues
  throw new ConfigError(`${def.kind} channel: ${(issue?.path ?? []).join('.') || 'settings'}: ${issue?.message}`)
}
