/** SPF (RFC 7208): one record, within ten look-ups, that names the service the mail goes out by. */

import { type Finding, ok, problem, warning } from './check.ts'
import { dnsFailed, type Sender, versioned } from './dns-records.ts'
import { spfOf } from './mail-providers.ts'
import type { DnsIo } from './ports.ts'

/** RFC 7208 §4.6.4: beyond, the whole record counts as an error. */
const LOOK_UPS_MAX = 10

const SPF = 'v=spf1'

export const spfFindings = async (dns: DnsIo, sender: Sender): Promise<readonly Finding[]> => {
  const { domain } = sender
  const answer = await dns.txt(domain)
  if (answer.kind === 'failed')
    return [dnsFailed(`SPF of ${domain} was not checked.`, answer.note, `dig +short TXT ${domain}`)]
  const [record, ...more] = versioned(answer, SPF)
  if (record === undefined) return [none(sender)]
  if (more.length > 0) return [several(domain, more.length + 1)]
  const walked = await walk(dns, record)
  const faults = [
    ...strictFaults(domain, record),
    ...walkFaults(domain, walked),
    ...includeFaults(sender, walked, record),
  ]
  if (faults.length > 0) return faults
  return [ok(`SPF of ${domain} is one sound record.${unproven(sender)}`)]
}

const unproven = ({ host }: Sender): string => {
  const spf = spfOf(host)
  if (spf === 'none') return ` ${ownBounces(host)}`
  return host === undefined || spf !== undefined ? '' : ` Not proven: that it lets ${host} send.`
}

const ownBounces = (host = ''): string => `${host} sends under a bounce domain of its own: DKIM alone counts.`

const none = ({ domain, host }: Sender): Finding => {
  const spf = spfOf(host)
  if (spf === 'none') return ok(`${domain} has no SPF record, and needs none. ${ownBounces(host)}`)
  return problem({
    what: `${domain} has no SPF record.`,
    why: 'Mail servers cannot tell our mail from a forgery: they file it as junk, or refuse it.',
    mend: `Add a TXT record for ${domain}: "v=spf1 include:${spf?.[0] ?? 'MAIL_PROVIDER'} ~all", as your mail provider names it.`,
  })
}

const several = (domain: string, count: number): Finding =>
  problem({
    what: `${domain} has ${count} SPF records.`,
    why: 'More than one counts as an error: SPF fails for every mail.',
    mend: `Join them into one TXT record that begins with v=spf1 and names every include. To see them: dig +short TXT ${domain}`,
  })

const strictFaults = (domain: string, record: string): readonly Finding[] => {
  const terms = termsOf(record)
  if (terms.some((term) => /^\+?all$/i.test(term)))
    return [
      warning({
        what: `SPF of ${domain} lets everybody send (+all).`,
        why: 'It proves nothing, and mail servers distrust such a domain.',
        mend: 'End the record with ~all in place of +all.',
      }),
    ]
  return terms.length === 1 && /^[-~]all$/i.test(terms[0] ?? '')
    ? [
        problem({
          what: `SPF of ${domain} lets nobody send (${record}).`,
          why: 'Every mail of this domain fails.',
          mend: `Name the service the mail goes out by before ${terms[0]}, such as include:MAIL_PROVIDER.`,
        }),
      ]
    : []
}

const termsOf = (record: string): readonly string[] => record.trim().split(/\s+/).slice(1)

type Walked = {
  /** Domains named by include or redirect, at any depth. */
  readonly named: readonly string[]
  readonly lookUps: number
  /** Named, but without a record of its own. */
  readonly empty: readonly string[]
  /** Named, but DNS did not answer. */
  readonly silent: readonly string[]
}

/** Follows include and redirect, the latest first; like a receiver it ends with the look-ups that RFC 7208 allows, loops too. */
const walk = async (dns: DnsIo, record: string): Promise<Walked> => {
  const walked = { named: [] as string[], empty: [] as string[], silent: [] as string[] }
  const open = [record]
  let lookUps = 0
  for (let text = open.pop(); text !== undefined && lookUps <= LOOK_UPS_MAX; text = open.pop()) {
    lookUps += termsOf(text).filter((term) => COSTS.test(term)).length
    for (const name of namesOf(text).slice(0, LOOK_UPS_MAX)) {
      walked.named.push(name)
      const answer = await dns.txt(name)
      const [next] = versioned(answer, SPF)
      if (next !== undefined) open.push(next)
      else (answer.kind === 'failed' ? walked.silent : walked.empty).push(name)
    }
  }
  return { ...walked, lookUps }
}

/** Terms that make a receiver ask DNS. */
const COSTS = /^[-+~?]?(include:|a([:/]|$)|mx([:/]|$)|ptr([:/]|$)|exists:)|^redirect=/i

const namesOf = (record: string): readonly string[] =>
  termsOf(record).flatMap((term) => {
    const name = /^(?:[-+~?]?include:|redirect=)([^%]+)$/i.exec(term)?.[1]
    return name === undefined ? [] : [name.toLowerCase()]
  })

const walkFaults = (domain: string, { lookUps, empty, silent }: Walked): readonly Finding[] => [
  ...(lookUps > LOOK_UPS_MAX
    ? [
        problem({
          what: `SPF of ${domain} needs more than ${LOOK_UPS_MAX} DNS look-ups.`,
          why: 'Beyond that the record counts as an error: SPF fails for every mail.',
          mend: 'Take out includes of services that no longer send your mail, or replace them by ip4: and ip6: addresses.',
        }),
      ]
    : []),
  ...empty.map((name) =>
    problem({
      what: `SPF of ${domain} includes ${name}, which has no SPF record.`,
      why: 'Such an include counts as an error: SPF fails for every mail.',
      mend: `Take include:${name} out, or spell it as the provider does.`,
    }),
  ),
  ...silent.map((name) =>
    dnsFailed(`SPF of ${domain} was followed but for ${name}.`, 'no answer', `dig +short TXT ${name}`),
  ),
]

const includeFaults = ({ domain, host }: Sender, { named, silent }: Walked, record: string): readonly Finding[] => {
  const spf = spfOf(host)
  if (spf === undefined || spf === 'none' || silent.length > 0 || spf.some((one) => named.includes(one))) return []
  const [wanted] = spf
  return [
    warning({
      what: `SPF of ${domain} does not include ${wanted}, and mail goes out by ${host}.`,
      why: 'Unless the service signs with DKIM for this domain, mail servers file the alerts as junk.',
      mend: `Add it to the record: "${record.trim().replace(/^v=spf1/i, `v=spf1 include:${wanted}`)}"`,
    }),
  ]
}
