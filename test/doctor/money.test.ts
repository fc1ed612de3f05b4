/** Faults of budgets, spend caps and billing links. */

import { describe, expect, test } from 'vitest'
import { amiss, type DoctorWorld, doctorWorld, type Row } from '../support/doctor-world.ts'
import { ACCOUNT } from '../support/facts.ts'
import { BUDGETS, budget, NUMBER, PROJECT, projectPath } from '../support/google-resources.ts'

const world = doctorWorld()

type Plant = (world: DoctorWorld) => void

const inBudget =
  (field: string, value: unknown): Plant =>
  ({ google }) =>
    google.set(BUDGETS, `budgets.0.${field}`, value)
const both =
  (...plants: readonly Plant[]): Plant =>
  (one) => {
    for (const plant of plants) plant(one)
  }
const plan =
  (name: string): Plant =>
  (one) => {
    one.config = one.config.replace('gemini-prepay', name)
  }
const OTHER = '0A0A0A-0B0B0B-0C0C0C'

/** As https://docs.cloud.google.com/billing/docs/how-to/budget-api-spend-cap has it. */
const cap = (service: string, project: string, outputState = 'CONFIGURED') =>
  budget({
    name: `billingAccounts/${ACCOUNT}/budgets/0c0c0c0c-0000-4000-8000-00000000000c`,
    displayName: 'Cap',
    budgetFilter: {
      projects: [`projects/${project}`],
      services: [`services/${service}`],
      creditTypesTreatment: 'EXCLUDE_ALL_CREDITS',
      calendarPeriod: 'MONTH',
    },
    notificationsRule: { enableProjectLevelRecipients: true },
    spendCap: { inputState: 'CONFIGURED', outputState },
  })

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  [
    'a budget that is not there',
    ({ google }) => google.set(BUDGETS, 'budgets', []),
    [
      [
        'budgets',
        'problem',
        'Production lists the budget de72f49d-779b-4945-a127-4d6ce8def0bb, and the billing account has none of that id.',
        "See which there are: gcloud billing budgets list --billing-account=01D4EE-079462-DFD6EC --format='table(name.basename(),displayName)'",
      ],
    ],
  ],
  [
    'a budget net of credits',
    inBudget('budgetFilter.creditTypesTreatment', 'INCLUDE_ALL_CREDITS'),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production is net of credits (INCLUDE_ALL_CREDITS).',
        'Make it gross: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --credit-types-treatment=exclude-all-credits',
      ],
    ],
  ],
  [
    'a budget on its defaults is net of credits',
    inBudget('budgetFilter.creditTypesTreatment', undefined),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production is net of credits (INCLUDE_ALL_CREDITS).',
        'Make it gross: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --credit-types-treatment=exclude-all-credits',
      ],
    ],
  ],
  [
    'a budget without thresholds',
    inBudget('thresholdRules', []),
    [
      [
        'budgets',
        'warning',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production has no thresholds of spend.',
        'Add some: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --add-threshold-rule=percent=0.5 --add-threshold-rule=percent=0.9 --add-threshold-rule=percent=1.0',
      ],
    ],
  ],
  [
    'a budget with thresholds of the forecast alone',
    inBudget('thresholdRules', [{ thresholdPercent: 1, spendBasis: 'FORECASTED_SPEND' }]),
    [
      [
        'budgets',
        'warning',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production has no thresholds of spend.',
        'Add some: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --add-threshold-rule=percent=0.5 --add-threshold-rule=percent=0.9 --add-threshold-rule=percent=1.0',
      ],
    ],
  ],
  [
    'a budget that mails nobody',
    inBudget('notificationsRule.monitoringNotificationChannels', []),
    [
      [
        'budgets',
        'warning',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production mails nobody.',
        'Let it mail the billing administrators: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --no-disable-default-iam-recipients',
      ],
    ],
  ],
  [
    'a budget without a topic',
    inBudget('notificationsRule.pubsubTopic', undefined),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production publishes to no Pub/Sub topic.',
        'Connect it: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --notifications-rule-pubsub-topic=projects/my-finops/topics/billing-notifications',
      ],
    ],
  ],
  [
    'a budget with another topic',
    inBudget('notificationsRule.pubsubTopic', 'projects/my-finops/topics/old-topic'),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production publishes to projects/my-finops/topics/old-topic, not to projects/my-finops/topics/billing-notifications.',
        'Connect it: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --notifications-rule-pubsub-topic=projects/my-finops/topics/billing-notifications',
      ],
    ],
  ],
  [
    'a budget with a custom period',
    both(
      inBudget('budgetFilter.calendarPeriod', undefined),
      inBudget('budgetFilter.customPeriod', { startDate: { year: 2026, month: 1, day: 1 } }),
    ),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production has a custom period.',
        'Make it monthly: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --calendar-period=month',
      ],
    ],
  ],
  [
    'a budget by the quarter',
    inBudget('budgetFilter.calendarPeriod', 'QUARTER'),
    [
      [
        'budgets',
        'warning',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production has the period QUARTER.',
        'Make it monthly: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --calendar-period=month',
      ],
    ],
  ],
  [
    'a budget of all services under gemini-prepay',
    inBudget('budgetFilter.services', []),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production counts all services; under the plan gemini-prepay it should count the Gemini API alone.',
        'Filter it: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --filter-services=services/AEFD-7695-64FA',
      ],
    ],
  ],
  [
    'a budget of another service',
    inBudget('budgetFilter.services', ['services/C7E2-9256-1C43']),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production counts services/C7E2-9256-1C43; under the plan gemini-prepay it should count the Gemini API alone.',
        'Filter it: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --filter-services=services/AEFD-7695-64FA',
      ],
    ],
  ],
  [
    'a budget of one service under cloud-credit',
    plan('cloud-credit'),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production counts the Gemini API alone; under the plan cloud-credit it should count all services.',
        'Take the filter away: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --filter-services=',
      ],
    ],
  ],
  [
    'a budget of one project',
    inBudget('budgetFilter.projects', ['projects/123456']),
    [
      [
        'budgets',
        'warning',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production sees a part of the billing account only.',
        'Let it see all projects: gcloud billing budgets update de72f49d-779b-4945-a127-4d6ce8def0bb --billing-account=01D4EE-079462-DFD6EC --filter-projects=',
      ],
    ],
  ],
  [
    'a budget of one label',
    inBudget('budgetFilter.labels', { team: { values: ['a'] } }),
    [
      [
        'budgets',
        'warning',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production sees a part of the billing account only.',
        'Take labels, subaccounts, folders and organisations out of its filter, in the Cloud console.',
      ],
    ],
  ],
  [
    'a budget that is a spend cap',
    both(
      inBudget('notificationsRule', { enableProjectLevelRecipients: true }),
      inBudget('spendCap', { inputState: 'CONFIGURED', outputState: 'CONFIGURED' }),
    ),
    [
      [
        'budgets',
        'problem',
        'The budget “Drawdown: gross spend from prepaid credit” (de72f49d-779b-4945-a127-4d6ce8def0bb) of Production is a spend cap.',
        'Make an alerts-only budget beside it, with the same services and amount, and list that one.',
      ],
    ],
  ],
  [
    'no budget that could measure',
    both(
      (one) => {
        one.config = one.config.replace(/ {4}budgets:.*\n/, '')
      },
      inBudget('budgetFilter.creditTypesTreatment', 'INCLUDE_ALL_CREDITS'),
    ),
    [
      [
        'config',
        'problem',
        'Production lists no budget with the role drawdown.',
        'Find the budget (gcloud billing budgets list --billing-account=01D4EE-079462-DFD6EC) and list it: budgets: { ID: drawdown }. infra/ lists the budgets it makes in the deployed file alone; to examine that one: gcloud secrets versions access latest --secret=drawdown-config --project=my-finops > deployed.yaml && DRAWDOWN_CONFIG=deployed.yaml npx drawdown doctor',
      ],
      [
        'budgets',
        'problem',
        'The billing account of Production has no budget that could measure its credit.',
        "Make one, and list its id as drawdown (serviceAccount:billing-budget-alert@system.gserviceaccount.com must be a publisher first, see the check publishers): gcloud billing budgets create --billing-account=01D4EE-079462-DFD6EC --display-name='Drawdown: gross spend from prepaid credit' --budget-amount=100 --calendar-period=month --credit-types-treatment=exclude-all-credits --filter-services=services/AEFD-7695-64FA --threshold-rule=percent=0.5 --notifications-rule-pubsub-topic=projects/my-finops/topics/billing-notifications",
      ],
    ],
  ],
  [
    'a spend cap on Cloud Run in our own project',
    ({ google }) => google.set(BUDGETS, 'budgets.1', cap('152E-C115-5142', NUMBER)),
    [
      [
        'spend-caps',
        'problem',
        'The spend cap “Cap” (0c0c0c0c-0000-4000-8000-00000000000c) caps what Drawdown itself runs on, in its own project my-finops.',
        'Delete the cap, or run Drawdown in a project of its own: gcloud billing budgets delete 0c0c0c0c-0000-4000-8000-00000000000c --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'a spend cap on functions in our own project, by its id',
    ({ google }) => google.set(BUDGETS, 'budgets.1', cap('29E7-DA93-CA13', PROJECT)),
    [
      [
        'spend-caps',
        'problem',
        'The spend cap “Cap” (0c0c0c0c-0000-4000-8000-00000000000c) caps what Drawdown itself runs on, in its own project my-finops.',
        'Delete the cap, or run Drawdown in a project of its own: gcloud billing budgets delete 0c0c0c0c-0000-4000-8000-00000000000c --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'a spend cap on Cloud Run somewhere else is none of ours',
    ({ google }) => google.set(BUDGETS, 'budgets.1', cap('152E-C115-5142', '123456')),
    [],
  ],
  [
    'a spend cap on Cloud Run while our number is not known',
    both(
      ({ google }) => google.set(BUDGETS, 'budgets.1', cap('152E-C115-5142', NUMBER)),
      ({ google }) => google.set(projectPath(PROJECT), 'name', 'projects/my-finops'),
    ),
    [
      [
        'dead-letters',
        'unknown',
        'The rights of Pub/Sub’s own account on billing-notifications-dead could not be read.',
        'Check the network, then run doctor again.',
      ],
      [
        'dead-letters',
        'unknown',
        'The rights of Pub/Sub’s own account on gemini-usage-dead could not be read.',
        'Check the network, then run doctor again.',
      ],
      [
        'dead-letters',
        'unknown',
        'The rights of Pub/Sub’s own account on drawdown-schedule-dead could not be read.',
        'Check the network, then run doctor again.',
      ],
      [
        'dead-letters',
        'unknown',
        'The rights of Pub/Sub’s own account on alert-deliveries-dead could not be read.',
        'Check the network, then run doctor again.',
      ],
      [
        'spend-caps',
        'unknown',
        'The spend cap “Cap” (0c0c0c0c-0000-4000-8000-00000000000c) is on Cloud Run; whether it caps Drawdown’s own project is not certain.',
        'Compare budgetFilter.projects with the number of the project: gcloud billing budgets describe 0c0c0c0c-0000-4000-8000-00000000000c --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'a spend cap on the account that pays for us',
    (one) => {
      one.billing.link(PROJECT, OTHER)
      one.google.set(BUDGETS, 'budgets.1', cap('152E-C115-5142', NUMBER))
      one.google.copy(BUDGETS, `/v1/billingAccounts/${OTHER}/budgets`)
      one.google.set(BUDGETS, 'budgets', [budget()])
    },
    [
      [
        'spend-caps',
        'problem',
        'The spend cap “Cap” (0c0c0c0c-0000-4000-8000-00000000000c) caps what Drawdown itself runs on, in its own project my-finops.',
        'Delete the cap, or run Drawdown in a project of its own: gcloud billing budgets delete 0c0c0c0c-0000-4000-8000-00000000000c --billing-account=0A0A0A-0B0B0B-0C0C0C',
      ],
    ],
  ],
  [
    'a spend cap on the Gemini API is no danger to us',
    ({ google }) => google.set(BUDGETS, 'budgets.1', cap('AEFD-7695-64FA', NUMBER)),
    [],
  ],
  [
    'a spend cap on the Gemini API that is enforced',
    ({ google }) => google.set(BUDGETS, 'budgets.1', cap('AEFD-7695-64FA', '123456', 'ENFORCED')),
    [
      [
        'spend-caps',
        'warning',
        'The spend cap “Cap” (0c0c0c0c-0000-4000-8000-00000000000c) is enforced: the Gemini API of its project is stopped.',
        'Lift it in the Cloud console under Budgets, or wait for the next month. To see it: gcloud billing budgets describe 0c0c0c0c-0000-4000-8000-00000000000c --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'an account that is closed',
    ({ billing }) => billing.account(ACCOUNT, false),
    [
      [
        'billing',
        'problem',
        'The billing account of Production (01D4EE-079462-DFD6EC) is closed.',
        'Reopen it in the Cloud console under Billing, Account management. To see it: gcloud billing accounts describe 01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'a project that is billed to no account',
    ({ billing }) => billing.link('my-app'),
    [
      [
        'billing',
        'problem',
        'The project my-app is billed to no account.',
        'Link it: gcloud billing projects link my-app --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'a project that is billed elsewhere',
    ({ billing }) => billing.link('my-app', OTHER),
    [
      [
        'billing',
        'problem',
        'The project my-app is listed under Production and billed to 0A0A0A-0B0B0B-0C0C0C.',
        'List it under 0A0A0A-0B0B0B-0C0C0C, or link it: gcloud billing projects link my-app --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'a project behind a closed account',
    ({ billing }) => billing.link('my-app', ACCOUNT, false),
    [
      [
        'billing',
        'problem',
        'Billing of the project my-app is off.',
        'Link it: gcloud billing projects link my-app --billing-account=01D4EE-079462-DFD6EC',
      ],
    ],
  ],
  [
    'a project that Google does not show',
    ({ billing }) => billing.answer('projects/my-app', { code: 7 }),
    [
      [
        'billing',
        'unknown',
        'What the project my-app is billed to could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=user:ada@acme-finops.dev --role=roles/browser --condition=None',
      ],
    ],
  ],
  [
    'a billing API that is not enabled',
    ({ billing }) => billing.answer('projects/my-app', { code: 7, reason: 'SERVICE_DISABLED' }),
    [
      [
        'billing',
        'unknown',
        'What the project my-app is billed to could not be read.',
        'Enable it: gcloud services enable cloudbilling.googleapis.com --project=my-finops',
      ],
    ],
  ],
  [
    'Drawdown in the project that it watches',
    (one) => {
      one.config = one.config.replace('[my-app]', '[my-app, my-finops]')
    },
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com has no roles/browser on my-finops.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/browser --condition=None',
      ],
      [
        'billing',
        'warning',
        'Drawdown runs in my-finops, which it also watches.',
        'Run Drawdown in a project of its own, billed to another account if there is one: project_id in infra/.',
      ],
    ],
  ],
]

describe('a fault of the billing', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})
