/** What each cause of a failed call asks for: what it means, whether waiting helps, who does what and where. */

import type { NextStep } from '../domain/alerts.ts'
import type { ErrorCause } from '../domain/facts.ts'
import { BILLING_ADMIN, LINKS, ON_CALL } from './steps.ts'

export type CauseTerms = {
  /** What stopped, in one clause. */
  readonly meaning: string
  /** When calls are served again if nobody does anything. */
  readonly passes: string
  readonly next: NextStep
}

const TIER_CAPS = `${LINKS.billingDocs}#tier-spend-caps`
const RATE_LIMITS = 'https://ai.google.dev/gemini-api/docs/rate-limits'
const TROUBLESHOOTING = 'https://ai.google.dev/gemini-api/docs/troubleshooting'
const API_KEYS = 'https://aistudio.google.com/api-keys'
const CONSOLE_BILLING = 'https://console.cloud.google.com/billing'

/** By the vendor's billing, rate-limit and troubleshooting pages as read on 2026-11-23. */
export const CAUSE_TERMS: Readonly<Record<ErrorCause, CauseTerms>> = {
  depleted: {
    meaning: 'the prepayment is used up',
    passes: 'not by itself',
    next: {
      label: 'Buy credit in AI Studio, not in the Cloud console',
      who: BILLING_ADMIN,
      url: LINKS.aiStudioBilling,
    },
  },
  'project-cap': {
    meaning: 'the project reached the monthly spending cap set for it in AI Studio',
    passes: 'on the 1st of next month, Pacific time',
    next: {
      label: 'Raise or remove the project’s cap; an editor of the project may do it',
      who: BILLING_ADMIN,
      url: LINKS.aiStudioSpend,
    },
  },
  'tier-cap': {
    meaning: 'the billing account reached the monthly cap of its tier',
    passes: 'on the 1st of next month, Pacific time',
    next: { label: 'Ask for a higher cap, or see when the next tier is due', who: BILLING_ADMIN, url: TIER_CAPS },
  },
  'spend-rate': {
    meaning: 'spend of the last 10 minutes reached the limit of the tier',
    passes: 'within 10 minutes of slower spend',
    next: { label: 'Slow the largest caller down and retry with a growing wait', who: ON_CALL, url: RATE_LIMITS },
  },
  quota: {
    meaning: 'a limit of requests or tokens was reached',
    passes: 'within a minute, or at midnight Pacific time for a daily limit',
    next: {
      label: 'Wait as long as the error says, spread the calls, or ask for a higher limit',
      who: ON_CALL,
      url: RATE_LIMITS,
    },
  },
  capacity: {
    meaning: 'Google has no room for the model right now',
    passes: 'usually within minutes',
    next: { label: 'Retry with a growing wait, or use another model', who: ON_CALL, url: TROUBLESHOOTING },
  },
  delinquent: {
    meaning: 'billing of the project or its account is off or overdue, whatever the prepaid balance',
    passes: 'not by itself',
    next: {
      label: 'Look for an overdue payment or a declined card, and check that the project is linked',
      who: BILLING_ADMIN,
      url: CONSOLE_BILLING,
    },
  },
  'plan-mismatch': {
    meaning: 'the project is not on the paid plan this call needs',
    passes: 'not by itself',
    next: {
      label: 'See the project’s plan and finish “Set up billing” or “Set up prepay”',
      who: BILLING_ADMIN,
      url: LINKS.aiStudioProjects,
    },
  },
  key: {
    meaning: 'the API key is invalid, leaked, suspended or not allowed to call the API',
    passes: 'not by itself',
    next: { label: 'Replace the key, or lift its restriction', who: ON_CALL, url: API_KEYS },
  },
  other: {
    meaning: 'the call failed for a reason that is not about money',
    passes: 'it depends on the call',
    next: { label: 'Read the error', who: ON_CALL, url: TROUBLESHOOTING },
  },
}
