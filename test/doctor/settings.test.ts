/** Faults of configuration, routes and environment: each is found by its check alone, with its mend. */

import { describe, expect, test } from 'vitest'
import { amiss, DOMAIN, type DoctorWorld, doctorWorld, type Row } from '../support/doctor-world.ts'
import { BUDGET } from '../support/facts.ts'
import { FUNCTIONS } from '../support/google-resources.ts'

const world = doctorWorld()

type Plant = (world: DoctorWorld) => void

const inConfig =
  (text: string, by: string): Plant =>
  (one) => {
    if (!one.config.includes(text)) throw new Error(`no ${text} to change`)
    one.config = one.config.replace(text, by)
  }

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  [
    'a setting that is misspelt',
    inConfig('projects: [my-app]', 'projekts: [my-app]'),
    [
      [
        'config',
        'problem',
        'drawdown.yaml:5: accounts.0.projekts: is not a setting here; did you mean "projects"?',
        'Mend the file, then run: npx drawdown config check drawdown.yaml',
      ],
      ['routes', 'unknown', 'Not checked: who is told of critical alerts.', 'See the check config.'],
      ['store', 'unknown', 'Not checked: the store.', 'See the check config.'],
      ['feeds', 'unknown', 'Not checked: what the ledger has heard.', 'See the check config.'],
      ['outbox', 'unknown', 'Not checked: deliveries and quarantine.', 'See the check config.'],
      ['canary', 'unknown', 'Not checked: the canary.', 'See the check config.'],
      ['permissions', 'unknown', 'Not checked: what this sign-in may do.', 'See the check config.'],
      ['service-accounts', 'unknown', 'Not checked: what the functions’ own accounts may do.', 'See the check config.'],
      ['enforcement', 'unknown', 'Not checked: what may stop a project.', 'See the check config.'],
      ['budgets', 'unknown', 'Not checked: the budgets.', 'See the check config.'],
      ['spend-caps', 'unknown', 'Not checked: spend caps.', 'See the check config.'],
      ['billing', 'unknown', 'Not checked: billing links and open accounts.', 'See the check config.'],
      ['mail-server', 'unknown', 'Not checked: mail servers.', 'See the check config.'],
      ['sender', 'unknown', 'Not checked: SPF, DKIM and DMARC of the sender.', 'See the check config.'],
      ['webhooks', 'unknown', 'Not checked: chat and webhooks.', 'See the check config.'],
    ],
  ],
  [
    'no drawdown budget',
    inConfig(`${BUDGET}: drawdown`, `${BUDGET}: watch`),
    [
      [
        'config',
        'problem',
        'Production lists no budget with the role drawdown.',
        'Find the budget (gcloud billing budgets list --billing-account=01D4EE-079462-DFD6EC) and list it: budgets: { ID: drawdown }. infra/ lists the budgets it makes in the deployed file alone; to examine that one: gcloud secrets versions access latest --secret=drawdown-config --project=my-finops > deployed.yaml && DRAWDOWN_CONFIG=deployed.yaml npx drawdown doctor',
      ],
      [
        'budgets',
        'warning',
        'The budget de72f49d-779b-4945-a127-4d6ce8def0bb (Drawdown: gross spend from prepaid credit) would measure the credit of Production, and is not listed.',
        'List it: budgets: { de72f49d-779b-4945-a127-4d6ce8def0bb: drawdown }',
      ],
    ],
  ],
  [
    'a budget id that is none',
    inConfig(`${BUDGET}: drawdown`, `${BUDGET}: drawdown, my-budget: watch`),
    [
      [
        'config',
        'problem',
        'Production lists the budget my-budget, which is no budget id.',
        'Take the last part of the budget’s name, 32 hex digits in five groups: gcloud billing budgets list --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'two drawdown budgets',
    inConfig(`${BUDGET}: drawdown`, `${BUDGET}: drawdown, a1b2c3d4-0000-4000-8000-000000000002: drawdown`),
    [
      [
        'config',
        'warning',
        'Production lists 2 budgets with the role drawdown.',
        'Keep one, and give the others the role watch; or make sure that no project is in two of them.',
      ],
      [
        'budgets',
        'problem',
        'Production lists the budget a1b2c3d4-0000-4000-8000-000000000002, and the billing account has none of that id.',
        "See which there are: gcloud billing budgets list --billing-account=01D4EE-079462-DFD6EC --format='table(name.basename(),displayName)'",
      ],
    ],
  ],
  [
    'no projects',
    inConfig('    projects: [my-app]\n', ''),
    [
      [
        'config',
        'warning',
        'Production lists no projects.',
        'List the projects that are billed to it: projects: [my-app]',
      ],
    ],
  ],
  [
    'a project by its display name',
    inConfig('[my-app]', '[my-app, My App]'),
    [
      [
        'config',
        'problem',
        'Production lists the project My App, which is neither a project id nor a project number.',
        'Write its id as Google spells it: gcloud projects list',
      ],
    ],
  ],
  [
    'no thresholds at all',
    inConfig('plan: gemini-prepay', 'thresholds: { percent: [], runwayHours: [] }'),
    [
      [
        'config',
        'problem',
        'Production has no thresholds at all.',
        'Leave thresholds out to have the defaults, or write thresholds: { percent: [50, 20, 10], runwayHours: [168, 72, 24] }.',
      ],
    ],
  ],
  [
    'thresholds of runway alone',
    inConfig('plan: gemini-prepay', 'thresholds: { percent: [] }'),
    [
      [
        'config',
        'warning',
        'Production has no thresholds of credit, only of runway.',
        'Add thresholds: { percent: [50, 20, 10] }, or leave percent out to have these.',
      ],
    ],
  ],
  [
    'another currency without a rate',
    inConfig('plan: gemini-prepay', 'currency: EUR'),
    [
      [
        'config',
        'warning',
        'Production is billed in EUR and has no usdRate.',
        'Write what one US dollar costs in EUR, such as usdRate: "0.92".',
      ],
    ],
  ],
  [
    'no channels',
    (one) => {
      one.config = one.config.slice(0, one.config.indexOf('channels:'))
    },
    [
      [
        'routes',
        'problem',
        'The configuration has no channels.',
        'Add one, such as channels: { ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL } }.',
      ],
    ],
  ],
  [
    'no route for critical alerts',
    (one) => {
      one.config += 'routes:\n  - { when: { severity: [warning] }, to: [ops-mail, ops-chat] }\n'
    },
    [
      [
        'routes',
        'problem',
        'No route carries every critical alert of Production to a channel.',
        'Add a route: { when: { severity: [critical] }, to: [ops-mail, ops-chat] }.',
      ],
    ],
  ],
  [
    'a route for some critical alerts only',
    (one) => {
      one.config += 'routes:\n  - { when: { rule: [credit-low] }, to: [ops-mail, ops-chat] }\n'
    },
    [
      [
        'routes',
        'problem',
        'No route carries every critical alert of Production to a channel.',
        'Add a route: { when: { severity: [critical] }, to: [ops-mail, ops-chat] }.',
      ],
    ],
  ],
  [
    'routes by project that leave none out',
    (one) => {
      one.config += 'routes:\n  - { when: { project: [my-app] }, to: [ops-mail, ops-chat] }\n'
    },
    [],
  ],
  [
    'a channel that is told when nobody answers',
    (one) => {
      one.config +=
        'routes:\n  - { to: [ops-mail, ops-chat], escalate: { after: 30m, to: [boss] } }\ncanary: { every: daily, to: [self] }\n'
      one.config = one.config.replace(
        'channels:',
        'channels:\n  boss: { kind: google-chat, url: OPS_CHAT_URL }\n  self: { kind: google-chat, url: OPS_CHAT_URL }',
      )
    },
    [],
  ],
  [
    'critical alerts by chat alone',
    (one) => {
      one.config +=
        'routes:\n  - { when: { severity: [critical] }, to: [ops-chat] }\n  - { to: [ops-mail], when: { severity: [warning] } }\n'
    },
    [
      [
        'routes',
        'warning',
        'Critical alerts of Production go out by one way only: ops-chat.',
        'Add a channel of another kind to a route that carries critical, such as a chat beside mail.',
      ],
    ],
  ],
  [
    'two mail channels through one server',
    (one) => {
      one.config = one.config.replace(
        '{ kind: google-chat, url: OPS_CHAT_URL }',
        `{ kind: email, to: [boss@${DOMAIN}], from: drawdown@${DOMAIN}, smtp: SMTP_URL }`,
      )
    },
    [
      [
        'routes',
        'warning',
        'Critical alerts of Production go out by one way only: ops-mail, ops-chat.',
        'Add a channel of another kind to a route that carries critical, such as a chat beside mail.',
      ],
    ],
  ],
  [
    'a channel that no route names',
    (one) => {
      one.config += 'routes:\n  - { to: [ops-mail, ops-chat] }\n'
      one.config = one.config.replace('channels:', 'channels:\n  dev-chat: { kind: google-chat, url: OPS_CHAT_URL }')
    },
    [
      [
        'routes',
        'warning',
        'The channel dev-chat is named by no route.',
        'Name it in a route (to: [dev-chat]), or remove it.',
      ],
    ],
  ],
  [
    'a secret that is not set, in the cloud',
    (one) => {
      one.env = {
        ...one.env,
        K_SERVICE: 'schedule',
        PUSH_AUDIENCE: 'https://a',
        PUSH_SERVICE_ACCOUNT: 'a@b.c',
        OPS_CHAT_URL: '',
        SMTP_URL: one.env['SMTP_URL'] ?? '',
      }
    },
    [
      [
        'environment',
        'problem',
        'OPS_CHAT_URL, which the channel ops-chat names, is not set here.',
        'Give it to the functions: in infra/ as secrets = { OPS_CHAT_URL = { secret = "SECRET", version = "1" } }.',
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
    'a secret with a line break at its end',
    (one) => {
      one.env['OPS_CHAT_URL'] += '\n'
    },
    [
      [
        'environment',
        'problem',
        'OPS_CHAT_URL: its value begins or ends with white space. Store the secret without a trailing newline.',
        'Store the value again without blank or line break at its ends: printf %s "$VALUE" | gcloud secrets versions add SECRET --data-file=- --project=my-finops',
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
    'an address of the wrong service',
    (one) => {
      one.env['OPS_CHAT_URL'] = 'https://hooks.slack.com/services/T/B/s3cr3t'
    },
    [
      [
        'environment',
        'problem',
        'OPS_CHAT_URL: must point at chat.googleapis.com',
        'Store in OPS_CHAT_URL what the line asks for: printf %s "$VALUE" | gcloud secrets versions add SECRET --data-file=- --project=my-finops',
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
    'a mail server without a scheme',
    (one) => {
      one.env['SMTP_URL'] = 'mail.acme-finops.dev:587'
    },
    [
      [
        'environment',
        'problem',
        'SMTP_URL: must be an smtp:// or smtps:// URL',
        'Store in SMTP_URL what the line asks for: printf %s "$VALUE" | gcloud secrets versions add SECRET --data-file=- --project=my-finops',
      ],
      ['mail-server', 'unknown', 'The mail server of ops-mail was not tried.', 'See the check environment.'],
    ],
  ],
  [
    'a signing secret that is short',
    (one) => {
      one.config += 'links: { url: https://status.acme-finops.dev, secret: ACK_SECRET }\n'
      one.env['ACK_SECRET'] = 'short-s3cr3t'
      one.google.set(FUNCTIONS, 'functions', [])
    },
    [
      [
        'environment',
        'problem',
        'ACK_SECRET: must have at least 32 characters. Make one with: openssl rand -base64 32',
        'Store in ACK_SECRET what the line asks for: printf %s "$VALUE" | gcloud secrets versions add SECRET --data-file=- --project=my-finops',
      ],
      [
        'functions',
        'unknown',
        'No function of Drawdown is deployed in my-finops, as far as the Cloud Functions API tells.',
        'Check GOOGLE_CLOUD_PROJECT. To deploy: terraform -chdir=infra apply',
      ],
      ['schedule', 'unknown', 'The Cloud Scheduler job was not looked for.', 'See the check functions first.'],
    ],
  ],
  [
    'a store that cannot be',
    (one) => {
      one.env['STORE'] = 'postgres://ledger'
    },
    [
      [
        'environment',
        'problem',
        'STORE: must be sqlite:PATH, sqlite::memory: or firestore:[DATABASE], such as sqlite:.drawdown/drawdown.db.',
        'Set STORE as the line says.',
      ],
      ['store', 'unknown', 'Not checked: the store.', 'See the check environment.'],
      ['feeds', 'unknown', 'Not checked: what the ledger has heard.', 'See the check environment.'],
      ['outbox', 'unknown', 'Not checked: deliveries and quarantine.', 'See the check environment.'],
    ],
  ],
  [
    'SQLite in the cloud',
    (one) => {
      one.env = {
        ...one.env,
        STORE: 'sqlite:/data/drawdown.db',
        K_SERVICE: 'schedule',
        PUSH_AUDIENCE: 'https://a',
        PUSH_SERVICE_ACCOUNT: 'a@b.c',
      }
    },
    [
      [
        'environment',
        'problem',
        'STORE: SQLite would be lost with the instance here: set DRAWDOWN_DURABLE_DISK=1 if the path lies on a disk that lasts, or run Drawdown on a machine that has one.',
        'Set STORE as the line says.',
      ],
      ['store', 'unknown', 'Not checked: the store.', 'See the check environment.'],
      ['feeds', 'unknown', 'Not checked: what the ledger has heard.', 'See the check environment.'],
      ['outbox', 'unknown', 'Not checked: deliveries and quarantine.', 'See the check environment.'],
    ],
  ],
  [
    'a push audience that is not set, in the cloud',
    (one) => {
      one.env = { ...one.env, K_SERVICE: 'schedule', PUSH_SERVICE_ACCOUNT: 'a@b.c' }
    },
    [
      [
        'environment',
        'problem',
        'PUSH_AUDIENCE: is not set. Give the audience of the push subscription, usually the URL of this service.',
        'Set PUSH_AUDIENCE as the line says.',
      ],
    ],
  ],
  [
    'a topic that cannot be',
    (one) => {
      one.env['BILLING_NOTIFICATIONS_TOPIC'] = 'goog-topic'
    },
    [
      [
        'environment',
        'problem',
        'BILLING_NOTIFICATIONS_TOPIC: must be a topic of 3 to 255 letters, digits and -._~+%, beginning with a letter and not with goog, or its full name, such as projects/my-project/topics/billing-notifications.',
        'Set BILLING_NOTIFICATIONS_TOPIC as the line says.',
      ],
      ['permissions', 'unknown', 'Not checked: what this sign-in may do.', 'See the check environment.'],
      ['functions', 'unknown', 'Not checked: the deployed functions.', 'See the check environment.'],
      ['schedule', 'unknown', 'Not checked: the Cloud Scheduler job.', 'See the check environment.'],
      ['topics', 'unknown', 'Not checked: the topics.', 'See the check environment.'],
      [
        'subscriptions',
        'unknown',
        'Not checked: push, retries and deadlines of the subscriptions.',
        'See the check environment.',
      ],
      ['dead-letters', 'unknown', 'Not checked: dead-letter topics and their rights.', 'See the check environment.'],
      ['backlog', 'unknown', 'Not checked: messages that wait.', 'See the check environment.'],
      ['publishers', 'unknown', 'Not checked: who may publish to the topics.', 'See the check environment.'],
      [
        'service-accounts',
        'unknown',
        'Not checked: what the functions’ own accounts may do.',
        'See the check environment.',
      ],
      ['enforcement', 'unknown', 'Not checked: what may stop a project.', 'See the check environment.'],
      ['spend-caps', 'unknown', 'Not checked: spend caps.', 'See the check environment.'],
    ],
  ],
]

describe('a fault of the settings', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})

test('routes by project that leave one out are told, beside what a project nobody knows brings with it', async () => {
  world.config = world.config.replace('projects: [my-app]', 'projects: [my-app, my-batch]')
  world.config += 'routes:\n  - { when: { project: [my-app] }, to: [ops-mail, ops-chat] }\n'
  expect((await amiss(world)).filter(([check]) => check === 'routes')).toEqual([
    [
      'routes',
      'warning',
      'Critical alerts about my-batch of Production alone reach nobody.',
      'Add a route: { when: { severity: [critical] }, to: [ops-mail, ops-chat] }.',
    ],
  ])
})
