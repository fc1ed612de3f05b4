/** What SPF and DKIM have to say of each well-known mail service, as their set-up pages have it. */

import { expect, test } from 'vitest'
import { dkimFindings } from '../../functions/doctor/dkim.ts'
import type { DnsIo } from '../../functions/doctor/ports.ts'
import { spfFindings } from '../../functions/doctor/spf.ts'

const DOMAIN = 'acme-finops.dev'

/** Every name that is included has a record of its own. */
const dnsOf = (zone: Readonly<Record<string, string>>): DnsIo => ({
  txt: async (name) => {
    const text = zone[name] ?? (name.includes(DOMAIN) ? undefined : 'v=spf1 ip4:192.0.2.0/24 ~all')
    return text === undefined ? { kind: 'none' } : { kind: 'records', records: [text] }
  },
  mx: async () => ({ kind: 'none' }),
})

test.each([
  ['smtp-relay.gmail.com', '_spf.google.com'],
  ['smtp.office365.com', 'spf.protection.outlook.com'],
  ['smtp.eu.mailgun.org', 'mailgun.org'],
  ['in-v3.mailjet.com', 'spf.mailjet.com'],
  ['smtppro.zoho.com', 'zohomail.com'],
  ['smtppro.zoho.com', 'zoho.com'],
  ['smtp.zoho.eu', 'zohomail.eu'],
  ['smtp.zoho.eu', 'zoho.eu'],
  ['smtp.fastmail.com', 'spf.messagingengine.com'],
])('%s is let send by include:%s', async (host, name) => {
  const dns = dnsOf({ [DOMAIN]: `v=spf1 include:${name} ~all` })
  expect(await spfFindings(dns, { domain: DOMAIN, host })).toEqual([
    { status: 'ok', what: 'SPF of acme-finops.dev is one sound record.' },
  ])
})

test.each([
  ['smtp-relay.gmail.com', '_spf.google.com'],
  ['smtp.office365.com', 'spf.protection.outlook.com'],
  ['smtp.mailgun.org', 'mailgun.org'],
  ['in-v3.mailjet.com', 'spf.mailjet.com'],
  ['smtp.zoho.com', 'zohomail.com'],
  ['smtp.zoho.eu', 'zohomail.eu'],
  ['smtp.fastmail.com', 'spf.messagingengine.com'],
])('%s wants include:%s, another one will not do', async (host, name) => {
  const dns = dnsOf({ [DOMAIN]: 'v=spf1 include:spf.example.net ~all' })
  expect(await spfFindings(dns, { domain: DOMAIN, host })).toEqual([
    {
      status: 'warning',
      what: `SPF of acme-finops.dev does not include ${name}, and mail goes out by ${host}.`,
      why: 'Unless the service signs with DKIM for this domain, mail servers file the alerts as junk.',
      mend: `Add it to the record: "v=spf1 include:${name} include:spf.example.net ~all"`,
    },
  ])
})

test.each([
  'smtp.sendgrid.net',
  'email-smtp.eu-central-1.amazonaws.com',
  'email-smtp-fips.us-east-1.amazonaws.com',
  'smtp.postmarkapp.com',
  'smtp-relay.brevo.com',
])('%s sends under a bounce domain of its own: SPF is not asked', async (host) => {
  const said = `${host} sends under a bounce domain of its own: DKIM alone counts.`
  expect(await spfFindings(dnsOf({ [DOMAIN]: 'v=spf1 ip4:192.0.2.1 ~all' }), { domain: DOMAIN, host })).toEqual([
    { status: 'ok', what: `SPF of acme-finops.dev is one sound record. ${said}` },
  ])
  expect(await spfFindings(dnsOf({}), { domain: DOMAIN, host })).toEqual([
    { status: 'ok', what: `acme-finops.dev has no SPF record, and needs none. ${said}` },
  ])
})

test.each(['mail.acme-finops.dev', 'ec2-192-0-2-1.compute-1.amazonaws.com', 'gmail.com.example.net'])(
  '%s is nobody’s that is known: what it may is not proven, and what to include is for its owner to say',
  async (host) => {
    expect(await spfFindings(dnsOf({ [DOMAIN]: 'v=spf1 ip4:192.0.2.1 ~all' }), { domain: DOMAIN, host })).toEqual([
      { status: 'ok', what: `SPF of acme-finops.dev is one sound record. Not proven: that it lets ${host} send.` },
    ])
    expect((await spfFindings(dnsOf({}), { domain: DOMAIN, host })).map((one) => 'mend' in one && one.mend)).toEqual([
      'Add a TXT record for acme-finops.dev: "v=spf1 include:MAIL_PROVIDER ~all", as your mail provider names it.',
    ])
  },
)

test.each([
  ['smtp.office365.com', 'selector2'],
  ['smtp.sendgrid.net', 's2'],
  ['smtp.mailgun.org', 'pdk1'],
  ['in-v3.mailjet.com', 'mailjet'],
  ['smtp-relay.brevo.com', 'brevo2'],
  ['smtp.zoho.eu', 'zmail'],
  ['smtp.fastmail.com', 'fm3'],
])('the keys of %s are found under the selector %s', async (host, selector) => {
  const dns = dnsOf({ [`${selector}._domainkey.${DOMAIN}`]: 'v=DKIM1; k=rsa; p=MIIB' })
  expect(await dkimFindings(dns, { domain: DOMAIN, host }, [])).toEqual([
    { status: 'ok', what: `DKIM of acme-finops.dev has a key under the selector ${selector}.` },
  ])
})
