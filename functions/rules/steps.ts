/** Next steps that rules share: who does them, and the exact page where. */

import type { NextStep } from '../domain/alerts.ts'
import { assertNever } from '../domain/errors.ts'
import type { Standing } from '../domain/standing.ts'

/** Who does a step, as alerts name them. */
export const BILLING_ADMIN = 'billing administrator'
export const ON_CALL = 'on-call engineer'

/** Pages the vendor's own texts point to: https://ai.google.dev/gemini-api/docs/billing and its 402 and 429 messages. */
export const LINKS = {
  aiStudioBilling: 'https://aistudio.google.com/billing',
  aiStudioProjects: 'https://ai.studio/projects',
  aiStudioSpend: 'https://ai.studio/spend',
  billingDocs: 'https://ai.google.dev/gemini-api/docs/billing',
  pricing: 'https://ai.google.dev/gemini-api/docs/pricing',
} as const

/** A page of the account in the Cloud console; `/payment` is its Payments overview. */
export const consoleUrl = (standing: Standing, page: '' | '/payment' | '/budgets'): string =>
  `https://console.cloud.google.com/billing/${standing.account.id}${page}`

/** Where the plan's balance can be seen. */
const balancePage = (standing: Standing): string =>
  standing.plan === 'cloud-credit' ? consoleUrl(standing, '') : LINKS.aiStudioBilling

/** Where to pay under the plan in force. */
export const payStep = (standing: Standing): NextStep => {
  switch (standing.plan) {
    case 'gemini-prepay':
      return {
        label: 'Buy credit in AI Studio, not in the Cloud console',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      }
    case 'cloud-credit':
      return {
        label: 'Make a payment on the Payments overview page of the Cloud console',
        who: BILLING_ADMIN,
        url: consoleUrl(standing, '/payment'),
      }
    case 'postpay':
      return {
        label: 'See in AI Studio which plan the billing account is really on, and pay there if it asks for it',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      }
    default:
      return assertNever(standing.plan)
  }
}

/** The ledger learns of a payment only by being told: Google has no balance API. */
export const recordStep: NextStep = {
  label: 'After a payment, tell Drawdown: npx drawdown grant add (--help lists the fields)',
  who: BILLING_ADMIN,
}

/** Where the true balance can be seen, and how to hand it to the ledger. */
export const compareStep = (standing: Standing): NextStep => ({
  label: 'Compare with the balance shown here; if it differs, tell Drawdown: npx drawdown reading',
  who: ON_CALL,
  url: balancePage(standing),
})

/** Slows the burn while a payment is on its way. */
export const spendStep: NextStep = {
  label: 'See which project spends it, and cap or pause what can wait',
  who: ON_CALL,
  url: LINKS.aiStudioSpend,
}

/** The step of good news. */
export const calmStep = (standing: Standing): NextStep => ({
  label: 'Nothing to do; the balance can be compared here',
  who: ON_CALL,
  url: balancePage(standing),
})
