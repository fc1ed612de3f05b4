/** What SPF, DKIM and DMARC have in common: records of text that begin with a version, and a DNS that may not answer. */

import { type Finding, unknown } from './check.ts'
import type { Records } from './ports.ts'

/** A domain that mail comes from, and the server that sends it, where it is known. */
export type Sender = { readonly domain: string; readonly host?: string }

export const dnsFailed = (what: string, note: string, dig: string): Finding =>
  unknown({ what, why: `DNS did not answer (${note}).`, mend: `Check by hand: ${dig}` })

/** Records that begin with this version, such as `v=spf1`. */
export const versioned = (answer: Records, version: string): readonly string[] =>
  answer.kind === 'records'
    ? answer.records.filter((one) => new RegExp(`^${version}(\\s|;|$)`, 'i').test(one.trim()))
    : []

/** `p=none; rua=…` as names and values. */
export const tagsOf = (record: string): ReadonlyMap<string, string> =>
  new Map(
    record.split(';').map((part) => {
      const [name = '', ...value] = part.split('=')
      return [name.trim().toLowerCase(), value.join('=').trim()]
    }),
  )
