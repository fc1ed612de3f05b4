/** A sound deployment as Google's REST APIs tell of it: every resource by its path, in the shape of the vendor's reference. */

import { ACCOUNT, BUDGET } from './facts.ts'

export const PROJECT = 'my-finops'
export const NUMBER = '415104041262'
export const REGION = 'us-central1'

export const BUDGETS = `/v1/billingAccounts/${ACCOUNT}/budgets`
export const FUNCTIONS = `/v2/projects/${PROJECT}/locations/-/functions`
export const JOBS = `/v1/projects/${PROJECT}/locations/${REGION}/jobs`

export const topicPath = (name: string): string => `/v1/projects/${PROJECT}/topics/${name}`
export const subscriptionPath = (name: string): string => `/v1/projects/${PROJECT}/subscriptions/${name}`
export const servicePath = (name: string): string => `/v2/projects/${PROJECT}/locations/${REGION}/services/${name}`
export const projectPath = (name: string): string => `/v3/projects/${name}`
/** Of a predefined role, or one of a project. */
export const rolePath = (name: string): string => `/v1/${name}`
/** The test server keeps each metric's series under a path of its own. */
export const seriesPath = (metric: string, project = PROJECT): string => `/v3/projects/${project}/timeSeries/${metric}`
export const policyPath = (path: string): string => `${path}:getIamPolicy`

export type Resources = Map<string, unknown>

const TOPICS = {
  'billing-notifications': { target: 'billingNotification', name: 'drawdown-billing-notification', timeout: 60 },
  'gemini-usage': { target: 'usageNotification', name: 'drawdown-usage-notification', timeout: 60 },
  'drawdown-schedule': { target: 'schedule', name: 'drawdown-schedule', timeout: 300 },
  'alert-deliveries': { target: 'alertDelivery', name: 'drawdown-alert-delivery', timeout: 540 },
} as const

const STATUS = { target: 'status', name: 'drawdown-status', timeout: 60 } as const

const PUSH = `drawdown-push@${PROJECT}.iam.gserviceaccount.com`
const AGENT = `serviceAccount:service-${NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com`
export const account = (name: string): string => `${name}@${PROJECT}.iam.gserviceaccount.com`
const member = (name: string): string => `serviceAccount:${account(name)}`
const urlOf = (name: string): string => `https://${name}-abcdefghij-uc.a.run.app`
const audienceOf = (name: string): string => `https://${REGION}-${PROJECT}.cloudfunctions.net/${name}`

const binding = (role: string, ...members: readonly string[]) => ({ role, members })

/** Everything anew at each call, so that a test may plant what it likes. */
export const soundDeployment = (): Resources =>
  new Map<string, unknown>([
    ...Object.entries(TOPICS).flatMap(([topic, one]) => pubsub(topic, one)),
    ...services(),
    [FUNCTIONS, { functions: [...Object.values(TOPICS), STATUS].map(functionOf) }],
    [JOBS, { jobs: [JOB] }],
    [BUDGETS, { budgets: [budget()] }],
    ...projects(),
    ...ROLES.map(({ name, ...rest }): [string, unknown] => [rolePath(name), { name, ...rest }]),
    [seriesPath('num_undelivered_messages'), { timeSeries: Object.keys(TOPICS).map((one) => series(`${one}-dead`)) }],
    [seriesPath('oldest_unacked_message_age'), { timeSeries: Object.keys(TOPICS).map((one) => series(`${one}-push`)) }],
    [
      `/v1/billingAccounts/${ACCOUNT}:getIamPolicy`,
      { bindings: [binding('roles/billing.viewer', member('drawdown-schedule'))] },
    ],
  ])

/** Some of what these hold: https://docs.cloud.google.com/iam/docs/roles-permissions */
const ROLES = [
  {
    name: 'roles/browser',
    title: 'Browser',
    includedPermissions: ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy'],
  },
  {
    name: 'roles/editor',
    title: 'Editor',
    includedPermissions: ['resourcemanager.projects.get', 'serviceusage.services.disable', 'serviceusage.services.get'],
  },
]

/** https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/TimeSeries: newest first. */
export const series = (subscription: string, value = '0', project = PROJECT) => ({
  metric: { type: 'pubsub.googleapis.com/subscription/num_undelivered_messages' },
  resource: { type: 'pubsub_subscription', labels: { project_id: project, subscription_id: subscription } },
  metricKind: 'GAUGE',
  valueType: 'INT64',
  points: [
    { interval: { endTime: '2026-11-23T09:57:00Z' }, value: { int64Value: value } },
    { interval: { endTime: '2026-11-23T09:56:00Z' }, value: { int64Value: '77' } },
  ],
})
export type Series = ReturnType<typeof series>

const JOB = {
  name: `projects/${PROJECT}/locations/${REGION}/jobs/drawdown-schedule`,
  pubsubTarget: { topicName: `projects/${PROJECT}/topics/drawdown-schedule`, data: 'e30=' },
  schedule: '*/5 * * * *',
  timeZone: 'Etc/UTC',
  state: 'ENABLED',
}

type Wired = { readonly target: string; readonly name: string; readonly timeout: number }

