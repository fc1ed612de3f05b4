/** DMARC (RFC 7489): a policy for mail that neither SPF nor DKIM vouches for. */

import { type Finding, ok, problem, warning } from './check.ts'
import { dnsFailed, type Sender, tagsOf, versioned } from './dns-records.ts'
import type { DnsIo } from './ports.ts'

const POLICIES = new Set(['none', 'quarantine', 'reject'])
/** Which name is an organisation's own cannot be told from DNS: the parents are asked one by one. */
const PARENTS_MAX = 4

export const dmarcFindings = async (dns: DnsIo, { domain }: Sender): Promise<readonly Finding[]> => {
  for (const name of namesOf(domain)) {
    const answer = await dns.txt(`_dmarc.${name}`)
    if (answer.kind === 'failed')
      return [dnsFailed(`DMARC of ${domain} was not checked.`, answer.note, `dig +short TXT _dmarc.${name}`)]
    const records = versioned(answer, 'v=DMARC1')
    if (records.length > 0) return [judged(domain, name, records)]
  }
  return [
    warning({
      what: `${domain} has no DMARC policy.`,
      why: 'Gmail, Yahoo and Outlook trust such domains less, and anybody may write in its name.',
      mend: `Add a TXT record for _dmarc.${domain}: "v=DMARC1; p=none; rua=mailto:postmaster@${domain}", and tighten it once the reports are clean.`,
    }),
  ]
}

/** The domain, then its parents down to two labels. */
const namesOf = (domain: string): readonly string[] => {
  const labels = domain.split('.')
  return labels
    .map((_, index) => labels.slice(index).join('.'))
    .filter((name) => name.includes('.'))
    .slice(0, PARENTS_MAX)
}

const judged = (domain: string, name: string, records: readonly string[]): Finding => {
  const [record = '', ...more] = records
  const tags = tagsOf(record)
  const policy = ((name === domain ? undefined : tags.get('sp')) ?? tags.get('p') ?? '').toLowerCase()
  if (more.length > 0 || !POLICIES.has(policy))
    return problem({
      what:
        more.length > 0
          ? `${name} has ${records.length} DMARC records.`
          : `DMARC of ${name} has no valid policy (${record}).`,
      why: 'Mail servers ignore it.',
      mend: `Leave one TXT record for _dmarc.${name}, such as "v=DMARC1; p=none; rua=mailto:postmaster@${name}".`,
    })
  return ok(
    policy === 'none'
      ? `DMARC of ${domain} is p=none: failures are reported, and not acted on.`
      : `DMARC of ${domain} is p=${policy}: mail must pass SPF or DKIM for this very domain.`,
  )
}
