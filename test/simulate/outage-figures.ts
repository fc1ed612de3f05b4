/** What a day with a dead channel came to, in figures. */

import type { StoredDelivery } from '../../functions/domain/alerts.ts'
import { type Instant, MINUTE_MS, SECOND_MS } from '../../functions/domain/time.ts'
import { OUTAGE_TO, type Outage } from './outage.ts'

export type ChannelFigures = {
  readonly planned: number
  readonly sent: number
  /** Messages the channel took more than once. */
  readonly copies: number
  readonly attemptsMax: number
  /** From the decision to the channel's yes, in seconds; of the alerts that there are with or without an outage. */
  readonly delayMedian: number
  readonly delayMax: number
  /** Most messages that the channel took in any second and in any minute. */
  readonly perSecondMax: number
  readonly perMinuteMax: number
}

export type OutageFigures = {
  readonly channels: Readonly<Record<string, ChannelFigures>>
  /** Deliveries of the dead channel that waited when it came back, and the minutes until half, nine of ten and all were sent. */
  readonly waiting: number
  readonly drainedMinutes: { readonly half: number; readonly most: number; readonly all: number }
  readonly hangs: number
  readonly refused: number
  /** Channels on which the failure was told, and after how many minutes first. */
  readonly toldOn: readonly string[]
}

export const outageFigures = ({ deliveries, taken, hangs, refused }: Outage): OutageFigures => {
  const late = deliveries.filter(({ createdAt, state }) => createdAt < OUTAGE_TO && (state.settledAt ?? 0) >= OUTAGE_TO)
  const drained = late.map(({ state }) => ((state.settledAt ?? 0) - OUTAGE_TO) / MINUTE_MS)
  const failures = deliveries.filter(({ message }) => message.rule === 'delivery-failed')
  return {
    channels: Object.fromEntries(
      Object.entries(taken).map(([channel, list]) => [
        channel,
        channelFigures(
          deliveries.filter((each) => each.channel === channel),
          list,
        ),
      ]),
    ),
    waiting: late.length,
    drainedMinutes: { half: quantile(drained, 0.5), most: quantile(drained, 0.9), all: quantile(drained, 1) },
    hangs,
    refused,
    toldOn: [...new Set(failures.map(({ channel }) => channel))].sort(),
  }
}

type Taken = readonly { readonly at: Instant; readonly id: string }[]

const channelFigures = (own: readonly StoredDelivery[], taken: Taken): ChannelFigures => {
  const alerts = own.filter(({ message }) => message.rule !== 'delivery-failed')
  const delays = alerts.map(({ createdAt, state }) => ((state.settledAt ?? Number.NaN) - createdAt) / SECOND_MS)
  return {
    planned: own.length,
    sent: own.filter(({ state }) => state.status === 'sent').length,
    copies: taken.length - new Set(taken.map(({ id }) => id)).size,
    attemptsMax: Math.max(...own.map(({ state }) => state.attempts)),
    delayMedian: quantile(delays, 0.5),
    delayMax: quantile(delays, 1),
    perSecondMax: mostWithin(taken, SECOND_MS),
    perMinuteMax: mostWithin(taken, MINUTE_MS),
  }
}

const mostWithin = (taken: Taken, spanMs: number): number =>
  taken.reduce((most, { at }, index) => {
    const first = taken.findIndex((other) => other.at > at - spanMs)
    return Math.max(most, index - first + 1)
  }, 0)

const quantile = (list: readonly number[], part: number): number => {
  const sorted = Float64Array.from(list).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

/** A line per channel, and one for the drain. */
export const outageText = ({ channels, ...figures }: OutageFigures): string =>
  [
    ...Object.entries(channels).map(
      ([channel, each]) =>
        `  ${channel.padEnd(10)} ${each.sent} of ${each.planned} sent, ${each.copies} copies, at most ${each.attemptsMax} attempts; delay median ${each.delayMedian.toFixed(1)} s, max ${each.delayMax.toFixed(1)} s; at most ${each.perSecondMax} in a second, ${each.perMinuteMax} in a minute`,
    ),
    `  ${figures.waiting} waited when the channel came back; half were sent after ${figures.drainedMinutes.half.toFixed(1)} min, 90% after ${figures.drainedMinutes.most.toFixed(1)} min, all after ${figures.drainedMinutes.all.toFixed(1)} min`,
    `  attempts that met the dead channel: ${figures.hangs}; refused for a limit: ${figures.refused}; the failure was told on: ${figures.toldOn.join(', ') || 'none'}`,
  ].join('\n')
