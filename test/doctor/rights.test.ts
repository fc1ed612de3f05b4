/** Missing rights: of the sign-in, of Google's own accounts, of the functions' accounts; each with its role and its line. */

import { describe, expect, test } from 'vitest'
import { amiss, type DoctorWorld, doctorWorld, type Row } from '../support/doctor-world.ts'
import { ACCOUNT } from '../support/facts.ts'
import {
  account,
  BUDGETS,
  FUNCTIONS,
  PROJECT,
  policyPath,
  projectPath,
  servicePath,
  subscriptionPath,
  topicPath,
} from '../support/google-resources.ts'

const world = doctorWorld()

type Plant = (world: DoctorWorld) => void

const as =
  (name: string): Plant =>
  (one) => {
    one.caller = { kind: 'service-account', member: `serviceAccount:${account(name)}` }
  }
const both =
  (...plants: readonly Plant[]): Plant =>
  (one) => {
    for (const plant of plants) plant(one)
  }
const deny =
  (path: string, ...permissions: readonly string[]): Plant =>
  ({ google }) =>
    google.deny(path, ...permissions)
const bindings =
  (path: string, value: readonly object[]): Plant =>
  ({ google }) =>
    google.set(policyPath(path), 'bindings', value)

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  [
    'a person who may not publish',
    deny(topicPath('billing-notifications'), 'pubsub.topics.publish'),
    [
      [
        'permissions',
        'warning',
        'user:ada@acme-finops.dev has no pubsub.topics.publish on billing-notifications: roles/pubsub.publisher is missing.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding billing-notifications --project=my-finops --member=user:ada@acme-finops.dev --role=roles/pubsub.publisher',
      ],
    ],
  ],
  [
    'a person who may not see budgets',
    both(deny(`/v1/billingAccounts/${ACCOUNT}`, 'billing.budgets.list'), ({ google }) => google.refuse(BUDGETS, 403)),
    [
      [
        'permissions',
        'warning',
        'user:ada@acme-finops.dev has no billing.budgets.list on 01D4EE-079462-DFD6EC: roles/billing.viewer is missing.',
        'Grant it: gcloud billing accounts add-iam-policy-binding 01D4EE-079462-DFD6EC --member=user:ada@acme-finops.dev --role=roles/billing.viewer',
      ],
      [
        'budgets',
        'unknown',
        'The budgets of Production could not be read.',
        'Grant it: gcloud billing accounts add-iam-policy-binding 01D4EE-079462-DFD6EC --member=user:ada@acme-finops.dev --role=roles/billing.viewer',
      ],
      [
        'spend-caps',
        'unknown',
        'The spend caps of billing account 01D4EE-079462-DFD6EC could not be read.',
        'Grant it: gcloud billing accounts add-iam-policy-binding 01D4EE-079462-DFD6EC --member=user:ada@acme-finops.dev --role=roles/billing.viewer',
      ],
    ],
  ],
  [
    'a schedule that may not announce',
    both(as('drawdown-schedule'), deny(topicPath('alert-deliveries'), 'pubsub.topics.publish')),
    [
      [
        'permissions',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com has no pubsub.topics.publish on alert-deliveries: roles/pubsub.publisher is missing.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
    ],
  ],
  [
    'a schedule that may not read the account',
    both(as('drawdown-schedule'), deny(`/v1/billingAccounts/${ACCOUNT}`, 'billing.accounts.get')),
    [
      [
        'permissions',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com has no billing.accounts.get on 01D4EE-079462-DFD6EC: roles/billing.viewer is missing.',
        'Grant it: gcloud billing accounts add-iam-policy-binding 01D4EE-079462-DFD6EC --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/billing.viewer',
      ],
    ],
  ],
  [
    'a schedule that may not read a project',
    both(as('drawdown-schedule'), deny(projectPath('my-app'), 'resourcemanager.projects.get')),
    [
      [
        'permissions',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com has no resourcemanager.projects.get on my-app: roles/browser is missing.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/browser --condition=None',
      ],
    ],
  ],
  [
    'a function that may not write',
    both(
      as('drawdown-alert-delivery'),
      deny(projectPath(PROJECT), 'datastore.entities.create', 'datastore.entities.update'),
      ({ google }) => google.database('read-only'),
    ),
    [
      [
        'store',
        'problem',
        'serviceAccount:drawdown-alert-delivery@my-finops.iam.gserviceaccount.com may read firestore:(default) and not write to it.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=serviceAccount:drawdown-alert-delivery@my-finops.iam.gserviceaccount.com --role=roles/datastore.user --condition=None',
      ],
      [
        'permissions',
        'problem',
        'serviceAccount:drawdown-alert-delivery@my-finops.iam.gserviceaccount.com has no datastore.entities.create, datastore.entities.update on my-finops: roles/datastore.user is missing.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=serviceAccount:drawdown-alert-delivery@my-finops.iam.gserviceaccount.com --role=roles/datastore.user --condition=None',
      ],
    ],
  ],
  [
    'an account that no function runs as is asked for all rights',
    both(
      as('my-robot'),
      deny(topicPath('alert-deliveries'), 'pubsub.topics.publish'),
      deny(projectPath('my-app'), 'resourcemanager.projects.get'),
    ),
    [
      [
        'permissions',
        'problem',
        'serviceAccount:my-robot@my-finops.iam.gserviceaccount.com has no pubsub.topics.publish on alert-deliveries: roles/pubsub.publisher is missing.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:my-robot@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
      [
        'permissions',
        'problem',
        'serviceAccount:my-robot@my-finops.iam.gserviceaccount.com has no resourcemanager.projects.get on my-app: roles/browser is missing.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=serviceAccount:my-robot@my-finops.iam.gserviceaccount.com --role=roles/browser --condition=None',
      ],
    ],
  ],
  [
    'a grant on one database alone is enough',
    both(
      as('drawdown-alert-delivery'),
      deny(projectPath(PROJECT), 'datastore.entities.get', 'datastore.entities.list'),
    ),
    [],
  ],
  [
    'budgets that may not publish',
    bindings(topicPath('billing-notifications'), []),
    [
      [
        'publishers',
        'problem',
        'Budgets may not publish to billing-notifications: roles/pubsub.publisher is missing.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding billing-notifications --project=my-finops --member=serviceAccount:billing-budget-alert@system.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
    ],
  ],
  [
    'budgets that may publish by the project',
    both(bindings(topicPath('billing-notifications'), []), ({ google }) =>
      google.set(policyPath(projectPath(PROJECT)), 'bindings.1', {
        role: 'roles/pubsub.editor',
        members: ['serviceAccount:billing-budget-alert@system.gserviceaccount.com'],
      }),
    ),
    [],
  ],
  [
    'everybody may publish',
    ({ google }) =>
      google.set(policyPath(topicPath('billing-notifications')), 'bindings.1', {
        role: 'roles/pubsub.publisher',
        members: ['allAuthenticatedUsers'],
      }),
    [
      [
        'publishers',
        'problem',
        'Everybody (allAuthenticatedUsers) may publish to billing-notifications.',
        'Take it away: gcloud pubsub topics remove-iam-policy-binding billing-notifications --project=my-finops --member=allAuthenticatedUsers --role=roles/pubsub.publisher',
      ],
    ],
  ],
  [
    'a function that may not announce',
    ({ google }) =>
      google.set(policyPath(topicPath('alert-deliveries')), 'bindings.0.members', [
        `serviceAccount:${account('drawdown-schedule')}`,
        `serviceAccount:${account('drawdown-usage-notification')}`,
        `serviceAccount:${account('drawdown-status')}`,
      ]),
    [
      [
        'publishers',
        'problem',
        'serviceAccount:drawdown-billing-notification@my-finops.iam.gserviceaccount.com may not publish to alert-deliveries: roles/pubsub.publisher is missing.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:drawdown-billing-notification@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
    ],
  ],
  [
    'announcing by a custom role is not certain',
    ({ google }) =>
      google.set(policyPath(topicPath('alert-deliveries')), 'bindings.0.role', 'projects/my-finops/roles/announcer'),
    [
      [
        'publishers',
        'unknown',
        'Whether serviceAccount:drawdown-billing-notification@my-finops.iam.gserviceaccount.com may publish to alert-deliveries is not certain.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:drawdown-billing-notification@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
      [
        'publishers',
        'unknown',
        'Whether serviceAccount:drawdown-usage-notification@my-finops.iam.gserviceaccount.com may publish to alert-deliveries is not certain.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:drawdown-usage-notification@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
      [
        'publishers',
        'unknown',
        'Whether serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com may publish to alert-deliveries is not certain.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
      [
        'publishers',
        'unknown',
        'Whether serviceAccount:drawdown-status@my-finops.iam.gserviceaccount.com may publish to alert-deliveries is not certain.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:drawdown-status@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
    ],
  ],
  [
    'Pub/Sub may not publish dead letters',
    bindings(topicPath('gemini-usage-dead'), []),
    [
      [
        'dead-letters',
        'problem',
        'Pub/Sub’s own account has no roles/pubsub.publisher on gemini-usage-dead.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding gemini-usage-dead --project=my-finops --member=serviceAccount:service-415104041262@gcp-sa-pubsub.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
    ],
  ],
  [
    'Pub/Sub may not take from the subscription',
    bindings(subscriptionPath('gemini-usage-push'), []),
    [
      [
        'dead-letters',
        'problem',
        'Pub/Sub’s own account has no roles/pubsub.subscriber on gemini-usage-push.',
        'Grant it: gcloud pubsub subscriptions add-iam-policy-binding gemini-usage-push --project=my-finops --member=serviceAccount:service-415104041262@gcp-sa-pubsub.iam.gserviceaccount.com --role=roles/pubsub.subscriber',
      ],
    ],
  ],
  [
    'a function without the database',
    ({ google }) =>
      google.set(
        policyPath(projectPath(PROJECT)),
        'bindings.0.members',
        ['drawdown-billing-notification', 'drawdown-usage-notification', 'drawdown-schedule', 'drawdown-status'].map(
          (one) => `serviceAccount:${account(one)}`,
        ),
      ),
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-alert-delivery@my-finops.iam.gserviceaccount.com has no roles/datastore.user on my-finops.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=serviceAccount:drawdown-alert-delivery@my-finops.iam.gserviceaccount.com --role=roles/datastore.user --condition=None',
      ],
    ],
  ],
  [
    'a schedule without the billing account',
    ({ google }) => google.set(`/v1/billingAccounts/${ACCOUNT}:getIamPolicy`, 'bindings', []),
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com has no roles/billing.viewer on 01D4EE-079462-DFD6EC.',
        'Grant it: gcloud billing accounts add-iam-policy-binding 01D4EE-079462-DFD6EC --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/billing.viewer',
      ],
    ],
  ],
  [
    'a schedule without a project',
    bindings(projectPath('my-app'), []),
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com has no roles/browser on my-app.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/browser --condition=None',
      ],
    ],
  ],
  [
    'Pub/Sub may not call a function',
    bindings(servicePath('drawdown-usage-notification'), []),
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-push@my-finops.iam.gserviceaccount.com has no roles/run.invoker on drawdown-usage-notification.',
        'Grant it: gcloud run services add-iam-policy-binding drawdown-usage-notification --project=my-finops --region=us-central1 --member=serviceAccount:drawdown-push@my-finops.iam.gserviceaccount.com --role=roles/run.invoker --condition=None',
      ],
    ],
  ],
  [
    'everybody may read the status page',
    bindings(servicePath('drawdown-status'), [{ role: 'roles/run.invoker', members: ['allUsers'] }]),
    [
      [
        'service-accounts',
        'problem',
        'Everybody on the internet may call drawdown-status.',
        'Take it away: gcloud run services remove-iam-policy-binding drawdown-status --project=my-finops --region=us-central1 --member=allUsers --role=roles/run.invoker --condition=None',
      ],
    ],
  ],
  [
    'everybody may call a function',
    ({ google }) =>
      google.set(policyPath(servicePath('drawdown-schedule')), 'bindings.1', {
        role: 'roles/run.invoker',
        members: ['allUsers'],
      }),
    [
      [
        'service-accounts',
        'warning',
        'Everybody on the internet may call drawdown-schedule.',
        'Take it away: gcloud run services remove-iam-policy-binding drawdown-schedule --project=my-finops --region=us-central1 --member=allUsers --role=roles/run.invoker --condition=None',
      ],
    ],
  ],
  [
    'a function that runs as the default account',
    both(
      ({ google }) =>
        google.set(
          FUNCTIONS,
          'functions.4.serviceConfig.serviceAccountEmail',
          '415104041262-compute@developer.gserviceaccount.com',
        ),
      ({ google }) =>
        google.set(policyPath(projectPath(PROJECT)), 'bindings.1', {
          role: 'roles/editor',
          members: ['serviceAccount:415104041262-compute@developer.gserviceaccount.com'],
        }),
    ),
    [
      [
        'service-accounts',
        'warning',
        'The function drawdown-status runs as the project’s default account.',
        'Give it an account of its own, as infra/ does: gcloud run services update drawdown-status --project=my-finops --region=us-central1 --service-account=drawdown-status@my-finops.iam.gserviceaccount.com',
      ],
    ],
  ],
  [
    'rights that nobody may see',
    ({ google }) => google.refuse(policyPath(topicPath('billing-notifications')), 403),
    [
      [
        'publishers',
        'unknown',
        'The rights on the topic billing-notifications could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=user:ada@acme-finops.dev --role=roles/iam.securityReviewer --condition=None',
      ],
    ],
  ],
  [
    'an API that is not enabled',
    ({ google }) => google.refuse(JOBS_OF, 403, 'SERVICE_DISABLED'),
    [
      [
        'schedule',
        'unknown',
        'The Cloud Scheduler jobs in us-central1 could not be read.',
        'Enable it: gcloud services enable cloudscheduler.googleapis.com --project=my-finops',
      ],
    ],
  ],
  [
    'a sign-in that is refused',
    ({ google }) => google.refuse(FUNCTIONS, 401),
    [
      [
        'functions',
        'unknown',
        'The functions of my-finops could not be read.',
        'Sign in again: gcloud auth application-default login',
      ],
      ['schedule', 'unknown', 'The Cloud Scheduler job was not looked for.', 'See the check functions first.'],
      [
        'enforcement',
        'unknown',
        'What may stop a project could not be read.',
        'Sign in again: gcloud auth application-default login',
      ],
    ],
  ],
  [
    'a service that is away',
    ({ google }) => google.refuse(BUDGETS, 503),
    [
      [
        'budgets',
        'unknown',
        'The budgets of Production could not be read.',
        'Check the network, then run doctor again.',
      ],
      [
        'spend-caps',
        'unknown',
        'The spend caps of billing account 01D4EE-079462-DFD6EC could not be read.',
        'Check the network, then run doctor again.',
      ],
    ],
  ],
]

const JOBS_OF = `/v1/projects/${PROJECT}/locations`

describe('a missing right', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})
