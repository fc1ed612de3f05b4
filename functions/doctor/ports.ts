/** The world as the checks may ask it. Every call settles within a bound of its own and never throws; none changes anything. */

import type { CanaryRun } from '../app/canary.ts'
import type { LookedUp, LookUp } from '../app/look-up.ts'
import type { AccountId } from '../domain/keys.ts'
import type { Standing } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import type {
  Budget,
  DeployedFunction,
  Job,
  Level,
  Policy,
  Role,
  Subscription,
  SubscriptionMetric,
} from './resources.ts'

/** Asked twice, a question is answered from the first time. */
export type CloudIo = {
  /** Of a project id. */
  readonly projectNumber: (project: string) => Promise<LookedUp<string>>
  readonly topic: (name: string) => Promise<LookedUp<{ readonly name: string }>>
  /** Names of a topic's subscriptions. */
  readonly subscriptionsOf: (topic: string) => Promise<LookedUp<readonly string[]>>
  readonly subscription: (name: string) => Promise<LookedUp<Subscription>>
  /** Of a project, topic, subscription, Cloud Run service or billing account. */
  readonly policy: (resource: string) => Promise<LookedUp<Policy>>
  /** What a role comes to, named as policies name it: a predefined one, or one of a project or organisation. */
  readonly role: (name: string) => Promise<LookedUp<Role>>
  /** Those of the permissions that the caller has on a project, topic or billing account. */
  readonly allowed: (resource: string, permissions: readonly string[]) => Promise<LookedUp<readonly string[]>>
  readonly budgets: (account: string) => Promise<LookedUp<readonly Budget[]>>
  /** In all regions. */
  readonly functions: (project: string) => Promise<LookedUp<readonly DeployedFunction[]>>
  readonly jobs: (project: string, region: string) => Promise<LookedUp<readonly Job[]>>
  /** What Cloud Monitoring last knew of subscriptions, named in full, of one project; of some it may know nothing. */
  readonly levels: (
    metric: SubscriptionMetric,
    subscriptions: readonly string[],
    now: Instant,
  ) => Promise<LookedUp<readonly Level[]>>
  /** Whether the database takes a write from the caller: asks to change a document that is not there, which changes nothing. */
  readonly mayWrite: (project: string, database: string) => Promise<LookedUp<boolean>>
}

/** `none`: the name has no such record, and DNS is sure of it. */
export type Records =
  | { readonly kind: 'records'; readonly records: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly note: string }

export type DnsIo = {
  /** The strings of each record joined, as SPF, DKIM and DMARC want them. */
  readonly txt: (name: string) => Promise<Records>
  /** Host names. */
  readonly mx: (name: string) => Promise<Records>
}

export type MailFault =
  | 'name'
  | 'refused'
  | 'silent'
  | 'certificate'
  | 'no-tls'
  | 'wrong-tls'
  | 'sign-in'
  | 'no-sign-in'
  | 'busy'
  | 'other'

/** `note` is a code, never the server's own words. */
export type MailProbe =
  | { readonly kind: 'ready'; readonly encrypted: boolean; readonly signedIn: boolean; readonly wantsSignIn: boolean }
  | { readonly kind: 'failed'; readonly fault: MailFault; readonly note: string }

export type WebFault = 'name' | 'refused' | 'silent' | 'certificate' | 'other'

export type WebProbe =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'failed'; readonly fault: WebFault; readonly note: string }

/** By how much this machine's clock is ahead of a server's; half of `roundTripMs` and a second are its error. */
export type Skew = { readonly aheadMs: number; readonly roundTripMs: number }

export type WorldIo = {
  readonly dns: DnsIo
  /** Signs in to the mail server that a variable names, and hangs up: no mail is offered. */
  readonly mail: (variable: string) => Promise<MailProbe>
  /** Asks the host that a variable's address names for its front page, never for the address itself: nothing can be posted. */
  readonly web: (variable: string) => Promise<WebProbe>
  readonly skew: () => Promise<LookedUp<Skew>>
}

/** What the ledger holds at present of the accounts that are looked up. */
export type Ledger = {
  readonly accounts: readonly { readonly standing: Standing; readonly firstSeenAt?: Instant }[]
  /** When the next delivery falls due, perhaps long ago. */
  readonly nextDueAt?: Instant
  /** Newest first, up to a limit. */
  readonly dead: readonly { readonly channel: string; readonly note: string; readonly at: Instant }[]
  /** Newest first, up to a limit. */
  readonly quarantined: readonly { readonly account: AccountId; readonly reason: string; readonly at: Instant }[]
  /** Absent where the configuration has no canary. */
  readonly canary?: CanaryRun
}

/** `absent`: there is no such file yet, and none was made. `broken`: one line with the mend. */
export type LedgerRead =
  | { readonly kind: 'read'; readonly ledger: Ledger }
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly note: string }

export type DoctorIo = WorldIo & {
  readonly cloud: CloudIo
  readonly billing: Pick<LookUp, 'billingLink' | 'accountOpen'>
  readonly ledger: () => Promise<LedgerRead>
}
