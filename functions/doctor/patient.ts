/** Who is examined: the configuration, the environment without its secrets, and the ports. */

import type { Config } from '../config.ts'
import type { AccountSettings } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import type { Need } from './check.ts'
import type { DoctorIo } from './ports.ts'

export type TopicKey = 'billing' | 'usage' | 'schedule' | 'alerts'

/** Who asks Google, as IAM spells it. */
export type Caller = { readonly kind: 'service-account' | 'person'; readonly member: string }

/** A channel as the start would open it; values of variables stay outside. */
export type ChannelView = {
  readonly name: string
  readonly kind: string
  readonly variables: readonly { readonly name: string; readonly isSet: boolean }[]
  /** What the start would say if it refused the channel. */
  readonly complaint?: string
  /** Of a mail channel; the server is known only where its variable is set. */
  readonly mail?: {
    readonly from: string
    readonly variable: string
    readonly server?: { readonly host: string; readonly port: number; readonly secure: boolean }
  }
  /** Variables whose value is an address of the web, with the host. */
  readonly hosts: readonly { readonly variable: string; readonly host: string }[]
}

/** A secret that the configuration names outside its channels. */
export type SecretView = {
  readonly name: string
  readonly setting: 'links' | 'heartbeat'
  readonly isSet: boolean
  /** What the start would say if it refused the value. */
  readonly complaint?: string
}

export type Lack = { readonly why: string; readonly mend: string }

export type Patient = {
  readonly now: Instant
  readonly inCloud: boolean
  /** Whether an emulator stands in for Pub/Sub: it knows no rights. */
  readonly emulated: boolean
  /** Needs that are not met, and why. */
  readonly lacks: Readonly<Partial<Record<Need, Lack>>>
  /** Empty where it could not be read. */
  readonly config: Config
  /** The accounts that are looked up, with the projects that are: a person waits, so there is a limit. */
  readonly subjects: readonly AccountSettings[]
  /** What the limit left out of `subjects`. */
  readonly leftOut: { readonly accounts: number; readonly projects: number }
  /** Lines of complaint about the configuration file. */
  readonly configFaults: readonly string[]
  /** Where the configuration came from; absent: the built-in one. */
  readonly configPath?: string
  /** Lines of complaint about the environment, each beginning with a variable's name. */
  readonly environmentFaults: readonly string[]
  readonly channels: readonly ChannelView[]
  readonly secrets: readonly SecretView[]
  /** A checked address; absent where it cannot be. */
  readonly store?: string
  /** The project Drawdown runs in; empty where it is not known. */
  readonly project: string
  /** Full names; empty texts where the project is not known. */
  readonly topics: Readonly<Record<TopicKey, string>>
  /** Absent where Google does not know the caller. */
  readonly caller?: Caller
  readonly dkimSelectors: readonly string[]
  readonly io: DoctorIo
}
