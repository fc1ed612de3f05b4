/** The one schema of the configuration file; its examples are the mend in every error and the hints in an editor. */

import { z } from 'zod'
import { enforceFields } from './config-enforce.ts'
import { isTimeZone, text } from './config-fields.ts'
import { proofFields } from './config-proof.ts'
import { SEVERITIES } from './domain/alerts.ts'
import { PLANS } from './domain/facts.ts'
import { parseAccountId } from './domain/keys.ts'
import { DEFAULT_LOCALE, isLocale } from './domain/locale.ts'
import { isCurrency, parseNanos } from './domain/money.ts'
import { DAY_MS, MINUTE_MS, parseSpan } from './domain/time.ts'
import { parseTimeOfDay, WEEKDAYS } from './domain/wall-clock.ts'

/** More levels than this would be a list nobody reads. */
const LEVELS_MAX = 20
/** A year and a day, in hours and in days: what lies further off is no warning. */
const RUNWAY_HOURS_MAX = 8_784
const EXPIRY_DAYS_MAX = 366
const PERCENT_MAX = 10_000

const between = (min: number, max: number) => {
  const said = `must be between ${min} and ${max}`
  return z.number().min(min, said).max(max, said)
}

const levels = <T extends z.ZodType>(level: T) =>
  z.array(level).max(LEVELS_MAX, `must have at most ${LEVELS_MAX} levels`)

const whole = 'must be a whole number'

const accountId = text
  .refine((id) => parseAccountId(id) !== undefined, 'must be a billing account id in capitals')
  .meta({ description: 'The Cloud Billing account.', examples: ['01D4EE-079462-DFD6EC'] })

const isPositive = (amount: string): boolean => (parseNanos(amount) ?? 0n) > 0n

const amount = text.refine(isPositive, 'must be a decimal amount above 0, in quotes')

const thresholds = z.strictObject({
  percent: levels(between(0, PERCENT_MAX).multipleOf(0.01, 'must have at most two decimals'))
    .default([50, 20, 10])
    .meta({ description: 'Percent of the balance right after the latest grant.', examples: [[50, 20, 10]] }),
  amount: levels(amount)
    .default([])
    .meta({ description: 'Amounts in the currency of the account, as text.', examples: [['20.00']] }),
  runwayHours: levels(between(1, RUNWAY_HOURS_MAX).int(whole))
    .default([168, 72, 24])
    .meta({ description: 'Hours the credit still lasts.', examples: [[168, 72, 24]] }),
  expiryDays: levels(between(0, EXPIRY_DAYS_MAX).int(whole))
    .default([30, 7, 1])
    .meta({ description: 'Days before a grant expires.', examples: [[30, 7, 1]] }),
})

const account = z.strictObject({
  id: accountId,
  name: text.optional().meta({ description: 'As alerts call it; the id by default.', examples: ['Production'] }),
  plan: z
    .enum(PLANS)
    .default('gemini-prepay')
    .meta({ description: 'In force until a plan fact says otherwise.', examples: ['gemini-prepay'] }),
  currency: text
    .refine(isCurrency, 'must be an ISO 4217 code in capitals')
    .default('USD')
    .meta({ description: 'The currency Google bills the account in.', examples: ['USD'] }),
  projects: z
    .array(text)
    .default([])
    .meta({ description: 'Projects billed to it.', examples: [['my-app', 'my-batch']] }),
  budgets: z
    .record(text, z.enum(['drawdown', 'watch']))
    .default({})
    .meta({
      description: 'Budgets by id: drawdown measures the credit, watch only warns; the rest are watched.',
      examples: [{ 'de72f49d-779b-4945-a127-4d6ce8def0bb': 'drawdown' }],
    }),
  thresholds: thresholds.prefault({}),
  usdRate: amount.optional().meta({ description: 'Currency units per US dollar, as text.', examples: ['0.92'] }),
  timeZone: text
    .refine(isTimeZone, 'must be an IANA time zone')
    .default('UTC')
    .meta({ description: 'For the times in alerts.', examples: ['Europe/Berlin'] }),
  locale: text
    .refine(isLocale, 'must be a language tag (BCP 47)')
    .default(DEFAULT_LOCALE)
    .meta({
      description: 'For the numbers in alerts: separators and grouping; the words stay English.',
      examples: ['de-DE'],
    }),
})

/** Names end up in addresses, ids and pages. */
const channelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a name of lower-case letters, digits and hyphens, such as ops-mail')

