import { expect, test } from 'vitest'
import { doctorWorld, examined } from '../support/doctor-world.ts'

const world = doctorWorld()

test('a sound deployment has no problem, no warning and nothing unseen, and what was not proven is said', async () => {
  const { findings, counts } = await examined(world)
  expect(findings.filter(({ status }) => status !== 'ok')).toEqual([])
  expect(counts).toEqual({ problem: 0, warning: 0, unknown: 0, ok: 27 })
  expect(findings.map(({ check, what }) => `${check}: ${what}`)).toEqual([
    'config: The configuration is sound: 1 account.',
    'routes: Critical alerts of every account go out by at least two ways.',
    'environment: Every environment variable that is needed is set and has its form.',
    'clock: The clock of this machine agrees with Google’s.',
    'store: firestore:(default) answers.',
    'store: firestore:(default) takes writes from this sign-in.',
    'feeds: Production has credit on record, and its feeds are fresh.',
    'outbox: Nothing waits to be sent, nothing is dead, nothing was set aside today.',
    'sign-in: Google knows this sign-in as user:ada@acme-finops.dev.',
    'permissions: user:ada@acme-finops.dev has every right it needs.',
    'functions: The five functions are deployed and active, with retries and secrets.',
    'schedule: The Cloud Scheduler job drawdown-schedule runs at */5 * * * *.',
    'topics: The four topics are there, and each has a subscription.',
    'subscriptions: 4 subscriptions push with a token, wait long enough and try again with pauses.',
    'dead-letters: Every subscription has a dead-letter topic that keeps what was given up.',
    'backlog: No dead letter lies about, and no message waits for long.',
    'publishers: Budgets and the functions may publish to their topics, and strangers may not.',
    'service-accounts: The functions’ accounts have the roles they need, and nobody else calls them.',
    'enforcement: Nothing may stop a project: there is no function for it.',
    'budgets: All budgets that Production lists (1) are there, and as their roles ask.',
    'spend-caps: No spend cap could pause Drawdown, and none is enforced.',
    'billing: Every account is open, and every project is billed to its account.',
    'mail-server: The mail server 127.0.0.1 (SMTP_URL) answers without TLS (on this machine) and takes the sign-in. Not proven: that it takes mail from drawdown@acme-finops.dev. Try it: npx drawdown test-alert ops-mail',
    'sender: SPF of acme-finops.dev is one sound record. Not proven: that it lets 127.0.0.1 send.',
    'sender: DKIM of acme-finops.dev has a key under the selector google.',
    'sender: DMARC of acme-finops.dev is p=quarantine: mail must pass SPF or DKIM for this very domain.',
    'webhooks: 127.0.0.1 (OPS_CHAT_URL) answers. Not proven: that the address in it is right. Try it: npx drawdown test-alert ops-chat',
  ])
})
