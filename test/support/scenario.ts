/** A story through the real app: what one rule tells, hour by hour since the month began. */

import { schedule } from '../../functions/app/schedule.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import type { AccountSettings } from '../../functions/domain/standing.ts'
import { formatInstant, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import { openTestApp, type TestApp } from './app.ts'
import { T0 } from './facts.ts'

export type Story = {
  readonly app: TestApp
  /** RFC 3339 time of an hour of the story. */
  readonly time: (hours: number) => string
  /** Moves the clock there, lets something happen, evaluates, and gives back what the rule told since. */
  readonly at: (hours: number, act?: () => Promise<unknown>) => Promise<readonly Message[]>
  /** As `at`, in short: `firing critical`. */
  readonly steps: (hours: number, act?: () => Promise<unknown>) => Promise<readonly string[]>
}

/** A message in short: step, severity and, where the rule has several, level. */
export const inShort = ({ step, severity, level }: Message): string => [step, severity, level].join(' ').trim()

export const story = (rule: string, over: Partial<AccountSettings> = {}, from: Instant = T0): Story =>
  storyIn(openTestApp(over), rule, from)

/** As `story`, in an app that is open already. */
export const storyIn = (app: TestApp, rule: string, from: Instant = T0): Story => {
  const at: Story['at'] = async (hours, act) => {
    app.clock.now = from + hours * HOUR_MS
    await act?.()
    await schedule(app.deps, app.desk)
    return app.told.splice(0).flatMap(({ message }) => (message.rule === rule ? [message] : []))
  }
  return {
    app,
    time: (hours) => formatInstant(from + hours * HOUR_MS),
    at,
    steps: async (hours, act) => (await at(hours, act)).map(inShort),
  }
}

/** The body of an operator's grant. */
export const prepayment = (grantId: string, amount: string, effectiveAt: string): Record<string, unknown> => ({
  grantId,
  kind: 'prepayment',
  amount,
  currencyCode: 'USD',
  effectiveAt,
})

/** A quota error as callers hand it on; https://ai.google.dev/gemini-api/docs/troubleshooting */
export const quotaError = (quotaId: string): Record<string, unknown> => ({
  error: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
    details: [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] }],
  },
})
