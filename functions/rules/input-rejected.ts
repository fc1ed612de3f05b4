/** Inputs that could not be read, or that contradict what is known: told once per reason and day. */

import type { Words } from '../domain/alerts.ts'
import { REASONS, type ReasonCode } from '../domain/errors.ts'
import type { SetAside, Standing } from '../domain/standing.ts'
import { utcDay } from '../domain/time.ts'
import type { Rule, RuleContext } from './rule.ts'
import { ON_CALL } from './steps.ts'
import { accountName, clip, headline, single } from './words.ts'

type Rejection = RuleContext['rejected'][number]

/** An example is to recognise the sender by, not to read in full. */
const EXAMPLE_MAX = 200

/** A notice over what was quarantined on arrival and what the fold set aside. */
export const inputRejected: Rule = {
  name: 'input-rejected',
  aboutCredit: false,
  notice: true,
  evaluate: (standing, { rejected }) =>
    merge([...rejected, ...standing.setAside.map(asRejection)]).map((each) =>
      single('warning', () => wordsOf(standing, each), scopeOf(each)),
    ),
}

const asRejection = ({ fact, reason }: SetAside): Rejection => ({
  reason,
  day: utcDay(fact.provenance.source.ms),
  count: 1,
  example: fact.key,
})

const scopeOf = ({ reason, day }: Rejection): string => `${reason}@${day}`

/** One entry per reason and day, in order of day and reason; the smallest example stands for all. */
const merge = (all: readonly Rejection[]): readonly Rejection[] => {
  const byScope = new Map<string, Rejection>()
  for (const each of all) {
    const known = byScope.get(scopeOf(each))
    const example = known !== undefined && known.example < each.example ? known.example : each.example
    byScope.set(scopeOf(each), { ...each, count: each.count + (known?.count ?? 0), example })
  }
  return [...byScope.values()].sort((a, b) => (a.day + a.reason < b.day + b.reason ? -1 : 1))
}

const isReason = (text: string): text is ReasonCode => Object.hasOwn(REASONS, text)

const wordsOf = (standing: Standing, rejection: Rejection): Words => {
  const { reason, day, count, example } = rejection
  const sentence = isReason(reason) ? REASONS[reason] : 'It could not be read.'
  const inputs = `${count} ${count === 1 ? 'input' : 'inputs'}`
  return {
    title: headline(`${inputs} set aside on ${accountName(standing)} on ${day}: ${reason}`),
    summary: `${sentence} Nothing of it counts in the ledger until it is mended; it is kept in quarantine.`,
    figure: inputs,
    stops: 'Nothing stops.',
    arithmetic: [`${reason} on ${day} (UTC): ${inputs}`, `example: ${clip(example, EXAMPLE_MAX)}`],
    next: [
      { label: (isReason(reason) ? MENDS[reason] : undefined) ?? DEFAULT_MEND, who: ON_CALL },
      { label: 'See it under quarantine on the dashboard, or with npx drawdown alerts list', who: ON_CALL },
    ],
  }
}

const DEFAULT_MEND = 'Mend the sender and publish the message again; a repeat does no harm'

const MENDS: Readonly<Partial<Record<ReasonCode, string>>> = {
  UNKNOWN_SOURCE: 'If it belongs here, check its attributes; else stop publishing it to this topic',
  UNKNOWN_ACCOUNT: 'List the billing account in the configuration, or stop its sender',
  UNKNOWN_PROJECT: 'List the project under its account in the configuration, then publish again',
  CURRENCY: 'Set the account’s currency in the configuration to the one it is billed in, or mend the sender',
  CLOCK: 'Set the sender’s clock right and publish again',
  UNKNOWN_GRANT: 'Enter the grant it refers to: npx drawdown grant add; it is then judged again by itself',
  REFUND: 'Check grant and amount against the billing page, then enter what is right: npx drawdown grant list',
  KEY_REUSED: 'The first one stands. If the later one is right, enter it under a new id and void the first',
}
