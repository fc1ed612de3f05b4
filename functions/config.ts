/** What the configuration file comes to once it is checked. */

import type { Severity } from './domain/alerts.ts'
import type { AccountId } from './domain/keys.ts'
import type { AccountSettings } from './domain/standing.ts'

/** Who hears what; a field that is absent matches everything. */
export type Route = {
  readonly when: {
    readonly severity?: readonly Severity[]
    readonly rule?: readonly string[]
    readonly account?: readonly AccountId[]
  }
  /** Names of channels. */
  readonly to: readonly string[]
}

export type Config = {
  readonly accounts: readonly AccountSettings[]
  /** `settings` is the channel's own object with its `kind`, already checked by the channel's schema. */
  readonly channels: Readonly<Record<string, { readonly kind: string; readonly settings: unknown }>>
  readonly routes: readonly Route[]
}
