/** Faults of mail servers, of the sender's DNS and of chat. */

import { setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Records } from '../../functions/doctor/ports.ts'
import { makeAuthority, selfSigned, validNow } from '../support/certificate.ts'
import { amiss, DOMAIN, type DoctorWorld, doctorWorld, type Row, SMTP_PASSWORD } from '../support/doctor-world.ts'
import { type DoorOptions, openDoor, type SmtpDoor } from '../support/smtp-door.ts'

const world = doctorWorld()

const DAY_MS = 86_400_000
const ours = makeAuthority('our own')
const long = { from: new Date(Date.now() - 9 * DAY_MS), until: new Date(Date.now() - DAY_MS) }

const DOORS = {
  valid: { password: SMTP_PASSWORD, certificate: ours.issue(validNow(['localhost'])) },
  selfSigned: { secure: true, certificate: selfSigned(validNow(['localhost'])) },
  expired: { secure: true, certificate: ours.issue({ names: ['localhost'], ...long }) },
  misnamed: { secure: true, certificate: ours.issue(validNow(['mail.acme-finops.dev'])) },
  anonymous: {},
  busy: { turnedAway: 421 },
} satisfies Record<string, DoorOptions>

const doors = new Map<string, SmtpDoor>()
beforeAll(async () => {
  setDefaultCACertificates([ours.ca])
  for (const [name, options] of Object.entries(DOORS)) doors.set(name, await openDoor(options))
  const closed = await openDoor()
  await closed.close()
  doors.set('closed', closed)
})
afterAll(() => Promise.all(Object.keys(DOORS).map((name) => doors.get(name)?.close())))

type Plant = (world: DoctorWorld) => void

const server =
  (url: (world: DoctorWorld) => string): Plant =>
  (one) => {
    one.env['SMTP_URL'] = url(one)
  }
const at = (scheme: string, door: keyof typeof DOORS, who = `ops:${SMTP_PASSWORD}@`): Plant =>
  server(() => `${scheme}://${who}localhost:${doors.get(door)?.port}`)
const strict: Plant = (one) => {
  one.allowLoopback = false
  one.env['OPS_CHAT_URL'] = ''
}
const both =
  (...plants: readonly Plant[]): Plant =>
  (one) => {
    for (const plant of plants) plant(one)
  }
const records = (...texts: readonly string[]): Records => ({ kind: 'records', records: texts })
const txt =
  (name: string, ...texts: readonly string[]): Plant =>
  (one) =>
    void (texts.length > 0 ? one.txt.set(name, records(...texts)) : one.txt.delete(name))
const silent =
  (name: string): Plant =>
  (one) =>
    void one.txt.set(name, { kind: 'failed', note: 'ETIMEOUT' })
