/** DKIM (RFC 6376): a public key under a selector. Selectors cannot be listed, only asked for. */

import { type Finding, ok, problem, unknown } from './check.ts'
import { dnsFailed, type Sender, tagsOf } from './dns-records.ts'
import { selectorsFor } from './mail-providers.ts'
import type { DnsIo, Records } from './ports.ts'

/** Asks for the given selectors, or for those that many servers use. */
export const dkimFindings = async (
  dns: DnsIo,
  sender: Sender,
  given: readonly string[],
): Promise<readonly Finding[]> => {
  const { domain } = sender
  const selectors = given.length > 0 ? given : selectorsFor(sender.host)
  const asked = await Promise.all(
    selectors.map(async (selector) => ({ selector, answer: await dns.txt(`${selector}._domainkey.${domain}`) })),
  )
  const keys = asked.flatMap(({ selector, answer }) => keysOf(domain, selector, answer))
  if (given.length > 0)
    return [
      ...keys,
      ...asked.flatMap(({ selector, answer }) => (isFound(answer) ? [] : [missing(domain, selector, answer)])),
    ]
  if (keys.length > 0) return keys
  const failed = asked.find(({ answer }) => answer.kind === 'failed')?.answer
  return [failed?.kind === 'failed' ? silent(domain, failed.note) : notFound(domain)]
}

const isFound = (answer: Records): boolean => answer.kind === 'records'

const keysOf = (domain: string, selector: string, answer: Records): readonly Finding[] => {
  if (answer.kind !== 'records') return []
  const key = answer.records.map(tagsOf).find((tags) => tags.has('p'))
  if (key === undefined) return []
  return [
    key.get('p') === '' ? revoked(domain, selector) : ok(`DKIM of ${domain} has a key under the selector ${selector}.`),
  ]
}

const revoked = (domain: string, selector: string): Finding =>
  problem({
    what: `The DKIM key of ${domain} under the selector ${selector} is revoked.`,
    why: 'What is signed with it fails.',
    mend: 'Have the mail provider make a new key, and publish it as it says.',
  })

const missing = (domain: string, selector: string, answer: Records): Finding =>
  answer.kind === 'failed'
    ? silent(domain, answer.note)
    : problem({
        what: `There is no DKIM key of ${domain} under the selector ${selector}.`,
        why: 'What is signed with it fails: mail servers file the alerts as junk.',
        mend: `Publish the key as the mail provider says, as TXT or CNAME of ${selector}._domainkey.${domain}.`,
      })

const silent = (domain: string, note: string): Finding =>
  dnsFailed(`DKIM of ${domain} was not checked.`, note, `dig +short TXT SELECTOR._domainkey.${domain}`)

const notFound = (domain: string): Finding =>
  unknown({
    what: `No DKIM key of ${domain} was found under the usual selectors.`,
    why: 'Selectors cannot be listed, so there may be a key all the same; without one mail is filed as junk more easily.',
    mend: 'Name the selector that your mail provider uses: npx drawdown doctor --dkim-selector NAME',
  })
