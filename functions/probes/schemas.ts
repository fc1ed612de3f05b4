/** Google's resources as they come over REST, cut down to what the checks judge. Unknown fields pass, absent ones have defaults. */

import { z } from 'zod'
import type { Budget, DeployedFunction, Job, Level, Policy, Role, Subscription } from '../doctor/resources.ts'

const text = z.string()
const texts = z.array(text).default([])

/** `600s`, perhaps with a fraction. */
const seconds = text.regex(/^\d+(\.\d+)?s$/).transform((span) => Number(span.slice(0, -1)))

export const policySchema: z.ZodType<Policy> = z
  .object({
    bindings: z
      .array(z.object({ role: text, members: texts, condition: z.object({ expression: text.default('') }).optional() }))
      .default([]),
  })
  .transform(({ bindings }) =>
    bindings.map(({ role, members, condition }) => ({
      role,
      members,
      ...(condition && { condition: condition.expression }),
    })),
  )

export const roleSchema: z.ZodType<Role> = z
  .object({ name: text, includedPermissions: texts, deleted: z.boolean().default(false) })
  .transform(({ includedPermissions, deleted }) => ({ permissions: includedPermissions, isDeleted: deleted }))

/** Points come newest first; whole numbers are texts. https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/TimeSeries */
export const levelSchema: z.ZodType<Level> = z
  .object({
    resource: z.object({ labels: z.object({ project_id: text, subscription_id: text }) }),
    points: z.array(z.object({ value: z.object({ int64Value: text.regex(/^\d{1,15}$/) }) })).min(1),
  })
  .transform(({ resource: { labels }, points: [latest] }) => ({
    subscription: `projects/${labels.project_id}/subscriptions/${labels.subscription_id}`,
    value: Number(latest?.value.int64Value),
  }))

/** Google's defaults: https://docs.cloud.google.com/pubsub/docs/subscription-properties */
const ACK_DEADLINE_S = 10
const RETENTION = '604800s'

export const subscriptionSchema: z.ZodType<Subscription> = z
  .object({
    name: text,
    topic: text,
    ackDeadlineSeconds: z.number().default(ACK_DEADLINE_S),
    messageRetentionDuration: text.default(RETENTION).pipe(seconds),
    pushConfig: z
      .object({
        pushEndpoint: text.default(''),
        oidcToken: z.object({ serviceAccountEmail: text, audience: text.optional() }).optional(),
      })
      .optional(),
    retryPolicy: z.looseObject({}).optional(),
    deadLetterPolicy: z.object({ deadLetterTopic: text, maxDeliveryAttempts: z.number().default(5) }).optional(),
    expirationPolicy: z.object({ ttl: seconds.optional() }).optional(),
  })
  .transform((one) => ({
    name: one.name,
    topic: one.topic,
    ackDeadlineSeconds: one.ackDeadlineSeconds,
    retentionSeconds: one.messageRetentionDuration,
    ...(one.pushConfig?.pushEndpoint && { push: pushOf(one.pushConfig) }),
    hasRetryPolicy: one.retryPolicy !== undefined,
    ...(one.deadLetterPolicy && {
      deadLetter: { topic: one.deadLetterPolicy.deadLetterTopic, attempts: one.deadLetterPolicy.maxDeliveryAttempts },
    }),
    ...(one.expirationPolicy?.ttl !== undefined && { expiresAfterSeconds: one.expirationPolicy.ttl }),
  }))

type PushConfig = {
  readonly pushEndpoint: string
  readonly oidcToken?: { readonly serviceAccountEmail: string; readonly audience?: string | undefined } | undefined
}

const pushOf = ({ pushEndpoint, oidcToken }: PushConfig): NonNullable<Subscription['push']> => ({
  endpoint: pushEndpoint,
  ...(oidcToken && { account: oidcToken.serviceAccountEmail }),
  ...(oidcToken?.audience !== undefined && { audience: oidcToken.audience }),
})

const filterSchema = z.object({
  projects: texts,
  services: texts,
  subaccounts: texts,
  resourceAncestors: texts,
  labels: z.record(text, z.unknown()).default({}),
  creditTypesTreatment: text.default('INCLUDE_ALL_CREDITS'),
  calendarPeriod: text.optional(),
  customPeriod: z.looseObject({}).optional(),
})

