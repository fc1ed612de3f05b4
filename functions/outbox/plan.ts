/** Transitions × routes → deliveries: who is told what, frozen as it was true. */

import type { Delivery, Message, Transition } from '../domain/alerts.ts'
import type { AccountId } from '../domain/keys.ts'
import { type DeliveryId, deliveryId } from '../domain/keys.ts'
import { formatDecimal } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { addressesOf } from './addresses.ts'
import type { AnswerLinks } from './answer-link.ts'
import type { PlanRoute } from './route.ts'

export type PlanInputs = {
  readonly standing: Standing
  readonly transitions: readonly Transition[]
  readonly routes: readonly PlanRoute[]
  /** Recipients by channel name. */
  readonly recipients: Readonly<Record<string, readonly string[]>>
  /** Makes the links by which an alert is answered; without it messages have none. */
  readonly links?: AnswerLinks['make'] | undefined
  /** Channels through which nothing gets at present. */
  readonly failing?: readonly string[]
}

/** One delivery per told transition, channel and recipient; its id stays the same however often it is planned. */
export const planDeliveries = (inputs: PlanInputs): readonly Delivery[] => {
  const { standing, transitions, routes, recipients, links, failing = [] } = inputs
  const addressing = { account: standing.account, routes, channels: Object.keys(recipients), failing }
  return transitions
    .filter(({ tell }) => tell)
    .flatMap((transition) => {
      const message = { ...messageOf(standing, transition), ...answersTo(standing.account.id, transition, links) }
      return [...addressesOf(addressing, transition)].flatMap(([channel, from]) =>
        (recipients[channel] ?? []).map((recipient) => ({
          ...deliveryOf(transition, channel, recipient),
          ...{ account: standing.account.id, message, createdAt: transition.at },
          ...heldBack(transition, from),
        })),
      )
    })
}

/** Only what is open and would be repeated can be answered: no news that is over, no notice, nothing said once for information. */
const answersTo = (
  account: AccountId,
  { episode, at }: Transition,
  links: PlanInputs['links'],
): Pick<Message, 'links'> =>
  links && episode.status === 'firing' && episode.severity !== 'info'
    ? { links: links({ account, alertKey: episode.key }, at) }
    : {}

type Addressed = Pick<Delivery, 'id' | 'channel' | 'recipient' | 'after'>

const deliveryOf = ({ step, episode }: Transition, channel: string, recipient: string): Addressed => {
  const idOf = (part: string): DeliveryId => deliveryId(episode.key, part, channel, recipient)
  const id = idOf(step === 'repeat' ? `repeat-${episode.repeats}` : step)
  return { id, channel, recipient, ...(step === 'resolved' && { after: stepsBefore(episode).map(idOf) }) }
}

/** Reminders an end waits for; of more than these the older ones are long over. */
const REPEATS_BEFORE_MAX = 3

const stepsBefore = ({ repeats, escalatedTo }: Transition['episode']): readonly string[] => [
  'firing',
  ...(escalatedTo ? ['escalation'] : []),
  ...Array.from({ length: Math.min(repeats, REPEATS_BEFORE_MAX) }, (_, back) => `repeat-${repeats - back}`),
]

/** An end falls due a moment after the beginning that was held back with it. */
const heldBack = ({ at, step }: Transition, from: Instant): Pick<Delivery, 'notBefore'> =>
  from <= at ? {} : { notBefore: step === 'resolved' ? from + 1 : from }

/** What a message says of its alert. */
type Told = Pick<Transition, 'at' | 'step' | 'words'> & {
  readonly episode: Pick<Transition['episode'], 'key' | 'rule' | 'level' | 'severity' | 'openedAt'>
}

/** Freezes what is known now: delivery looks nothing up. */
export const messageOf = (standing: Standing, { episode, step, at, words }: Told): Message => ({
  alertKey: episode.key,
  account: { id: standing.account.id, name: standing.account.name },
  rule: episode.rule,
  level: episode.level,
  severity: episode.severity,
  step,
  at,
  openedAt: episode.openedAt,
  timeZone: standing.account.timeZone,
  ...(standing.account.locale !== undefined && { locale: standing.account.locale }),
  currencyCode: standing.account.currency,
  words,
  chart: chartOf(standing),
  projects: standing.account.projects,
  ...(standing.byProject.length > 0 && { burnByProject: burnOf(standing) }),
})

/** More make a list nobody reads. */
const BURNERS_MAX = 12

const burnOf = ({ byProject, account }: Standing): NonNullable<Message['burnByProject']> =>
  byProject
    .slice(0, BURNERS_MAX)
    .map(({ projectId, perDay }) => ({ projectId, perDay: formatDecimal(perDay, account.currency) }))

/** Enough for a month's burn-down and small enough for a message. */
const CHART_POINTS_MAX = 60

const chartOf = (standing: Standing): Message['chart'] => {
  const { history } = standing
  const step = Math.ceil(history.length / CHART_POINTS_MAX)
  return history
    .filter((_, index) => index % step === 0 || index === history.length - 1)
    .map((point) => ({ at: point.at, balance: formatDecimal(point.balance, standing.account.currency) }))
}