/** The rest of a channel's settings is its own affair: `channels/` checks them. */
const channel = z
  .looseObject({ kind: text.meta({ description: 'A kind of channel, such as email.' }) })
  .meta({ examples: [{ kind: 'google-chat', url: 'OPS_CHAT_URL' }] })

const timeOfDay = text.refine((time) => parseTimeOfDay(time) !== undefined, 'must be a time of day from 00:00 to 24:00')

/** The schedule runs every five minutes; what nobody hears of for a month is not told again. */
const SPAN_MIN_MS = 5 * MINUTE_MS
const REPEAT_MIN_MS = 15 * MINUTE_MS
const SPAN_MAX_MS = 31 * DAY_MS

const span = (minMs: number, least: string) =>
  text.refine(
    (spelt) => (parseSpan(spelt) ?? 0) >= minMs && (parseSpan(spelt) ?? 0) <= SPAN_MAX_MS,
    `must be a span of minutes, hours or days, from ${least} to 31d`,
  )

const quiet = z.strictObject({
  from: timeOfDay.meta({ description: 'When it begins.', examples: ['22:00'] }),
  to: timeOfDay.meta({ description: 'When it ends, perhaps the next day.', examples: ['07:00'] }),
  timeZone: text
    .refine(isTimeZone, 'must be an IANA time zone')
    .optional()
    .meta({ description: 'The account’s by default.', examples: ['Europe/Berlin'] }),
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1, 'must name at least one day; leave the field out for every day')
    .optional()
    .meta({ description: 'Days on which it begins.', examples: [['sat', 'sun']] }),
})

const escalate = z.strictObject({
  after: span(SPAN_MIN_MS, '5m').meta({ description: 'How long nobody has answered.', examples: ['30m'] }),
  to: z
    .array(text)
    .min(1, 'must name at least one channel')
    .meta({ description: 'Names of channels.', examples: [['boss-mail']] }),
})

const listed = 'must name at least one; leave the field out to match everything'

const route = z.strictObject({
  when: z
    .strictObject({
      severity: z
        .array(z.enum(SEVERITIES))
        .min(1, listed)
        .optional()
        .meta({ examples: [['warning', 'critical']] }),
      rule: z
        .array(text)
        .min(1, listed)
        .optional()
        .meta({ examples: [['credit-low', 'credit-exhausted']] }),
      account: z.array(accountId).min(1, listed).optional(),
      project: z
        .array(text)
        .min(1, listed)
        .optional()
        .meta({
          description: 'Alerts about these projects, and those about a whole account that has one of them.',
          examples: [['my-app']],
        }),
    })
    .default({})
    .meta({ description: 'What it carries; a field left out matches everything.' }),
  to: z
    .array(text)
    .min(1, 'must name at least one channel')
    .meta({ description: 'Names of channels.', examples: [['ops-mail']] }),
  quiet: quiet.optional().meta({
    description: 'What is not critical is held until these hours are over.',
    examples: [{ from: '22:00', to: '07:00' }],
  }),
  repeat: span(REPEAT_MIN_MS, '15m')
    .optional()
    .meta({ description: 'How often an open alert is told again; by default 24h, critical 4h.', examples: ['12h'] }),
  digest: z
    .enum(['daily', 'weekly'])
    .optional()
    .meta({ description: 'What is not critical is told as one message.', examples: ['daily'] }),
  at: timeOfDay.optional().meta({ description: 'When the digest is sent; 09:00 by default.', examples: ['09:00'] }),
  on: z
    .enum(WEEKDAYS)
    .optional()
    .meta({ description: 'Day of a weekly digest; mon by default.', examples: ['mon'] }),
  escalate: escalate.optional().meta({
    description: 'Who is told what nobody acknowledged or snoozed.',
    examples: [{ after: '30m', to: ['boss-mail'] }],
  }),
})

/** The configuration file as people write it; what refers to something else is checked in `config.ts`. */
export const configFile = z.strictObject({
  $schema: z.string().optional(),
  accounts: z
    .array(account)
    .min(1, 'must list at least one account')
    .meta({ examples: [[{ id: '01D4EE-079462-DFD6EC' }]] }),
  channels: z.record(channelName, channel).default({}),
  routes: z.array(route).optional().meta({ description: 'By default warning and critical go to every channel.' }),
  ...proofFields,
  ...enforceFields,
})

export type ConfigFile = z.output<typeof configFile>

/** The JSON Schema (draft 7) of the file for editors; `functions/config.schema.json` holds it. */
export const configJsonSchema = (): unknown => z.toJSONSchema(configFile, { io: 'input', target: 'draft-7' })