const rulesSchema = z.object({
  pubsubTopic: text.default(''),
  monitoringNotificationChannels: texts,
  disableDefaultIamRecipients: z.boolean().default(false),
  enableProjectLevelRecipients: z.boolean().default(false),
})

export const budgetSchema: z.ZodType<Budget> = z
  .object({
    name: text,
    displayName: text.default(''),
    budgetFilter: filterSchema.prefault({}),
    thresholdRules: z.array(z.object({ spendBasis: text.default('CURRENT_SPEND') })).default([]),
    notificationsRule: rulesSchema.prefault({}),
    spendCap: z.object({ inputState: text.default(''), outputState: text.default('') }).optional(),
  })
  .transform(({ name, displayName, budgetFilter: filter, thresholdRules, notificationsRule: rules, spendCap }) => ({
    id: name.slice(name.lastIndexOf('/') + 1),
    name: displayName,
    credits: filter.creditTypesTreatment,
    period: periodOf(filter),
    services: filter.services,
    projects: filter.projects,
    isNarrowed: [filter.subaccounts, filter.resourceAncestors, Object.keys(filter.labels)].some(
      (one) => one.length > 0,
    ),
    thresholds: thresholdRules.filter(({ spendBasis }) => spendBasis !== 'FORECASTED_SPEND').length,
    ...(rules.pubsubTopic !== '' && { topic: rules.pubsubTopic }),
    isMailed:
      !rules.disableDefaultIamRecipients ||
      rules.enableProjectLevelRecipients ||
      rules.monitoringNotificationChannels.length > 0,
    ...(spendCap && { spendCap: { asked: spendCap.inputState, state: spendCap.outputState } }),
  }))

/** A budget that says nothing of its period is monthly. */
const periodOf = ({ calendarPeriod, customPeriod }: z.output<typeof filterSchema>): Budget['period'] => {
  if (customPeriod) return 'CUSTOM'
  return calendarPeriod === 'QUARTER' || calendarPeriod === 'YEAR' ? calendarPeriod : 'MONTH'
}

const FUNCTION_TIMEOUT_S = 60

export const functionSchema: z.ZodType<DeployedFunction> = z
  .object({
    name: text.regex(/^projects\/[^/]+\/locations\/[^/]+\/functions\/[^/]+$/),
    state: text.default('UNKNOWN'),
    buildConfig: z.object({ entryPoint: text.default('') }).prefault({}),
    serviceConfig: z
      .object({
        serviceAccountEmail: text.default(''),
        timeoutSeconds: z.number().default(FUNCTION_TIMEOUT_S),
        uri: text.optional(),
        environmentVariables: z.record(text, text).default({}),
        secretEnvironmentVariables: z.array(z.object({ key: text, version: text.default('latest') })).default([]),
      })
      .prefault({}),
    eventTrigger: z.object({ retryPolicy: text.default('RETRY_POLICY_DO_NOT_RETRY') }).optional(),
  })
  .transform(({ name, state, buildConfig, serviceConfig: service, eventTrigger }) => {
    const [, , , region = '', , short = ''] = name.split('/')
    return {
      name: short,
      region,
      target: buildConfig.entryPoint,
      state,
      account: service.serviceAccountEmail,
      timeoutSeconds: service.timeoutSeconds,
      ...(service.uri !== undefined && { url: service.uri }),
      environment: service.environmentVariables,
      secrets: Object.fromEntries(service.secretEnvironmentVariables.map(({ key, version }) => [key, version])),
      ...(eventTrigger && { retries: eventTrigger.retryPolicy === 'RETRY_POLICY_RETRY' }),
    }
  })

export const jobSchema: z.ZodType<Job> = z
  .object({
    name: text,
    pubsubTarget: z.object({ topicName: text }).optional(),
    state: text.default('STATE_UNSPECIFIED'),
    schedule: text.default(''),
  })
  .transform(({ name, pubsubTarget, state, schedule }) => ({
    name: name.slice(name.lastIndexOf('/') + 1),
    ...(pubsubTarget && { topic: pubsubTarget.topicName }),
    state,
    schedule,
  }))
