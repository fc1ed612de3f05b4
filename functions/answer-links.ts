/** The links of a configuration, with the secrets that sign them. */

import type { Config } from './config.ts'
import { ConfigError } from './domain/errors.ts'
import type { Environment } from './environment.ts'
import { type AnswerLinks, openAnswerLinks } from './outbox/answer-link.ts'

/** Shorter ones can be guessed; 32 random bytes as base64 have 44. */
const SECRET_CHARS_MIN = 32

/** `undefined` where none are configured. Throws `ConfigError` with the variable's name, never its value. */
export const answerLinksFrom = ({ links }: Config, secret: (variable: string) => string): AnswerLinks | undefined => {
  if (!links) return undefined
  const [first, ...rest] = links.secrets
  return openAnswerLinks(links.url, [longEnough(secret, first), ...rest.map((name) => longEnough(secret, name))])
}

/** The same where every secret is set here; `undefined` where one is not. `hide` keeps them out of logs. */
export const answerLinksIfSet = (
  config: Config,
  env: Environment,
  hide: (value: string) => void,
): AnswerLinks | undefined => {
  const secret = (variable: string): string => env[variable]?.trim() ?? ''
  const values = (config.links?.secrets ?? []).map(secret)
  for (const value of values) if (value !== '') hide(value)
  return values.includes('') ? undefined : answerLinksFrom(config, secret)
}

const longEnough = (secret: (variable: string) => string, variable: string): string => {
  const value = secret(variable)
  if (value.length >= SECRET_CHARS_MIN) return value
  throw new ConfigError(
    `${variable}: must have at least ${SECRET_CHARS_MIN} characters. Make one with: openssl rand -base64 32`,
  )
}
