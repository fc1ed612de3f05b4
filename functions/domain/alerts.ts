/** Alerts are episodes: opened once, repeated until acknowledged, resolved once. */

import type { AccountId, AlertKey, DeliveryId } from './keys.ts'
import type { Instant } from './time.ts'

/** Worst last. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What to do next, who may do it, and the exact page where. */
export type NextStep = { readonly label: string; readonly who: string; readonly url?: string }

/** The words of an alert, free of any channel's markup; outside text in it is still to be escaped. */
export type Words = {
  /** Says it all in one line: what, how much, which account. */
  readonly title: string
  /** What happened, in one or two sentences. */
  readonly summary: string
  /** The one number that matters, e.g. `12.40 USD`. */
  readonly figure: string
  /** What stops, and when. */
  readonly stops?: string
  /** The sums behind it, one line each. */
  readonly arithmetic: readonly string[]
  readonly next: readonly NextStep[]
}

/** What one rule found for one level at one evaluation. */
export type Finding = {
  /** Tells apart episodes of one rule that share a level: a budget and period, a grant; usually empty. */
  readonly scope: string
  /** As people write it: `50%`, `20.00`, `72h`; empty where a rule has one level. */
  readonly level: string
  readonly severity: Severity
  /** Larger is worse; orders the levels of a rule. */
  readonly rank: number
  /** `holds` opens, `clear` resolves, `between` (inside the hysteresis) changes nothing. */
  readonly state: 'holds' | 'between' | 'clear'
  /** Never repeated: once is enough. */
  readonly once?: true
  /** Told once per scope and level and never resolves, though other findings of its rule do. */
  readonly notice?: true
  readonly words: Words
}

/** `escalation`: nobody has answered. `digest`: what happened to several alerts, told as one; never a step of an episode. */
export type Step = 'firing' | 'repeat' | 'resolved' | 'escalation' | 'digest'

/** One episode of (account, rule, scope, level), kept with the account's state. */
export type Episode = {
  readonly key: AlertKey
  readonly rule: string
  readonly scope: string
  readonly level: string
  readonly severity: Severity
  /** Of the finding that opened it: tells the worst level when none is found any more. Absent where it opened before ranks were kept. */
  readonly rank?: number
  /** `told` is a notice: said once, with nothing to resolve. */
  readonly status: 'firing' | 'resolved' | 'told'
  readonly title: string
  readonly openedAt: Instant
  readonly resolvedAt?: Instant
  /** When it was last opened or repeated to people. */
  readonly sentAt: Instant
  readonly repeats: number
  /** Channels whose own interval had not passed at `sentAt`, with when they were last told. */
  readonly toldAt?: Readonly<Record<string, Instant>>
  /** Channels it was escalated to. */
  readonly escalatedTo?: readonly string[]
  /** Channels that were failing when it opened, where others are told in their place. */
  readonly without?: readonly string[]
  readonly ackedBy?: string
  /** When that was said; only where an account is looked at, never kept. */
  readonly ackedAt?: Instant
  readonly snoozedUntil?: Instant
  /** `grantsStarted` and `corrections` of the standing when it opened. */
  readonly grantsAtOpen: number
  /** `grantsStarted` at the latest evaluation: a grant lifts a level at the evaluation that first sees it, or not at all. */
  readonly grantsSeen: number
  readonly correctionsAtOpen: string
  /** `corrections` at the latest evaluation at which it was still open; absent in episodes from before 2026-11-28. */
  readonly correctionsSeen?: string
  /** Set when it resolved without a grant: armed again once `grantsStarted` exceeds this. */
  readonly disarmedAtGrants?: number
}

/** A step of an episode worth recording; `tell` is false where a worse level of the rule speaks for it. */
export type Transition = {
  readonly at: Instant
  readonly step: Step
  readonly episode: Episode
  readonly tell: boolean
  /** The channels it is for; absent where it is for all that its routes name. */
  readonly to?: readonly string[]
  readonly words: Words
  /** Only on `resolved`. */
  readonly lastedMs?: number
}

/** Where a person answers an alert by a click; each address is a signed capability that ends by itself. */
export type AnswerUrls = { readonly acknowledge: string; readonly snooze: string }
export type AnswerKind = keyof AnswerUrls

export type ChartPoint = { readonly at: Instant; readonly balance: string }

/** A message as committed: frozen, complete and free of markup; delivery looks nothing up. */
export type Message = {
  readonly alertKey: AlertKey
  readonly account: { readonly id: AccountId; readonly name: string }
  readonly rule: string
  readonly level: string
  readonly severity: Severity
  readonly step: Step
  readonly at: Instant
  readonly openedAt: Instant
  /** How the times in it are to be written (IANA zone). */
  readonly timeZone: string
  /** How the numbers in it are to be written (BCP 47); absent: `en`. */
  readonly locale?: string
  readonly currencyCode: string
  readonly words: Words
  /** Balance of the trailing days for the burn-down chart; empty where it says nothing. */
  readonly chart: readonly ChartPoint[]
  /** Projects that share the account's fate. */
  readonly projects: readonly string[]
  /** Who burns how much of it: estimated spend a day as decimal text, largest first; absent where no usage tells. */
  readonly burnByProject?: readonly { readonly projectId: string; readonly perDay: string }[]
  /** Absent where there is nothing to answer, or no links are configured. */
  readonly links?: AnswerUrls
}

/** One message to one recipient of one channel, committed with the decision that caused it. */
export type Delivery = {
  readonly id: DeliveryId
  readonly account: AccountId
  readonly channel: string
  /** A mail address, or empty where the channel is one place. */
  readonly recipient: string
  readonly message: Message
  readonly createdAt: Instant
  /** Held until then by quiet hours; absent: due at once. */
  readonly notBefore?: Instant
  /** Deliveries to the same recipient that must be over before this one is sent: an end is never told before its beginning. */
  readonly after?: readonly DeliveryId[]
}

/** Where a delivery stands; `sent` and `dead` are final. */
export type DeliveryState = {
  readonly status: 'pending' | 'sent' | 'dead'
  readonly attempts: number
  readonly dueAt: Instant
  /** The holder of an unexpired lease alone may settle it. */
  readonly lease?: { readonly id: string; readonly until: Instant }
  readonly settledAt?: Instant
  /** Its latest attempt failed for the channel's sake, not for its own: it is tried again as soon as the channel works. */
  readonly channelFailed?: true
  /** When a person gave it a second life; its time to be tried counts from here. */
  readonly redrivenAt?: Instant
  /** Reason of the last failure or the remote's receipt. */
  readonly note?: string
  /** Attempts whose outcome nobody can know (connection lost after the body): each may be one extra copy. */
  readonly ambiguous: number
}

export type StoredDelivery = Delivery & { readonly state: DeliveryState }