const selectors =
  (...names: readonly string[]): Plant =>
  (one) => {
    one.dkimSelectors = names
  }

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  [
    'a wrong password',
    server(({ smtp }) => `smtp://ops:wrong@127.0.0.1:${smtp.port}`),
    [
      [
        'mail-server',
        'problem',
        'The mail server 127.0.0.1 (SMTP_URL) refuses the sign-in (SMTP 535).',
        'Check user and password in SMTP_URL; both must be percent-encoded, and many providers want an app password.',
      ],
    ],
  ],
  [
    'a server that offers no sign-in',
    at('smtp', 'anonymous'),
    [
      [
        'mail-server',
        'problem',
        'The mail server localhost (SMTP_URL) offers no sign-in (SMTP 500), and the address holds a user name.',
        'Use its port for submission (587, or smtps:// for 465); if it knows this machine by its address, take user and password out of SMTP_URL.',
      ],
    ],
  ],
  [
    'a server that wants a sign-in',
    server(({ smtp }) => `smtp://127.0.0.1:${smtp.port}`),
    [
      [
        'mail-server',
        'warning',
        'The mail server 127.0.0.1 (SMTP_URL) offers a sign-in, and the address holds no user name.',
        'Add user and password, percent-encoded: SMTP_URL=smtps://USER:PASSWORD@HOST',
      ],
    ],
  ],
  [
    'a server that turns us away',
    at('smtp', 'busy', ''),
    [
      [
        'mail-server',
        'problem',
        'The mail server localhost (SMTP_URL) turns us away for now (SMTP 421).',
        'Run doctor again in some minutes; if it stays, ask the provider.',
      ],
    ],
  ],
  [
    'a server with a valid certificate is in order',
    both(at('smtp', 'valid'), strict),
    [
      [
        'environment',
        'unknown',
        'OPS_CHAT_URL, which the channel ops-chat names, is not set here.',
        'To have it tried from here: OPS_CHAT_URL="$(gcloud secrets versions access latest --secret=SECRET --project=my-finops)" npx drawdown doctor',
      ],
      [
        'webhooks',
        'unknown',
        'The channel ops-chat was not tried.',
        'See the check environment, or send something: npx drawdown test-alert ops-chat',
      ],
    ],
  ],
  [
    'a server without TLS',
    both(at('smtp', 'anonymous', ''), strict),
    [
      [
        'environment',
        'unknown',
        'OPS_CHAT_URL, which the channel ops-chat names, is not set here.',
        'To have it tried from here: OPS_CHAT_URL="$(gcloud secrets versions access latest --secret=SECRET --project=my-finops)" npx drawdown doctor',
      ],
      [
        'mail-server',
        'problem',
        'The mail server localhost (SMTP_URL) offers no encryption on port PORT.',
        'Drawdown never sends a password in the clear. Use a port with STARTTLS (587) or TLS (smtps://, 465): SMTP_URL',
      ],
      [
        'webhooks',
        'unknown',
        'The channel ops-chat was not tried.',
        'See the check environment, or send something: npx drawdown test-alert ops-chat',
      ],
    ],
  ],
  [
    'a certificate that nobody vouches for',
    at('smtps', 'selfSigned', ''),
    [
      [
        'mail-server',
        'problem',
        'The mail server localhost (SMTP_URL) shows a certificate that is not valid (DEPTH_ZERO_SELF_SIGNED_CERT).',
        'Name the host as its certificate does, or have the certificate renewed. To see it: openssl s_client -connect localhost:PORT',
      ],
    ],
  ],
  [
    'a certificate that has run out',
    at('smtps', 'expired', ''),
    [
      [
        'mail-server',
        'problem',
        'The mail server localhost (SMTP_URL) shows a certificate that is not valid (CERT_HAS_EXPIRED).',
        'Name the host as its certificate does, or have the certificate renewed. To see it: openssl s_client -connect localhost:PORT',
      ],
    ],
  ],
  [
    'a certificate for another name',
    at('smtps', 'misnamed', ''),
    [
      [
        'mail-server',
        'problem',
        'The mail server localhost (SMTP_URL) shows a certificate that is not valid (ERR_TLS_CERT_ALTNAME_INVALID).',
        'Name the host as its certificate does, or have the certificate renewed. To see it: openssl s_client -connect localhost:PORT',
      ],
    ],
  ],
  [
    'smtps on a port without',
    at('smtps', 'anonymous', ''),
    [
      [
        'mail-server',
        'problem',
        'The mail server localhost (SMTP_URL) does not speak TLS at once on port PORT.',
        'smtps:// is for port 465; for STARTTLS write smtp:// in SMTP_URL.',
      ],
    ],
  ],
  [
    'port 25',
    server(() => 'smtp://mail.acme-finops.dev:25'),
    [
      [
        'mail-server',
        'problem',
        'The mail server mail.acme-finops.dev (SMTP_URL) is asked on port 25.',
        'Use port 587 or 465 of the same server: SMTP_URL=smtp://USER:PASSWORD@HOST:587',
      ],
    ],
  ],
  [
    'a port where nobody listens',
    server(() => `smtp://127.0.0.1:${doors.get('closed')?.port}`),
    [
      [
        'mail-server',
        'problem',
        'The mail server 127.0.0.1 (SMTP_URL) refuses connections on port PORT.',
        'Check the port in SMTP_URL: 587 for smtp://, 465 for smtps://.',
      ],
    ],
  ],
  [
    'a host that cannot be',
    server(() => 'smtp://mail..acme-finops.dev'),
    [
      [
        'mail-server',
        'problem',
        'The mail server mail..acme-finops.dev (SMTP_URL) is not known to DNS.',
        'Check the host in SMTP_URL: mail..acme-finops.dev',
      ],
    ],
  ],
  [
    'a sender of a reserved domain',
    (one) => {
      one.config = one.config.replaceAll(DOMAIN, 'example.com')
    },
    [
      [
        'sender',
        'problem',
        'Mail is sent from example.com, which is reserved for examples.',
        'Write an address of a domain of yours as from of the mail channel.',
      ],
    ],
  ],
  [
    'no SPF',
    txt(DOMAIN, 'google-site-verification=abc'),
    [
      [
        'sender',
        'problem',
        'acme-finops.dev has no SPF record.',
        'Add a TXT record for acme-finops.dev: "v=spf1 include:MAIL_PROVIDER ~all", as your mail provider names it.',
      ],
    ],
  ],
  [
    'two SPF records',
    txt(DOMAIN, 'v=spf1 ip4:192.0.2.1 -all', 'v=spf1 ip4:192.0.2.2 -all'),
    [
      [
        'sender',
        'problem',
        'acme-finops.dev has 2 SPF records.',
        'Join them into one TXT record that begins with v=spf1 and names every include. To see them: dig +short TXT acme-finops.dev',
      ],
    ],
  ],
  [
    'SPF for everybody',
    txt(DOMAIN, 'v=spf1 +all'),
    [
      [
        'sender',
        'warning',
        'SPF of acme-finops.dev lets everybody send (+all).',
        'End the record with ~all in place of +all.',
      ],
    ],
  ],
  [
    'SPF for nobody',
    txt(DOMAIN, 'v=spf1 -all'),
    [
      [
        'sender',
        'problem',
        'SPF of acme-finops.dev lets nobody send (v=spf1 -all).',
        'Name the service the mail goes out by before -all, such as include:MAIL_PROVIDER.',
      ],
    ],
  ],
  [
    'SPF with too many look-ups',
    both(
      txt(DOMAIN, 'v=spf1 include:a.dev include:b.dev ~all'),
      txt('a.dev', `v=spf1 ${'a:x.dev '.repeat(5)}~all`),
      txt('b.dev', `v=spf1 ${'mx:y.dev '.repeat(4)}~all`),
    ),
    [
      [
        'sender',
        'problem',
        'SPF of acme-finops.dev needs more than 10 DNS look-ups.',
        'Take out includes of services that no longer send your mail, or replace them by ip4: and ip6: addresses.',
      ],
    ],
  ],
  [
    'SPF at the limit of look-ups is in order',
    both(
      txt(DOMAIN, 'v=spf1 include:a.dev include:b.dev ~all'),
      txt('a.dev', `v=spf1 ${'a:x.dev '.repeat(4)}~all`),
      txt('b.dev', `v=spf1 ${'mx:y.dev '.repeat(4)}ip4:192.0.2.1 ~all`),
    ),
    [],
  ],
  [
    'SPF with an include that is not there',
    txt(DOMAIN, 'v=spf1 include:gone.dev ~all'),
    [
      [
        'sender',
        'problem',
        'SPF of acme-finops.dev includes gone.dev, which has no SPF record.',
        'Take include:gone.dev out, or spell it as the provider does.',
      ],
    ],
  ],
  [
    'SPF that includes itself',
    txt(DOMAIN, `v=spf1 include:${DOMAIN} ~all`),
    [
      [
        'sender',
        'problem',
        'SPF of acme-finops.dev needs more than 10 DNS look-ups.',
        'Take out includes of services that no longer send your mail, or replace them by ip4: and ip6: addresses.',
      ],
    ],
  ],
  [
    'SPF without the service that sends',
    both(
      txt(DOMAIN, 'v=spf1 ip4:192.0.2.1 ~all'),
      server(() => 'smtp://smtp.mailgun.org:25'),
    ),
    [
      [
        'mail-server',
        'problem',
        'The mail server smtp.mailgun.org (SMTP_URL) is asked on port 25.',
        'Use port 587 or 465 of the same server: SMTP_URL=smtp://USER:PASSWORD@HOST:587',
      ],
      [
        'sender',
        'warning',
        'SPF of acme-finops.dev does not include mailgun.org, and mail goes out by smtp.mailgun.org.',
        'Add it to the record: "v=spf1 include:mailgun.org ip4:192.0.2.1 ~all"',
      ],
    ],
  ],
  [
    'no SPF for a known service',
    both(
      txt(DOMAIN),
      server(() => 'smtp://smtp-relay.gmail.com:25'),
    ),
    [
      [
        'mail-server',
        'problem',
        'The mail server smtp-relay.gmail.com (SMTP_URL) is asked on port 25.',
        'Use port 587 or 465 of the same server: SMTP_URL=smtp://USER:PASSWORD@HOST:587',
      ],
      [
        'sender',
        'problem',
        'acme-finops.dev has no SPF record.',
        'Add a TXT record for acme-finops.dev: "v=spf1 include:_spf.google.com ~all", as your mail provider names it.',
      ],
    ],
  ],
  [
    'no DKIM under the selector that was named',
    selectors('s1', 'google'),
    [
      [
        'sender',
        'problem',
        'There is no DKIM key of acme-finops.dev under the selector s1.',
        'Publish the key as the mail provider says, as TXT or CNAME of s1._domainkey.acme-finops.dev.',
      ],
    ],
  ],
  [
    'a DKIM key that was revoked',
    txt(`google._domainkey.${DOMAIN}`, 'v=DKIM1; p='),
    [
      [
        'sender',
        'problem',
        'The DKIM key of acme-finops.dev under the selector google is revoked.',
        'Have the mail provider make a new key, and publish it as it says.',
      ],
    ],
  ],
  ['DKIM under a usual selector is found', selectors(), []],
  [
    'no DKIM under the usual selectors',
    both(selectors(), txt(`google._domainkey.${DOMAIN}`)),
    [
      [
        'sender',
        'unknown',
        'No DKIM key of acme-finops.dev was found under the usual selectors.',
        'Name the selector that your mail provider uses: npx drawdown doctor --dkim-selector NAME',
      ],
    ],
  ],
  [
    'no DMARC',
    txt(`_dmarc.${DOMAIN}`),
    [
      [
        'sender',
        'warning',
        'acme-finops.dev has no DMARC policy.',
        'Add a TXT record for _dmarc.acme-finops.dev: "v=DMARC1; p=none; rua=mailto:postmaster@acme-finops.dev", and tighten it once the reports are clean.',
      ],
    ],
  ],
  [
    'DMARC of the parent domain counts',
    (one) => {
      one.config = one.config.replaceAll(`drawdown@${DOMAIN}`, `drawdown@alerts.${DOMAIN}`)
      for (const [name, found] of [...one.txt]) one.txt.set(name.replace(DOMAIN, `alerts.${DOMAIN}`), found)
      one.txt.delete(`_dmarc.alerts.${DOMAIN}`)
      one.mx.set(`alerts.${DOMAIN}`, records('mx'))
    },
    [],
  ],
  [
    'DMARC of the parent domain, with a policy for those below it that is none',
    (one) => {
      one.config = one.config.replaceAll(`drawdown@${DOMAIN}`, `drawdown@alerts.${DOMAIN}`)
      for (const [name, found] of [...one.txt]) one.txt.set(name.replace(DOMAIN, `alerts.${DOMAIN}`), found)
      one.txt.delete(`_dmarc.alerts.${DOMAIN}`)
      one.txt.set(`_dmarc.${DOMAIN}`, records('v=DMARC1; p=reject; sp=maybe'))
      one.mx.set(`alerts.${DOMAIN}`, records('mx'))
    },
    [
      [
        'sender',
        'problem',
        'DMARC of acme-finops.dev has no valid policy (v=DMARC1; p=reject; sp=maybe).',
        'Leave one TXT record for _dmarc.acme-finops.dev, such as "v=DMARC1; p=none; rua=mailto:postmaster@acme-finops.dev".',
      ],
    ],
  ],
  [
    'DMARC without a policy',
    txt(`_dmarc.${DOMAIN}`, 'v=DMARC1; rua=mailto:a@b.c'),
    [
      [
        'sender',
        'problem',
        'DMARC of acme-finops.dev has no valid policy (v=DMARC1; rua=mailto:a@b.c).',
        'Leave one TXT record for _dmarc.acme-finops.dev, such as "v=DMARC1; p=none; rua=mailto:postmaster@acme-finops.dev".',
      ],
    ],
  ],
  [
    'two DMARC records',
    txt(`_dmarc.${DOMAIN}`, 'v=DMARC1; p=none', 'v=DMARC1; p=reject'),
    [
      [
        'sender',
        'problem',
        'acme-finops.dev has 2 DMARC records.',
        'Leave one TXT record for _dmarc.acme-finops.dev, such as "v=DMARC1; p=none; rua=mailto:postmaster@acme-finops.dev".',
      ],
    ],
  ],
  [
    'no mailbox for bounces',
    (one) => void one.mx.delete(DOMAIN),
    [
      [
        'sender',
        'warning',
        'acme-finops.dev takes no mail: it has no MX record.',
        'Send from a domain that has a mailbox for this address, and have somebody read it.',
      ],
    ],
  ],
  [
    'DNS that does not answer',
    both(
      silent(DOMAIN),
      silent(`google._domainkey.${DOMAIN}`),
      silent(`_dmarc.${DOMAIN}`),
      (one) => void one.mx.set(DOMAIN, { kind: 'failed', note: 'ETIMEOUT' }),
    ),
    [
      ['sender', 'unknown', 'SPF of acme-finops.dev was not checked.', 'Check by hand: dig +short TXT acme-finops.dev'],
      [
        'sender',
        'unknown',
        'DKIM of acme-finops.dev was not checked.',
        'Check by hand: dig +short TXT SELECTOR._domainkey.acme-finops.dev',
      ],
      [
        'sender',
        'unknown',
        'DMARC of acme-finops.dev was not checked.',
        'Check by hand: dig +short TXT _dmarc.acme-finops.dev',
      ],
      [
        'sender',
        'unknown',
        'Whether acme-finops.dev takes mail was not checked.',
        'Check by hand: dig +short MX acme-finops.dev',
      ],
    ],
  ],
  [
    'chat that refuses connections',
    (one) => {
      one.env['OPS_CHAT_URL'] =
        `http://127.0.0.1:${doors.get('closed')?.port}/v1/spaces/AAAA/messages?key=k&token=s3cr3t-t0ken`
    },
    [
      [
        'webhooks',
        'problem',
        '127.0.0.1 (OPS_CHAT_URL) refuses connections (ECONNREFUSED).',
        'Check the network from here: curl -sSI https://127.0.0.1/',
      ],
    ],
  ],
  [
    'chat that hangs up',
    ({ chat }) => chat.answer((response) => response.socket?.destroy()),
    [
      [
        'webhooks',
        'problem',
        '127.0.0.1 (OPS_CHAT_URL) cannot be reached (UND_ERR_SOCKET).',
        'Check the network from here: curl -sSI https://127.0.0.1/',
      ],
    ],
  ],
]

describe('a fault of mail and chat', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})
