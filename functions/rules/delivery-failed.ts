/** Alerts that did not get through: a channel that fails or refused some, and critical ones that reached nobody. */

import type { Finding, NextStep, Words } from '../domain/alerts.ts'
import type { ChannelTrouble, OutboxHealth, Unheard } from '../domain/outbox.ts'
import type { Standing } from '../domain/standing.ts'
import type { Rule } from './rule.ts'
import { ON_CALL } from './steps.ts'
import { accountName, clip, clockTime, headline, shortName, single } from './words.ts'

/** A line names an alert; its own message said the rest. */
const TITLE_MAX = 150

/** A warning for each channel; critical for each critical alert that nobody has heard of. What failed is told elsewhere than where it failed. */
export const deliveryFailed: Rule = {
  name: 'delivery-failed',
  aboutCredit: false,
  evaluate: (standing, { outbox }) =>
    outbox === undefined
      ? []
      : [
          ...outbox.troubles.map((trouble) =>
            single('warning', () => undelivered(standing, trouble), `channel ${trouble.channel}`),
          ),
          ...outbox.unheard.map((alert) => unheard(standing, outbox, alert)),
        ],
}

const alerts = (count: number): string => `${count} ${count === 1 ? 'alert' : 'alerts'}`

const undelivered = (standing: Standing, trouble: ChannelTrouble): Words => {
  const { channel, dead, waiting, since, note, titles } = trouble
  const count = dead + waiting
  return {
    title: headline(`${alerts(count)} of ${accountName(standing)} did not get through on ${shortName(channel)}`),
    summary: `${fateOf(trouble)} The oldest of them was first due at ${clockTime(standing, since)}.`,
    figure: `${alerts(count)} undelivered`,
    stops: 'No call stops. Whoever relies on this channel is not told.',
    arithmetic: [
      ...titles.map((title) => `not delivered: ${clip(title, TITLE_MAX)}`),
      ...(count > titles.length ? [`${count} in all`] : []),
      `reason: ${note === '' ? 'none was given' : clip(note, TITLE_MAX)}`,
      'tried ten times over about three days, then given up',
    ],
    next: stepsOf(dead > 0),
  }
}

const fateOf = ({ channel, dead, waiting }: ChannelTrouble): string => {
  const gone = `${dead === 1 ? 'One was' : `${dead} were`} given up on channel ${channel}`
  const late = `${waiting === 1 ? 'one is' : `${waiting} are`} still being tried`
  if (dead === 0) return `Channel ${channel} fails: ${late}.`
  return waiting === 0 ? `${gone}.` : `${gone}, and ${late}.`
}

const stepsOf = (isDead: boolean): readonly NextStep[] => [
  { label: 'See what failed and why: npx drawdown deliveries list', who: ON_CALL },
  { label: 'Mend the channel: its address, its secret, its service', who: ON_CALL },
  isDead
    ? { label: 'Then send the dead ones again: npx drawdown deliveries redrive --all-dead', who: ON_CALL }
    : {
        label: 'Then nothing: what waits is sent by itself, within five minutes or when its next try is due',
        who: ON_CALL,
      },
]

/** One subject for each alert, so that a further one is told however long this has been open. */
const unheard = (standing: Standing, outbox: OutboxHealth, alert: Unheard): Finding =>
  single('critical', () => carried(standing, outbox, alert), `alert ${alert.alertKey}`)

/** Carries what the lost message had to say. */
const carried = (standing: Standing, { unheard: all, failing }: OutboxHealth, alert: Unheard): Words => ({
  title: headline(`Reached nobody so far: ${alert.title}`),
  summary: `This critical alert was raised at ${clockTime(standing, alert.since)}, and no channel has delivered it${failing.length === 0 ? '' : ` (failing: ${failing.join(', ')})`}. You may be the first to hear of it.`,
  figure: alert.figure,
  arithmetic: all.map(({ alertKey, title, figure }) => `${alertKey}: ${figure}: ${clip(title, TITLE_MAX)}`),
  next: [
    { label: `See it in full: npx drawdown explain ${alert.alertKey}`, who: ON_CALL },
    { label: `If you take it on: npx drawdown alerts ack ${alert.alertKey}`, who: ON_CALL },
    ...stepsOf(true),
  ],
})
