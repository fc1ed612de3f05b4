/** Faults of what is deployed: functions, the Scheduler job, topics, subscriptions, dead letters. */

import { describe, expect, test } from 'vitest'
import { amiss, type DoctorWorld, doctorWorld, type Row } from '../support/doctor-world.ts'
import { FUNCTIONS, JOBS, PROJECT, subscriptionPath, topicPath } from '../support/google-resources.ts'

const world = doctorWorld()

type Plant = (world: DoctorWorld) => void

const BILLING = subscriptionPath('billing-notifications-push')
const set =
  (path: string, field: string, value: unknown): Plant =>
  ({ google }) =>
    google.set(path, field, value)
/** 0 is billingNotification, 2 schedule, 3 alertDelivery, 4 status. */
const inFunction = (index: number, field: string, value: unknown): Plant =>
  set(FUNCTIONS, `functions.${index}.${field}`, value)

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  [
    'a function that is not deployed',
    inFunction(3, 'buildConfig.entryPoint', 'somethingElse'),
    [
      [
        'functions',
        'problem',
        'The function alertDelivery is not deployed in my-finops.',
        'Deploy it: terraform -chdir=infra apply',
      ],
    ],
  ],
  [
    'a function that failed to start',
    inFunction(2, 'state', 'FAILED'),
    [
      [
        'functions',
        'problem',
        'The function drawdown-schedule is FAILED.',
        'See why: gcloud functions describe drawdown-schedule --project=my-finops --region=us-central1',
      ],
    ],
  ],
  [
    'a function with retries off',
    inFunction(0, 'eventTrigger', { retryPolicy: 'RETRY_POLICY_DO_NOT_RETRY' }),
    [
      [
        'functions',
        'problem',
        'The function drawdown-billing-notification has retries off.',
        'Deploy it again as you did, with --retry added: gcloud functions deploy drawdown-billing-notification --project=my-finops --region=us-central1 --gen2 --retry',
      ],
    ],
  ],
  [
    'a function with SQLite',
    inFunction(2, 'serviceConfig.environmentVariables.STORE', 'sqlite:/data/drawdown.db'),
    [
      [
        'functions',
        'problem',
        'The function drawdown-schedule has STORE=sqlite:/data/drawdown.db.',
        'Set STORE=firestore: for every function, as infra/ does: terraform -chdir=infra apply',
      ],
    ],
  ],
  [
    'a schedule that is cut off',
    inFunction(2, 'serviceConfig.timeoutSeconds', 60),
    [
      [
        'functions',
        'warning',
        'The function drawdown-schedule may run for 60 s only.',
        'Give it five minutes: gcloud run services update drawdown-schedule --project=my-finops --region=us-central1 --timeout=300',
      ],
    ],
  ],
  [
    'a function without a secret',
    inFunction(3, 'serviceConfig.secretEnvironmentVariables', [{ key: 'SMTP_URL', version: '1' }]),
    [
      [
        'functions',
        'problem',
        'OPS_CHAT_URL, which the configuration names, is missing in drawdown-alert-delivery.',
        'Add it to secrets in infra/, or to each of them: gcloud run services update drawdown-alert-delivery --project=my-finops --region=us-central1 --update-secrets=OPS_CHAT_URL=SECRET:1',
      ],
    ],
  ],
  [
    'a function that only plans needs no secret of a channel',
    inFunction(4, 'serviceConfig.secretEnvironmentVariables', []),
    [],
  ],
  [
    'links whose secret the functions do not have',
    (one) => {
      one.config += 'links: { url: https://status.acme-finops.dev, secret: ACK_SECRET }\n'
      one.env['ACK_SECRET'] = 'c0rrect-h0rse-battery-staple-c0rrect-h0rse'
    },
    [
      [
        'functions',
        'problem',
        'ACK_SECRET, which the configuration names, is missing in drawdown-billing-notification, drawdown-usage-notification, drawdown-schedule, drawdown-status.',
        'Add it to secrets in infra/, or to each of them: gcloud run services update drawdown-billing-notification --project=my-finops --region=us-central1 --update-secrets=ACK_SECRET=SECRET:1',
      ],
    ],
  ],
  [
    'a heartbeat whose address the schedule does not have',
    (one) => {
      one.config += 'heartbeat: HEARTBEAT_URL\n'
      one.env['HEARTBEAT_URL'] = `${one.chat.url}/beat`
    },
    [
      [
        'functions',
        'problem',
        'HEARTBEAT_URL, which the configuration names, is missing in drawdown-schedule.',
        'Add it to secrets in infra/, or to each of them: gcloud run services update drawdown-schedule --project=my-finops --region=us-central1 --update-secrets=HEARTBEAT_URL=SECRET:1',
      ],
    ],
  ],
  [
    'a secret that is not pinned',
    inFunction(3, 'serviceConfig.secretEnvironmentVariables.0.version', 'latest'),
    [
      [
        'functions',
        'warning',
        'SMTP_URL is taken in its latest version by drawdown-alert-delivery.',
        'Pin a number in each of them: gcloud run services update drawdown-alert-delivery --project=my-finops --region=us-central1 --update-secrets=SMTP_URL=SECRET:1',
      ],
    ],
  ],
  [
    'no functions at all',
    set(FUNCTIONS, 'functions', []),
    [
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
    'a Scheduler job that is paused',
    set(JOBS, 'jobs.0.state', 'PAUSED'),
    [
      [
        'schedule',
        'problem',
        'The Cloud Scheduler job drawdown-schedule is PAUSED.',
        'Start it: gcloud scheduler jobs resume drawdown-schedule --project=my-finops --location=us-central1',
      ],
    ],
  ],
  [
    'no Scheduler job',
    set(JOBS, 'jobs', []),
    [
      [
        'schedule',
        'problem',
        'No Cloud Scheduler job in us-central1 publishes to drawdown-schedule.',
        "Make it: gcloud scheduler jobs create pubsub drawdown-schedule --project=my-finops --location=us-central1 --schedule='*/5 * * * *' --time-zone=Etc/UTC --topic=drawdown-schedule --message-body='{}'",
      ],
    ],
  ],
  [
    'a topic that is not there',
    ({ google }) => google.remove(topicPath('alert-deliveries')),
    [
      [
        'topics',
        'problem',
        'There is no topic projects/my-finops/topics/alert-deliveries.',
        'Make it: gcloud pubsub topics create alert-deliveries --project=my-finops',
      ],
    ],
  ],
  [
    'a topic without a subscription',
    set(`${topicPath('gemini-usage')}/subscriptions`, 'subscriptions', []),
    [
      [
        'topics',
        'problem',
        'The topic gemini-usage has no subscription.',
        'Make one: gcloud pubsub subscriptions create gemini-usage-push --project=my-finops --topic=gemini-usage --push-endpoint=https://drawdown-usage-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-usage-notification --ack-deadline=120 --min-retry-delay=10s --max-retry-delay=600s --dead-letter-topic=gemini-usage-dead --max-delivery-attempts=100 --message-retention-duration=7d --expiration-period=never',
      ],
    ],
  ],
  [
    'a topic without a subscription, nor its dead letters',
    ({ google }) => {
      google.set(`${topicPath('gemini-usage')}/subscriptions`, 'subscriptions', [])
      google.remove(topicPath('gemini-usage-dead'))
    },
    [
      [
        'topics',
        'problem',
        'The topic gemini-usage has no subscription.',
        'Make one: gcloud pubsub topics create gemini-usage-dead --project=my-finops && gcloud pubsub subscriptions create gemini-usage-push --project=my-finops --topic=gemini-usage --push-endpoint=https://drawdown-usage-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-usage-notification --ack-deadline=120 --min-retry-delay=10s --max-retry-delay=600s --dead-letter-topic=gemini-usage-dead --max-delivery-attempts=100 --message-retention-duration=7d --expiration-period=never',
      ],
    ],
  ],
  [
    'a subscription that pushes to nobody',
    set(BILLING, 'pushConfig', {}),
    [
      [
        'subscriptions',
        'problem',
        'The subscription billing-notifications-push pushes to nobody.',
        'If nobody pulls from it: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --push-endpoint=https://drawdown-billing-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-billing-notification',
      ],
    ],
  ],
  [
    'a push without a token',
    set(BILLING, 'pushConfig.oidcToken', undefined),
    [
      [
        'subscriptions',
        'problem',
        'The subscription billing-notifications-push pushes without a token.',
        'Set both: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --push-endpoint=https://drawdown-billing-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-billing-notification',
      ],
    ],
  ],
  [
    'a push for another audience',
    set(BILLING, 'pushConfig.oidcToken.audience', 'https://old.example.com'),
    [
      [
        'subscriptions',
        'problem',
        'The subscription billing-notifications-push signs for https://old.example.com; the function expects https://us-central1-my-finops.cloudfunctions.net/drawdown-billing-notification.',
        'Set both: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --push-endpoint=https://drawdown-billing-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-billing-notification',
      ],
    ],
  ],
  [
    'a push as somebody else',
    set(BILLING, 'pushConfig.oidcToken.serviceAccountEmail', `someone@${PROJECT}.iam.gserviceaccount.com`),
    [
      [
        'subscriptions',
        'problem',
        'The subscription billing-notifications-push signs as someone@my-finops.iam.gserviceaccount.com; the function expects drawdown-push@my-finops.iam.gserviceaccount.com.',
        'Set both: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --push-endpoint=https://drawdown-billing-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-billing-notification',
      ],
    ],
  ],
  [
    'a push to another function',
    set(BILLING, 'pushConfig.pushEndpoint', 'https://drawdown-schedule-abcdefghij-uc.a.run.app/'),
    [
      [
        'subscriptions',
        'problem',
        'The subscription billing-notifications-push pushes to drawdown-schedule.',
        'Point it at the right one: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --push-endpoint=https://drawdown-billing-notification-abcdefghij-uc.a.run.app --push-auth-service-account=drawdown-push@my-finops.iam.gserviceaccount.com --push-auth-token-audience=https://us-central1-my-finops.cloudfunctions.net/drawdown-billing-notification',
      ],
    ],
  ],
  [
    'a deadline shorter than the function',
    set(subscriptionPath('alert-deliveries-push'), 'ackDeadlineSeconds', 60),
    [
      [
        'subscriptions',
        'problem',
        'The subscription alert-deliveries-push waits 60 s for an answer, and alertDelivery may run for 540 s.',
        'Let it wait longer: gcloud pubsub subscriptions update alert-deliveries-push --project=my-finops --ack-deadline=600',
      ],
    ],
  ],
  [
    'a deadline shorter than a function nobody can see',
    ({ google }) => {
      google.set(FUNCTIONS, 'functions', [])
      google.set(subscriptionPath('alert-deliveries-push'), 'ackDeadlineSeconds', 60)
    },
    [
      [
        'functions',
        'unknown',
        'No function of Drawdown is deployed in my-finops, as far as the Cloud Functions API tells.',
        'Check GOOGLE_CLOUD_PROJECT. To deploy: terraform -chdir=infra apply',
      ],
      ['schedule', 'unknown', 'The Cloud Scheduler job was not looked for.', 'See the check functions first.'],
      [
        'subscriptions',
        'warning',
        'The subscription alert-deliveries-push waits 60 s for an answer, and alertDelivery may run for 540 s as infra/ has it.',
        'Let it wait longer: gcloud pubsub subscriptions update alert-deliveries-push --project=my-finops --ack-deadline=600',
      ],
    ],
  ],
  [
    'retries without a pause',
    set(BILLING, 'retryPolicy', undefined),
    [
      [
        'subscriptions',
        'warning',
        'The subscription billing-notifications-push tries again without a pause.',
        'Have it pause: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --min-retry-delay=10s --max-retry-delay=600s',
      ],
    ],
  ],
  [
    'a subscription that Google will delete',
    set(BILLING, 'expirationPolicy', { ttl: '2678400s' }),
    [
      [
        'subscriptions',
        'warning',
        'Google deletes the subscription billing-notifications-push after 31 idle days.',
        'Keep it: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --expiration-period=never',
      ],
    ],
  ],
  [
    'an Eventarc subscription',
    ({ google }) => {
      google.set(`${topicPath('billing-notifications')}/subscriptions`, 'subscriptions', [
        `projects/${PROJECT}/subscriptions/eventarc-us-central1-billing-sub-123`,
      ])
      google.copy(BILLING, subscriptionPath('eventarc-us-central1-billing-sub-123'))
      google.set(
        subscriptionPath('eventarc-us-central1-billing-sub-123'),
        'name',
        `projects/${PROJECT}/subscriptions/eventarc-us-central1-billing-sub-123`,
      )
      google.set(subscriptionPath('eventarc-us-central1-billing-sub-123'), 'messageRetentionDuration', '86400s')
    },
    [
      [
        'subscriptions',
        'unknown',
        'Whether eventarc-us-central1-billing-sub-123 tries again at all cannot be seen from the subscription.',
        'Deploy the function with --retry, or use push subscriptions as infra/ makes them.',
      ],
      [
        'subscriptions',
        'warning',
        'The subscription eventarc-us-central1-billing-sub-123 keeps messages for 24 h.',
        'Keep them for a week: gcloud pubsub subscriptions update eventarc-us-central1-billing-sub-123 --project=my-finops --message-retention-duration=7d',
      ],
      [
        'dead-letters',
        'unknown',
        'Whether Pub/Sub’s own account has roles/pubsub.subscriber on eventarc-us-central1-billing-sub-123 is not certain.',
        'Grant it: gcloud pubsub subscriptions add-iam-policy-binding eventarc-us-central1-billing-sub-123 --project=my-finops --member=serviceAccount:service-415104041262@gcp-sa-pubsub.iam.gserviceaccount.com --role=roles/pubsub.subscriber',
      ],
    ],
  ],
  [
    'no dead letters',
    set(BILLING, 'deadLetterPolicy', undefined),
    [
      [
        'dead-letters',
        'problem',
        'The subscription billing-notifications-push has no dead-letter topic.',
        'Give it one: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --dead-letter-topic=projects/my-finops/topics/billing-notifications-dead --max-delivery-attempts=100',
      ],
    ],
  ],
  [
    'no dead letters, nor a topic for them',
    ({ google }) => {
      google.set(BILLING, 'deadLetterPolicy', undefined)
      google.remove(topicPath('billing-notifications-dead'))
      google.remove(`${topicPath('billing-notifications-dead')}/subscriptions`)
    },
    [
      [
        'dead-letters',
        'problem',
        'The subscription billing-notifications-push has no dead-letter topic.',
        'Give it one: gcloud pubsub topics create billing-notifications-dead --project=my-finops && gcloud pubsub subscriptions create billing-notifications-dead --project=my-finops --topic=billing-notifications-dead --ack-deadline=600 --message-retention-duration=31d --expiration-period=never && gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --dead-letter-topic=projects/my-finops/topics/billing-notifications-dead --max-delivery-attempts=100',
      ],
    ],
  ],
  [
    'a dead-letter topic that was deleted',
    set(BILLING, 'deadLetterPolicy.deadLetterTopic', '_deleted-topic_'),
    [
      [
        'dead-letters',
        'problem',
        'The subscription billing-notifications-push has no dead-letter topic.',
        'Give it one: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --dead-letter-topic=projects/my-finops/topics/billing-notifications-dead --max-delivery-attempts=100',
      ],
    ],
  ],
  [
    'a dead-letter topic that is gone',
    ({ google }) => google.remove(topicPath('billing-notifications-dead')),
    [
      [
        'dead-letters',
        'problem',
        'The dead-letter topic billing-notifications-dead of billing-notifications-push is not there.',
        'Make it: gcloud pubsub topics create billing-notifications-dead --project=my-finops && gcloud pubsub subscriptions create billing-notifications-dead --project=my-finops --topic=billing-notifications-dead --ack-deadline=600 --message-retention-duration=31d --expiration-period=never',
      ],
    ],
  ],
  [
    'dead letters that nobody keeps',
    set(`${topicPath('billing-notifications-dead')}/subscriptions`, 'subscriptions', []),
    [
      [
        'dead-letters',
        'problem',
        'The dead-letter topic billing-notifications-dead has no subscription.',
        'Make one: gcloud pubsub subscriptions create billing-notifications-dead --project=my-finops --topic=billing-notifications-dead --ack-deadline=600 --message-retention-duration=31d --expiration-period=never',
      ],
    ],
  ],
  [
    'few attempts before a dead letter',
    set(BILLING, 'deadLetterPolicy.maxDeliveryAttempts', 5),
    [
      [
        'dead-letters',
        'warning',
        'The subscription billing-notifications-push gives a message up after 5 attempts.',
        'Allow more: gcloud pubsub subscriptions update billing-notifications-push --project=my-finops --dead-letter-topic=projects/my-finops/topics/billing-notifications-dead --max-delivery-attempts=100',
      ],
    ],
  ],
]

describe('a fault of the deployment', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})
