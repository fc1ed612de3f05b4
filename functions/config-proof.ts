/** The settings by which people answer alerts and Drawdown proves itself: links, canary, heartbeat. */

import { z } from 'zod'
import { isTimeZone, text } from './config-fields.ts'
import type { CanarySettings } from './outbox/canary.ts'

/** The name of a variable that holds a secret. Somebody may write the secret itself: what stands here is never repeated. */
const secretName = text.meta({ writeOnly: true })

/** Newest first: the first signs, all of them verify. */
const LINK_SECRETS_MAX = 5
const namesOfSecrets = `must be the name of an environment variable, or a list of 1 to ${LINK_SECRETS_MAX}`

/** Where links in messages lead: plain HTTP only to this very machine. */
const isPageAddress = (address: string): boolean => {
  const { protocol, hostname, username, password, search, hash } = URL.parse(address) ?? {}
  const isSafe = protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1)$/.test(hostname ?? ''))
  return isSafe && `${username}${password}${search}${hash}` === ''
}

const links = z.strictObject({
  url: text
    .refine(isPageAddress, 'must be an https:// address without password, query or fragment')
    .meta({ description: 'Address of the status page.', examples: ['https://status.example.com'] }),
  secret: z
    .union(
      [secretName, z.array(secretName).min(1, namesOfSecrets).max(LINK_SECRETS_MAX, namesOfSecrets)],
      namesOfSecrets,
    )
    .meta({
      description: 'Variables with the signing secrets: the first signs, all verify.',
      examples: ['ACK_SECRET'],
      writeOnly: true,
    }),
})

const canary = z.strictObject({
  every: z
    .enum(['daily', 'weekly'])
    .default('daily')
    .meta({ description: 'Weekly is Mondays.', examples: ['daily'] }),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM')
    .default('09:00')
    .meta({ description: 'Time of day.', examples: ['09:00'] }),
  timeZone: text
    .refine(isTimeZone, 'must be an IANA time zone')
    .optional()
    .meta({ description: 'Of the time of day; that of the first account by default.', examples: ['Europe/Berlin'] }),
  to: z
    .array(text)
    .min(1, 'must name at least one channel')
    .optional()
    .meta({ description: 'Names of channels; all by default.', examples: [['ops-mail']] }),
})

/** The fields as `config-file.ts` puts them into the file's own schema. */
export const proofFields = {
  links: links.optional().meta({
    description: 'Lets people acknowledge and snooze from a message.',
    examples: [{ url: 'https://status.example.com', secret: 'ACK_SECRET' }],
  }),
  canary: canary.optional().meta({
    description: 'A small message through every channel, to prove that each of them works.',
    examples: [{ every: 'daily', at: '09:00' }],
  }),
  heartbeat: secretName.optional().meta({
    description: 'Variable with the HTTPS address an outside watchdog waits for.',
    examples: ['HEARTBEAT_URL'],
    writeOnly: true,
  }),
}

export type ProofSettings = {
  /** `url` is without a slash at its end; `secrets` are names of variables, the first of which signs. */
  readonly links?: { readonly url: string; readonly secrets: readonly [string, ...string[]] }
  readonly canary?: CanarySettings
  /** Name of the variable that holds the address. */
  readonly heartbeat?: string
}

type ProofFile = {
  readonly links?: z.output<typeof links> | undefined
  readonly canary?: z.output<typeof canary> | undefined
  readonly heartbeat?: string | undefined
}

/** What the fields come to; one that is not in the file is absent. `timeZone` is the canary's where it names none. */
export const toProof = ({ links: linked, canary: sung, heartbeat }: ProofFile, timeZone: string): ProofSettings => ({
  ...(linked && { links: toLinks(linked) }),
  ...(sung && { canary: toCanary(sung, timeZone) }),
  ...(heartbeat !== undefined && { heartbeat }),
})

const toLinks = ({ url, secret }: z.output<typeof links>): NonNullable<ProofSettings['links']> => {
  const [first, ...rest] = typeof secret === 'string' ? [secret] : secret
  if (first === undefined) throw new Error('the schema let an empty list pass')
  return { url: url.replace(/\/+$/, ''), secrets: [first, ...new Set(rest.filter((name) => name !== first))] }
}

const toCanary = ({ every, at, timeZone, to }: z.output<typeof canary>, zone: string): CanarySettings => {
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  return { every, atMinute: hours * 60 + minutes, timeZone: timeZone ?? zone, ...(to && { to: [...new Set(to)] }) }
}
