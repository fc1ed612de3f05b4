/** Messages that wait: dead letters that nobody took, and a function that does not acknowledge. */

import { describe, expect, test } from 'vitest'
import { amiss, type DoctorWorld, doctorWorld, examined, type Row } from '../support/doctor-world.ts'
import { FUNCTIONS, series, seriesPath, subscriptionPath, topicPath } from '../support/google-resources.ts'

const world = doctorWorld()

type Plant = (world: DoctorWorld) => void

const DEAD = seriesPath('num_undelivered_messages')
const OLDEST = seriesPath('oldest_unacked_message_age')
/** 0 is billing-notifications, 1 gemini-usage, 2 drawdown-schedule, 3 alert-deliveries. */
const at =
  (path: string, index: number, value: string): Plant =>
  ({ google }) =>
    google.set(path, `timeSeries.${index}.points.0.value.int64Value`, value)

const LOG = (name: string): string =>
  `gcloud logging read 'resource.labels.service_name="${name}"' --project=my-finops --limit=20`
const VIEWER =
  'gcloud projects add-iam-policy-binding my-finops --member=user:ada@acme-finops.dev --role=roles/monitoring.viewer --condition=None'

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  [
    'dead letters of budgets',
    at(DEAD, 0, '3'),
    [
      [
        'backlog',
        'problem',
        '3 messages were given up and lie in billing-notifications-dead.',
        `Mend the cause, which the log tells (${LOG('drawdown-billing-notification')}). Then have them pushed once more (gcloud pubsub subscriptions modify-push-config billing-notifications-dead --project=my-finops --push-endpoint=https://drawdown-billing-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-billing-notification), and when none is left, end that: gcloud pubsub subscriptions modify-push-config billing-notifications-dead --project=my-finops --push-endpoint=`,
      ],
    ],
  ],
  [
    'a dead letter of usage',
    at(DEAD, 1, '1'),
    [
      [
        'backlog',
        'problem',
        '1 message was given up and lies in gemini-usage-dead.',
        `Mend the cause, which the log tells (${LOG('drawdown-usage-notification')}). Then have them pushed once more (gcloud pubsub subscriptions modify-push-config gemini-usage-dead --project=my-finops --push-endpoint=https://drawdown-usage-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-usage-notification), and when none is left, end that: gcloud pubsub subscriptions modify-push-config gemini-usage-dead --project=my-finops --push-endpoint=`,
      ],
    ],
  ],
  [
    'dead hints are dropped, those of this very moment and older',
    ({ google }) => {
      google.set(DEAD, 'timeSeries.2.points.0.value.int64Value', '12')
      google.set(DEAD, 'timeSeries.3.points.0.value.int64Value', '1')
    },
    [
      [
        'backlog',
        'warning',
        '12 messages were given up and lie in drawdown-schedule-dead.',
        `See why in the log (${LOG('drawdown-schedule')}), then drop them: gcloud pubsub subscriptions seek drawdown-schedule-dead --project=my-finops --time=2026-11-23T10:00:00Z`,
      ],
      [
        'backlog',
        'warning',
        '1 message was given up and lies in alert-deliveries-dead.',
        `See why in the log (${LOG('drawdown-alert-delivery')}), then drop them: gcloud pubsub subscriptions seek alert-deliveries-dead --project=my-finops --time=2026-11-23T10:00:00Z`,
      ],
    ],
  ],
  ['ten minutes of waiting are no fault yet', at(OLDEST, 1, '600'), []],
  [
    'a function that does not acknowledge',
    at(OLDEST, 1, '5460'),
    [
      [
        'backlog',
        'problem',
        'The oldest message in gemini-usage-push has waited for 1 h 31 min.',
        `See why in the log: ${LOG('drawdown-usage-notification')}`,
      ],
    ],
  ],
  [
    'numbers of another project in the same metrics scope are not ours',
    ({ google }) => google.set(DEAD, 'timeSeries.4', series('billing-notifications-dead', '9', 'my-app')),
    [],
  ],
  [
    'nobody may read Cloud Monitoring, which is said once',
    ({ google }) => google.refuse('/v3/projects/my-finops/timeSeries', 403),
    [['backlog', 'unknown', 'How many messages wait in my-finops could not be read.', `Grant it: ${VIEWER}`]],
  ],
  [
    'Cloud Monitoring is not enabled',
    ({ google }) => google.refuse('/v3/projects/my-finops/timeSeries', 403, 'SERVICE_DISABLED'),
    [
      [
        'backlog',
        'unknown',
        'How many messages wait in my-finops could not be read.',
        'Enable it: gcloud services enable monitoring.googleapis.com --project=my-finops',
      ],
    ],
  ],
]

describe('a fault of what waits', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})

test('where the functions cannot be read, the line that redrives has a gap for the address', async () => {
  at(DEAD, 0, '3')(world)
  world.google.refuse(FUNCTIONS, 403)
  const [own] = (await amiss(world)).filter(([check]) => check === 'backlog')
  expect(own?.[3]).toContain(' --push-endpoint=FUNCTION_URL --push-auth-service-account=drawdown-push@my-finops.')
})

test('a subscription that several share is counted once, and one in another project is asked for there', async () => {
  world.google.set(
    subscriptionPath('gemini-usage-push'),
    'deadLetterPolicy.deadLetterTopic',
    'projects/my-finops/topics/billing-notifications-dead',
  )
  world.google.set(`${topicPath('billing-notifications-dead')}/subscriptions`, 'subscriptions', [
    'projects/my-finops/subscriptions/billing-notifications-dead',
    'projects/my-ops/subscriptions/kept',
  ])
  world.google.put(seriesPath('num_undelivered_messages', 'my-ops'), { timeSeries: [series('kept', '2', 'my-ops')] })
  at(DEAD, 0, '4')(world)
  const own = (await amiss(world)).filter(([check]) => check === 'backlog')
  expect(own.map(([, status, what]) => [status, what])).toEqual([
    ['problem', '4 messages were given up and lie in billing-notifications-dead.'],
    ['problem', '2 messages were given up and lie in kept.'],
  ])
})

test('what Cloud Monitoring has no number of is not taken for empty', async () => {
  world.google.set(DEAD, 'timeSeries', [series('gemini-usage-dead')])
  const { findings } = await examined(world)
  expect(findings.filter(({ check }) => check === 'backlog')).toEqual([
    {
      check: 'backlog',
      status: 'ok',
      what: 'No dead letter lies about, and no message waits for long. Not proven: Cloud Monitoring has no number yet of billing-notifications-dead, drawdown-schedule-dead, alert-deliveries-dead.',
    },
  ])
})

test('Cloud Monitoring is asked for one metric, these subscriptions and the last ten minutes', async () => {
  await examined(world)
  const asked = world.google.requests().filter(({ path }) => path.includes('/timeSeries?'))
  const queries = asked.map(({ path }) => new URLSearchParams(path.split('?')[1]))
  expect(queries.map((query) => query.get('filter')).toSorted()).toEqual([
    'metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.type="pubsub_subscription" AND resource.labels.subscription_id=one_of("billing-notifications-dead","gemini-usage-dead","drawdown-schedule-dead","alert-deliveries-dead")',
    'metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age" AND resource.type="pubsub_subscription" AND resource.labels.subscription_id=one_of("billing-notifications-push","gemini-usage-push","drawdown-schedule-push","alert-deliveries-push")',
  ])
  expect(queries.map((query) => [query.get('interval.startTime'), query.get('interval.endTime')])).toEqual(
    Array(2).fill(['2026-11-23T09:50:00Z', '2026-11-23T10:00:00Z']),
  )
})
