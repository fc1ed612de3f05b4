/** Transitions × routes → deliveries: who is told what, frozen as it was true. */

import type { Delivery, Message, Severity, Transition } from '../domain/alerts.ts'
import { type AccountId, deliveryId } from '../domain/keys.ts'
import { formatDecimal } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import type { AnswerLinks } from './answer-link.ts'

/** The part of a route that planning needs. */
export type PlanRoute = {
  readonly when: {
    readonly severity?: readonly Severity[]
    readonly rule?: readonly string[]
    readonly account?: readonly AccountId[]
  }
  readonly to: readonly string[]
}

export type PlanInputs = {
  readonly standing: Standing
  readonly transitions: readonly Transition[]
  readonly routes: readonly PlanRoute[]
  /** Recipients by channel name. */
  readonly recipients: Readonly<Record<string, readonly string[]>>
  /** Makes the links by which an alert is answered; without it messages have none. */
  readonly links?: AnswerLinks['make'] | undefined
}

const matches = (route: PlanRoute, account: AccountId, { episode }: Transition): boolean =>
  (route.when.severity?.includes(episode.severity) ?? true) &&
  (route.when.rule?.includes(episode.rule) ?? true) &&
  (route.when.account?.includes(account) ?? true)

/** One delivery per told transition, channel and recipient; its id stays the same however often it is planned. */
export const planDeliveries = ({
  standing,
  transitions,
  routes,
  recipients,
  links,
}: PlanInputs): readonly Delivery[] => {
  const account = standing.account.id
  return transitions
    .filter(({ tell }) => tell)
    .flatMap((transition) => {
      const channels = new Set(routes.filter((route) => matches(route, account, transition)).flatMap(({ to }) => to))
      const message = { ...messageOf(standing, transition), ...answersTo(account, transition, links) }
      const step = transition.step === 'repeat' ? `repeat-${transition.episode.repeats}` : transition.step
      return [...channels].flatMap((channel) =>
        (recipients[channel] ?? []).map((recipient) => ({
          id: deliveryId(transition.episode.key, step, channel, recipient),
          account,
          channel,
          recipient,
          message,
          createdAt: transition.at,
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

/** Freezes what is known now: delivery looks nothing up. */
export const messageOf = (standing: Standing, { episode, step, at, words }: Transition): Message => ({
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
