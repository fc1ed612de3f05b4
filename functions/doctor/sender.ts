/** The sender's domain in DNS: SPF, DKIM and DMARC, without which mail servers file alerts as junk, and somewhere for bounces. */

import { type Check, type Finding, problem, warning } from './check.ts'
import { dkimFindings } from './dkim.ts'
import { dmarcFindings } from './dmarc.ts'
import { dnsFailed, type Sender } from './dns-records.ts'
import type { Patient } from './patient.ts'
import type { Records } from './ports.ts'
import { spfFindings } from './spf.ts'

/** Nobody can own these: RFC 2606 and RFC 6761. */
const RESERVED = /(^|\.)(example\.(com|net|org)|example|test|invalid|localhost|local)$/i

export const sender: Check = {
  name: 'sender',
  covers: 'SPF, DKIM and DMARC of the sender',
  needs: ['config'],
  run: async (patient) => {
    const senders = sendersOf(patient)
    return (await Promise.all(senders.map((one) => senderFindings(patient, one)))).flat()
  },
}

const sendersOf = ({ channels }: Patient): readonly Sender[] => {
  const all = channels.flatMap(({ mail }): readonly Sender[] =>
    mail ? [{ domain: domainOf(mail.from), ...(mail.server && { host: mail.server.host }) }] : [],
  )
  return [...new Map(all.map((one) => [`${one.domain} ${one.host ?? ''}`, one])).values()]
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

const senderFindings = async (patient: Patient, one: Sender): Promise<readonly Finding[]> => {
  if (RESERVED.test(one.domain)) return [reserved(one.domain)]
  const { dns } = patient.io
  const [spf, dkim, dmarc, mx] = await Promise.all([
    spfFindings(dns, one),
    dkimFindings(dns, one, patient.dkimSelectors),
    dmarcFindings(dns, one),
    dns.mx(one.domain),
  ])
  return [...spf, ...dkim, ...dmarc, ...bounceFindings(one, mx)]
}

const reserved = (domain: string): Finding =>
  problem({
    what: `Mail is sent from ${domain}, which is reserved for examples.`,
    why: 'Mail servers refuse it.',
    mend: 'Write an address of a domain of yours as from of the mail channel.',
  })

const bounceFindings = ({ domain }: Sender, mx: Records): readonly Finding[] => {
  if (mx.kind === 'records') return []
  if (mx.kind === 'failed')
    return [dnsFailed(`Whether ${domain} takes mail was not checked.`, mx.note, `dig +short MX ${domain}`)]
  return [
    warning({
      what: `${domain} takes no mail: it has no MX record.`,
      why: 'When a recipient’s server returns an alert, nobody sees it; some servers refuse mail from such a domain.',
      mend: 'Send from a domain that has a mailbox for this address, and have somebody read it.',
    }),
  ]
}