const pubsub = (topic: string, { name, timeout }: Wired): readonly (readonly [string, unknown])[] => {
  const full = (kind: string, short: string): string => `projects/${PROJECT}/${kind}/${short}`
  const publishers: Readonly<Record<string, readonly string[]>> = {
    'billing-notifications': ['serviceAccount:billing-budget-alert@system.gserviceaccount.com'],
    'alert-deliveries': ['billing-notification', 'usage-notification', 'schedule', 'status'].map((one) =>
      member(`drawdown-${one}`),
    ),
    'drawdown-enforce': [member('drawdown-schedule')],
  }
  return [
    [topicPath(topic), { name: full('topics', topic) }],
    [`${topicPath(topic)}/subscriptions`, { subscriptions: [full('subscriptions', `${topic}-push`)] }],
    [policyPath(topicPath(topic)), { bindings: [binding('roles/pubsub.publisher', ...(publishers[topic] ?? []))] }],
    [topicPath(`${topic}-dead`), { name: full('topics', `${topic}-dead`) }],
    [`${topicPath(`${topic}-dead`)}/subscriptions`, { subscriptions: [full('subscriptions', `${topic}-dead`)] }],
    [policyPath(topicPath(`${topic}-dead`)), { bindings: [binding('roles/pubsub.publisher', AGENT)] }],
    [subscriptionPath(`${topic}-push`), pushSubscription(topic, name, timeout)],
    [policyPath(subscriptionPath(`${topic}-push`)), { bindings: [binding('roles/pubsub.subscriber', AGENT)] }],
  ]
}

const pushSubscription = (topic: string, name: string, timeout: number) => ({
  name: `projects/${PROJECT}/subscriptions/${topic}-push`,
  topic: `projects/${PROJECT}/topics/${topic}`,
  pushConfig: {
    pushEndpoint: urlOf(name),
    oidcToken: { serviceAccountEmail: PUSH, audience: audienceOf(name) },
  },
  ackDeadlineSeconds: Math.min(600, timeout + 60),
  messageRetentionDuration: '604800s',
  expirationPolicy: {},
  retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
  deadLetterPolicy: { deadLetterTopic: `projects/${PROJECT}/topics/${topic}-dead`, maxDeliveryAttempts: 100 },
  state: 'ACTIVE',
})

/** The two that send have the secrets of channels. */
const SENDERS: readonly string[] = ['schedule', 'alertDelivery']

const functionOf = ({ target, name, timeout }: Wired) => ({
  name: `projects/${PROJECT}/locations/${REGION}/functions/${name}`,
  environment: 'GEN_2',
  state: 'ACTIVE',
  buildConfig: { runtime: 'nodejs24', entryPoint: target },
  serviceConfig: {
    service: servicePath(name).slice('/v2/'.length),
    uri: urlOf(name),
    timeoutSeconds: timeout,
    serviceAccountEmail: account(name),
    environmentVariables: {
      STORE: 'firestore:(default)',
      DRAWDOWN_CONFIG: '/etc/drawdown/drawdown.yaml',
      PUSH_SERVICE_ACCOUNT: PUSH,
      PUSH_AUDIENCE: audienceOf(name),
    },
    secretEnvironmentVariables: (SENDERS.includes(target) ? ['SMTP_URL', 'OPS_CHAT_URL', 'DEV_SLACK_URL'] : []).map(
      (key) => ({
        key,
        projectId: PROJECT,
        secret: key.toLowerCase().replaceAll('_', '-'),
        version: '1',
      }),
    ),
  },
})

/** Its topic, which schedule alone may publish to. */
export const enforceTopic = (): readonly (readonly [string, object])[] =>
  pubsub('drawdown-enforce', { target: 'enforce', name: 'drawdown-enforce', timeout: 60 }) as [string, object][]

/** The sixth function, armed, as infra/enforce.tf makes it; a sound deployment has none. */
export const enforceFunction = () => {
  const made = functionOf({ target: 'enforce', name: 'drawdown-enforce', timeout: 60 })
  const { serviceConfig } = made
  const environmentVariables = { ...serviceConfig.environmentVariables, ENFORCE_ARMED: '1', ENFORCE_TOPIC: '' }
  return { ...made, serviceConfig: { ...serviceConfig, environmentVariables } }
}

const services = (): readonly (readonly [string, unknown])[] =>
  [...Object.values(TOPICS), STATUS].map(({ name }) => [
    policyPath(servicePath(name)),
    { bindings: name === 'drawdown-status' ? [] : [binding('roles/run.invoker', `serviceAccount:${PUSH}`)] },
  ])

const projects = (): readonly (readonly [string, unknown])[] => [
  [projectPath(PROJECT), { name: `projects/${NUMBER}`, projectId: PROJECT, state: 'ACTIVE' }],
  [
    policyPath(projectPath(PROJECT)),
    {
      version: 3,
      bindings: [
        {
          ...binding('roles/datastore.user', ...[...Object.values(TOPICS), STATUS].map(({ name }) => member(name))),
          condition: {
            title: 'drawdown database only',
            expression: `resource.name == "projects/${PROJECT}/databases/(default)"`,
          },
        },
      ],
    },
  ],
  [policyPath(projectPath('my-app')), { bindings: [binding('roles/browser', member('drawdown-schedule'))] }],
]

/** Gross, monthly, of the Gemini API alone. */
export const budget = (over: Readonly<Record<string, unknown>> = {}) => ({
  name: `billingAccounts/${ACCOUNT}/budgets/${BUDGET}`,
  displayName: 'Drawdown: gross spend from prepaid credit',
  budgetFilter: {
    creditTypesTreatment: 'EXCLUDE_ALL_CREDITS',
    services: ['services/AEFD-7695-64FA'],
    calendarPeriod: 'MONTH',
  },
  amount: { specifiedAmount: { currencyCode: 'USD', units: '100' } },
  thresholdRules: [0.5, 0.9, 1].map((thresholdPercent) => ({ thresholdPercent, spendBasis: 'CURRENT_SPEND' })),
  notificationsRule: {
    pubsubTopic: `projects/${PROJECT}/topics/billing-notifications`,
    schemaVersion: '1.0',
    monitoringNotificationChannels: [`projects/${PROJECT}/notificationChannels/1`],
    disableDefaultIamRecipients: true,
  },
  etag: 'abc',
  ...over,
})
