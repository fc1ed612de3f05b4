/** Faults of the store, of what the ledger has heard, of the outbox and of the clock. */

import { describe, expect, test } from 'vitest'
import { drain } from '../../functions/app/deliver.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../functions/domain/time.ts'
import { openTestApp } from '../support/app.ts'
import { amiss, type DoctorWorld, doctorWorld, NOW, type Row } from '../support/doctor-world.ts'
import { ACCOUNT, fact } from '../support/facts.ts'

const world = doctorWorld()

type Plant = (world: DoctorWorld) => void | Promise<void>

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  [
    'a store in memory',
    (one) => {
      one.env['STORE'] = 'sqlite::memory:'
    },
    [
      [
        'store',
        'problem',
        'STORE is sqlite::memory:, which ends with the process.',
        'Set STORE=sqlite:.drawdown/drawdown.db on a machine with a disk, STORE=firestore: in the cloud.',
      ],
      ['feeds', 'unknown', 'Not checked: what the ledger has heard.', 'See the check store.'],
      ['outbox', 'unknown', 'Not checked: deliveries and quarantine.', 'See the check store.'],
    ],
  ],
  [
    'a file that is not there yet',
    (one) => {
      one.env['STORE'] = 'sqlite:/nowhere/drawdown.db'
    },
    [
      [
        'store',
        'unknown',
        'sqlite:/nowhere/drawdown.db is not there yet.',
        'Run npm start once, or set STORE to the ledger that the functions use, such as STORE=firestore:',
      ],
      ['feeds', 'unknown', 'Not checked: what the ledger has heard.', 'See the check store.'],
      ['outbox', 'unknown', 'Not checked: deliveries and quarantine.', 'See the check store.'],
    ],
  ],
  [
    'a store that does not answer',
    (one) => {
      one.ledger = {
        ...one.ledger,
        deps: {
          ...one.ledger.deps,
          store: {
            ...one.ledger.deps.store,
            nextDueAt: () => Promise.reject(new Error('Firestore gave no answer within 10 s.')),
          },
        },
      }
    },
    [
      [
        'store',
        'problem',
        'firestore:(default) does not answer: Firestore gave no answer within 10 s.',
        'Check that the database is there: gcloud firestore databases list --project=my-finops',
      ],
      ['feeds', 'unknown', 'Not checked: what the ledger has heard.', 'See the check store.'],
      ['outbox', 'unknown', 'Not checked: deliveries and quarantine.', 'See the check store.'],
    ],
  ],
  [
    'a database that may be read only',
    (one) => one.google.database('read-only'),
    [
      [
        'store',
        'problem',
        'user:ada@acme-finops.dev may read firestore:(default) and not write to it.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=user:ada@acme-finops.dev --role=roles/datastore.user --condition=None',
      ],
    ],
  ],
  [
    'an account without credit',
    (one) => {
      one.ledger = openTestApp()
      one.ledger.clock.now = NOW
    },
    [
      [
        'feeds',
        'warning',
        'Production has no credit on record.',
        'Enter the balance that AI Studio shows: npx drawdown reading 01D4EE-079462-DFD6EC 41.20',
      ],
      [
        'feeds',
        'warning',
        'Production has never heard of its budget de72f49d-779b-4945-a127-4d6ce8def0bb.',
        "Check that the budget publishes to billing-notifications: gcloud billing budgets describe de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --format='value(notificationsRule.pubsubTopic)'",
      ],
      [
        'feeds',
        'warning',
        'Production has never heard of usage.',
        'Have your callers publish usageMetadata after each call to the topic gemini-usage, as the README shows.',
      ],
    ],
  ],
  [
    'a budget that fell silent',
    async (one) => {
      one.now = NOW + 40 * HOUR_MS
      one.ledger.clock.now = one.now
      await one.ledger.usage({ requestId: 'r2', usageMetadata: { promptTokenCount: 1 } })
      await drain(one.ledger.deps)
    },
    [
      [
        'feeds',
        'problem',
        'Production was last heard of by its budget 41 h ago.',
        'Follow the way of a message: the checks budgets, publishers and subscriptions here, then the log: gcloud logging read \'resource.labels.service_name="drawdown-billing-notification"\' --limit=20 --project=my-finops',
      ],
    ],
  ],
  [
    'a budget that never spoke in two days',
    async (one) => {
      one.ledger = openTestApp()
      one.ledger.clock.now = NOW - 2 * DAY_MS
      await one.ledger.fact('grant', {
        grantId: 'P1',
        kind: 'prepayment',
        amount: '500.00',
        currencyCode: 'USD',
        effectiveAt: '2026-11-21T10:00:00Z',
      })
      one.ledger.clock.now = NOW
      await one.ledger.usage({ requestId: 'r1', usageMetadata: { promptTokenCount: 1 } })
      await drain(one.ledger.deps)
    },
    [
      [
        'feeds',
        'problem',
        'Production has never heard of its budget de72f49d-779b-4945-a127-4d6ce8def0bb.',
        "Check that the budget publishes to billing-notifications: gcloud billing budgets describe de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --format='value(notificationsRule.pubsubTopic)'",
      ],
    ],
  ],
  [
    'look-ups that Google refuses',
    async (one) => {
      const refused = fact({ kind: 'look-up-refused', about: 'projects/my-app', why: 'denied', at: NOW }, NOW, [
        'projects/my-app',
      ])
      await one.ledger.desk.submit(ACCOUNT, { facts: [refused], quarantined: [] })
      await drain(one.ledger.deps)
    },
    [
      [
        'feeds',
        'warning',
        'Google refuses the schedule’s look-up of projects/my-app for Production (denied).',
        'The check service-accounts names the missing role; the alert billing-unseen has the line to run.',
      ],
    ],
  ],
  [
    'a delivery that nobody sends',
    async (one) => {
      await one.ledger.fact('grant', {
        grantId: 'P2',
        kind: 'prepayment',
        amount: '5.00',
        currencyCode: 'USD',
        effectiveAt: '2026-11-23T10:00:00Z',
      })
      one.now = NOW + 25 * MINUTE_MS
    },
    [
      [
        'outbox',
        'problem',
        'A delivery has been due for 25 min, and nobody sends it.',
        'See the checks schedule and subscriptions. To send from here meanwhile: npx drawdown deliveries redrive --all-dead --send',
      ],
    ],
  ],
  [
    'dead deliveries',
    async (one) => {
      one.ledger.outcomes.push({ kind: 'rejected', reason: 'gone', note: 'HTTP 410 Gone' })
      await one.ledger.fact('grant', {
        grantId: 'P2',
        kind: 'prepayment',
        amount: '5.00',
        currencyCode: 'USD',
        effectiveAt: '2026-11-23T10:00:00Z',
      })
      await drain(one.ledger.deps)
    },
    [
      [
        'outbox',
        'problem',
        '1 delivery is dead, by ops; the latest: HTTP 410 Gone.',
        'Mend the channel, then send them again: npx drawdown deliveries redrive --all-dead',
      ],
    ],
  ],
  [
    'inputs that were set aside',
    async (one) => {
      await one.ledger.post('billing-notifications', {}, { who: 'knows' })
      await drain(one.ledger.deps)
    },
    [
      [
        'outbox',
        'warning',
        '1 input was set aside within the last day (UNKNOWN_SOURCE).',
        'See why, one by one: npx drawdown quarantine list',
      ],
    ],
  ],
  [
    'a clock that is two minutes ahead',
    (one) =>
      one.time.answer((response) =>
        response.writeHead(404, { date: new Date(NOW - 120 * SECOND_MS).toUTCString() }).end(),
      ),
    [
      [
        'clock',
        'warning',
        'The clock of this machine is 120 s ahead of Google’s.',
        'Set it by the network: sudo timedatectl set-ntp true',
      ],
    ],
  ],
  [
    'a clock that is six minutes behind',
    (one) =>
      one.time.answer((response) =>
        response.writeHead(404, { date: new Date(NOW + 360 * SECOND_MS).toUTCString() }).end(),
      ),
    [
      [
        'clock',
        'problem',
        'The clock of this machine is 360 s behind Google’s.',
        'Set it by the network: sudo timedatectl set-ntp true',
      ],
    ],
  ],
  [
    'a clock that nobody tells',
    (one) => one.time.answer((response) => response.socket?.destroy()),
    [
      [
        'clock',
        'unknown',
        'The clock of this machine was not compared with Google’s.',
        'Run doctor where https://www.googleapis.com can be reached.',
      ],
    ],
  ],
]

describe('a fault of the ledger', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    await plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})
