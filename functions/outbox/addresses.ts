/** Whom a step of an alert is told, and from when on: by routes, quiet hours, and what fails at present. */

import type { Episode, Transition } from '../domain/alerts.ts'
import type { AccountSettings } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { heldUntil } from './quiet.ts'
import { OUTBOX_RULE, type PlanRoute, tellers } from './route.ts'

export type Addressing = {
  readonly account: AccountSettings
  readonly routes: readonly PlanRoute[]
  /** Every channel there is. */
  readonly channels: readonly string[]
  /** Those through which nothing gets at present. */
  readonly failing: readonly string[]
}

/** By channel, when it may be told: the transition's own instant, or later. */
export type Addresses = ReadonlyMap<string, Instant>

/** A repeat or an escalation names its channels; an end goes to all that may have heard of the beginning. */
export const addressesOf = (addressing: Addressing, transition: Transition): Addresses => {
  const { at, step, episode, to } = transition
  const routed = to ? new Map(to.map((channel) => [channel, at])) : routedTo(addressing, transition)
  if (step === 'resolved') for (const channel of episode.escalatedTo ?? []) add(routed, channel, at)
  return rerouted(addressing, transition, routed)
}

const routedTo = ({ account, routes }: Addressing, { at, episode }: Transition): Map<string, Instant> => {
  const found = new Map<string, Instant>()
  for (const route of tellers(routes, account, episode)) {
    const from = heldUntil(route, account, episode.severity, at)
    for (const channel of route.to) add(found, channel, from)
  }
  return found
}

/** A channel that several routes name is told as soon as one of them allows. */
const add = (found: Map<string, Instant>, channel: string, from: Instant): void => {
  found.set(channel, Math.min(found.get(channel) ?? from, from))
}

/**
 * A critical alert whose channels all fail is told on every other one as well. What tells that deliveries fail is never
 * told where they do; without another channel of its routes it takes any.
 */
const rerouted = (addressing: Addressing, { at, episode }: Transition, routed: Map<string, Instant>): Addresses => {
  const dead = new Set([...addressing.failing, ...(episode.without ?? [])])
  if (dead.size === 0 || !isReroutable(episode)) return routed
  const alive = [...routed].filter(([channel]) => !dead.has(channel))
  const others = addressing.channels.filter((channel) => !dead.has(channel)).map((channel) => [channel, at] as const)
  if (episode.rule === OUTBOX_RULE) return new Map(alive.length > 0 ? alive : others)
  return alive.length > 0 || routed.size === 0 ? routed : new Map([...routed, ...others])
}

const isReroutable = ({ severity, rule }: Episode): boolean => severity === 'critical' || rule === OUTBOX_RULE
