/** The one table of what a webhook channel makes of the other end's behaviour; functions/channels/README.md shows it. */

import type { RejectReason, RetryReason, SendOutcome } from '../../functions/channels/channel.ts'
import type { Behaviour } from './webhook-behaviours.ts'
import type { Judge } from './webhook-bench.ts'

/** An outcome in words; “perhaps taken” is `ambiguous`. */
export type Told =
  | 'sent'
  | `rejected: ${RejectReason}`
  | `retry: ${RetryReason}`
  | `retry: ${RetryReason}, perhaps taken`

export type Row = {
  readonly when: readonly Behaviour[]
  /** One outcome for all channels, or one for each way of telling success. */
  readonly becomes: Told | Readonly<Record<Judge, Told>>
  /** The wait that is passed on to the retry schedule, in milliseconds. */
  readonly afterMs?: number
}

const byReply = (outcome: Told, others: Readonly<Record<'202' | '2xx', Told>>): Readonly<Record<Judge, Told>> => ({
  reply: outcome,
  'reply or 204': outcome,
  ...others,
})

export const OUTCOMES: readonly Row[] = [
  { when: ['the documented success', 'a certificate that holds'], becomes: 'sent' },
  {
    when: ['200 empty', '200 with a sign-in page', '200 with garbage', '200 with an error in it', '201 empty'],
    becomes: byReply('rejected: bad-reply', { '202': 'rejected: bad-reply', '2xx': 'sent' }),
  },
  { when: ['202 empty'], becomes: byReply('rejected: bad-reply', { '202': 'sent', '2xx': 'sent' }) },
  {
    when: ['204'],
    becomes: {
      ...byReply('rejected: bad-reply', { '202': 'rejected: bad-reply', '2xx': 'sent' }),
      'reply or 204': 'sent',
    },
  },
  {
    when: ['success that breaks off'],
    becomes: byReply('retry: connection, perhaps taken', { '202': 'sent', '2xx': 'sent' }),
  },
  {
    when: ['success that falls silent'],
    becomes: byReply('retry: timeout, perhaps taken', { '202': 'sent', '2xx': 'sent' }),
  },
  { when: ['success without end'], becomes: byReply('rejected: bad-reply', { '202': 'sent', '2xx': 'sent' }) },
  { when: ['301', '302', '303', '307', '308'], becomes: 'rejected: redirect' },
  { when: ['400', '401', '403', '404', '405', '422'], becomes: 'rejected: refused' },
  { when: ['410'], becomes: 'rejected: gone' },
  { when: ['413'], becomes: 'rejected: too-large' },
  { when: ['408', '409', '425'], becomes: 'retry: temporary' },
  {
    when: [
      '429',
      '429, Retry-After: -5',
      '429, Retry-After: abc',
      '429, Retry-After: 1e9',
      '429, Retry-After: no such date',
      '429, Retry-After: a date gone by',
    ],
    becomes: 'retry: rate-limited',
  },
  { when: ['429, Retry-After: 7'], becomes: 'retry: rate-limited', afterMs: 7_000 },
  { when: ['429, Retry-After: a date 30 s later'], becomes: 'retry: rate-limited', afterMs: 30_000 },
  { when: ['429, Retry-After: ten years'], becomes: 'retry: rate-limited', afterMs: 315_360_000_000 },
  { when: ['500', '501', '503'], becomes: 'retry: server-error' },
  { when: ['503, Retry-After: 7'], becomes: 'retry: server-error', afterMs: 7_000 },
  { when: ['502', '504'], becomes: 'retry: server-error, perhaps taken' },
  { when: ['no answer'], becomes: 'retry: timeout, perhaps taken' },
  {
    when: ['a reset', 'a close without an answer', 'an answer that is no HTTP', 'headers without end'],
    becomes: 'retry: connection, perhaps taken',
  },
  { when: ['a port where nobody listens'], becomes: 'retry: connection' },
  {
    when: [
      'an expired certificate',
      'a certificate not valid yet',
      'a certificate for another host',
      'a self-signed certificate',
      'a certificate of an unknown authority',
    ],
    becomes: 'retry: connection',
  },
  { when: ['no such name', 'a name server that fails'], becomes: 'retry: connection' },
  {
    when: ['a private address', 'the metadata server', 'a public and a private address'],
    becomes: 'retry: connection',
  },
]

/** The row's outcome for a channel that tells success in this way. */
export const outcomeFor = ({ becomes }: Row, judge: Judge): Told =>
  typeof becomes === 'string' ? becomes : becomes[judge]

/** The row of a behaviour. Throws for one that is missing. */
export const rowOf = (behaviour: Behaviour): Row => {
  const row = OUTCOMES.find(({ when }) => when.includes(behaviour))
  if (!row) throw new Error(`the table does not speak of “${behaviour}”`)
  return row
}

/** What an outcome is in the table's words. */
export const told = (outcome: SendOutcome): Told => {
  if (outcome.kind === 'sent') return 'sent'
  if (outcome.kind === 'rejected') return `rejected: ${outcome.reason}`
  return outcome.ambiguous ? `retry: ${outcome.reason}, perhaps taken` : `retry: ${outcome.reason}`
}

/** The table in Markdown. */
export const outcomesAsMarkdown = (): string =>
  [
    '| the other end | Slack, Google Chat | Discord | Teams, PagerDuty | webhook |',
    '| --- | --- | --- | --- | --- |',
    ...OUTCOMES.map((row) => {
      const after = row.afterMs === undefined ? '' : `, after ${row.afterMs / 1_000} s`
      const cells = (['reply', 'reply or 204', '202', '2xx'] as const).map(
        (judge) => `${outcomeFor(row, judge)}${after}`,
      )
      return `| ${row.when.join('; ')} | ${cells.join(' | ')} |`
    }),
  ].join('\n')
