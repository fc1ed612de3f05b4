/** A sound deployment with real servers around it: doctor examines it, and a test plants one fault at a time. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { drain } from '../../functions/app/deliver.ts'
import { type Examination, examine } from '../../functions/doctor/examine.ts'
import { checks } from '../../functions/doctor/index.ts'
import type { Caller, Lack } from '../../functions/doctor/patient.ts'
import type { Records } from '../../functions/doctor/ports.ts'
import { formatInstant, HOUR_MS, type Instant, instant } from '../../functions/domain/time.ts'
import { admit } from '../../functions/probes/patient.ts'
import { secretsFrom } from '../../functions/wire.ts'
import { openTestApp, type TestApp } from './app.ts'
import { type BillingPeer, billingOf, startBilling } from './billing-server.ts'
import { ACCOUNT, BUDGET } from './facts.ts'
import { PROJECT } from './google-resources.ts'
import { type GooglePeer, startGoogle } from './google-server.ts'
import { type HttpPeer, startHttp } from './http-server.ts'
import { openDoor, type SmtpDoor } from './smtp-door.ts'

export const NOW: Instant = instant('2026-11-23T10:00:00Z')
export const SMTP_PASSWORD = 'c0rrect-h0rse'
export const DOMAIN = 'acme-finops.dev'
export const PERSON: Caller = { kind: 'person', member: `user:ada@${DOMAIN}` }

/** The parts a test may change before it has doctor look. */
export type DoctorWorld = {
  readonly google: GooglePeer
  readonly billing: BillingPeer
  readonly smtp: SmtpDoor
  readonly chat: HttpPeer
  /** Answers with the time that is right. */
  readonly time: HttpPeer
  ledger: TestApp
  config: string
  env: Record<string, string>
  /** Text records by name; what is not there is none. */
  readonly txt: Map<string, Records>
  readonly mx: Map<string, Records>
  caller: Caller | Lack
  dkimSelectors: readonly string[]
  allowLoopback: boolean
  now: Instant
}

/** A finding as a line of a table. */
export type Row = readonly [check: string, status: string, what: string, mend: string]

const CONFIG = `accounts:
  - id: ${ACCOUNT}
    name: Production
    plan: gemini-prepay
    projects: [my-app]
    budgets: { ${BUDGET}: drawdown }
channels:
  ops-mail: { kind: email, to: [ops@${DOMAIN}], from: drawdown@${DOMAIN}, smtp: SMTP_URL }
  ops-chat: { kind: google-chat, url: OPS_CHAT_URL }
`

const records = (...texts: readonly string[]): Records => ({ kind: 'records', records: texts })

/** Starts the servers once per file, and makes everything sound before each test. */
export const doctorWorld = (): DoctorWorld => {
  const world = { txt: new Map(), mx: new Map() } as unknown as DoctorWorld
  beforeAll(async () => {
    const [google, billing, smtp, chat, time] = await Promise.all([
      startGoogle(),
      startBilling(),
      openDoor({ password: SMTP_PASSWORD }),
      startHttp(),
      startHttp((response) => response.writeHead(404, { date: new Date(world.now).toUTCString() }).end()),
    ])
    Object.assign(world, { google, billing, smtp, chat, time, now: NOW })
  })
  beforeEach(() => makeSound(world))
  afterAll(() =>
    Promise.all([world.google, world.billing, world.smtp, world.chat, world.time].map((server) => server.close())),
  )
  return world
}

const makeSound = async (world: DoctorWorld): Promise<void> => {
  world.google.reset()
  world.billing.account(ACCOUNT, true)
  world.billing.link('my-app', ACCOUNT)
  world.billing.link(PROJECT, ACCOUNT)
  world.txt.clear()
  world.mx.clear()
  world.txt.set(DOMAIN, records('v=spf1 include:_spf.google.com ~all', 'google-site-verification=abc'))
  world.txt.set('_spf.google.com', records('v=spf1 ip4:192.0.2.0/24 ~all'))
  world.txt.set(`google._domainkey.${DOMAIN}`, records('v=DKIM1; k=rsa; p=MIIBIjANBg'))
  world.txt.set(`_dmarc.${DOMAIN}`, records(`v=DMARC1; p=quarantine; rua=mailto:dmarc@${DOMAIN}`))
  world.mx.set(DOMAIN, records(`mx.${DOMAIN}`))
  Object.assign(world, {
    ledger: await soundLedger(),
    config: CONFIG,
    env: {
      GOOGLE_CLOUD_PROJECT: PROJECT,
      STORE: 'firestore:',
      SMTP_URL: `smtp://ops:${SMTP_PASSWORD}@127.0.0.1:${world.smtp.port}`,
      OPS_CHAT_URL: `${world.chat.url}/v1/spaces/AAAA/messages?key=k&token=s3cr3t-t0ken`,
    },
    caller: PERSON,
    dkimSelectors: ['google'],
    allowLoopback: true,
    now: NOW,
  })
}

/** Credit, a budget message of an hour ago, and usage of a minute ago. */
const soundLedger = async (): Promise<TestApp> => {
  const app = openTestApp()
  app.clock.now = NOW - 30 * HOUR_MS
  await app.fact('grant', {
    grantId: 'P1',
    kind: 'prepayment',
    amount: '500.00',
    currencyCode: 'USD',
    effectiveAt: formatInstant(app.clock.now),
  })
  app.clock.now = NOW - HOUR_MS
  await app.budget(10)
  await app.usage({ requestId: 'r1', usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100 } })
  app.clock.now = NOW
  await drain(app.deps)
  return app
}

/** Has doctor look at the world as it is now. */
export const examined = async (world: DoctorWorld): Promise<Examination> => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-doctor-'))
  const file = join(folder, 'drawdown.yaml')
  writeFileSync(file, world.config)
  const env = { DRAWDOWN_CONFIG: file, ...world.env }
  const { caller, google, allowLoopback } = world
  const io = { secret: secretsFrom(env, () => undefined), fetch, clock: () => world.now, allowLoopback }
  const { patient, discharge } = await admit({
    env,
    clock: () => world.now,
    channelIo: io,
    withApp: (work) => work(world.ledger),
    dkimSelectors: world.dkimSelectors,
    world: {
      endpoints: google.endpoints,
      signIn: async () =>
        'kind' in caller ? { caller, headers: async () => ({ authorization: 'Bearer token' }) } : caller,
      billing: billingOf(world.billing),
      dns: dnsOf(world),
      timeServer: world.time.url,
    },
  })
  try {
    return await examine(patient, checks, 20_000)
  } finally {
    await discharge()
    rmSync(folder, { recursive: true, force: true })
  }
}

const dnsOf = ({ txt, mx }: DoctorWorld) => ({
  txt: async (name: string) => txt.get(name) ?? ({ kind: 'none' } as const),
  mx: async (name: string) => mx.get(name) ?? ({ kind: 'none' } as const),
})

/** Everything that is not in order, as rows; the configuration file goes by its name alone, and free ports are all one. */
export const amiss = async (world: DoctorWorld): Promise<readonly Row[]> =>
  (await examined(world)).findings.flatMap((one): Row[] =>
    one.status === 'ok' ? [] : [[one.check, one.status, unplaced(one.what), unplaced(one.mend)]],
  )

const unplaced = (text: string): string =>
  text.replaceAll(/\/\S*\/(drawdown\.yaml)/g, '$1').replaceAll(/(localhost:|port )\d{4,5}\b/g, '$1PORT')
