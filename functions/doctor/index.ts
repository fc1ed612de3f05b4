/** The registry of checks: one line each, in the order in which they are printed. */

import { backlog } from './backlog.ts'
import { billing } from './billing.ts'
import { budgets } from './budgets.ts'
import { canary } from './canary.ts'
import type { Check } from './check.ts'
import { clock } from './clock.ts'
import { config } from './config.ts'
import { deadLetters } from './dead-letters.ts'
import { enforcement } from './enforcement.ts'
import { environment } from './environment.ts'
import { feeds } from './feeds.ts'
import { functions } from './functions.ts'
import { mailServer } from './mail-server.ts'
import { outbox } from './outbox.ts'
import { permissions } from './permissions.ts'
import { publishers } from './publishers.ts'
import { routes } from './routes.ts'
import { schedule } from './schedule.ts'
import { sender } from './sender.ts'
import { serviceAccounts } from './service-accounts.ts'
import { signIn } from './sign-in.ts'
import { spendCaps } from './spend-caps.ts'
import { store } from './store.ts'
import { subscriptions } from './subscriptions.ts'
import { topics } from './topics.ts'
import { webhooks } from './webhooks.ts'

export const checks: readonly Check[] = [
  config,
  routes,
  environment,
  clock,
  store,
  feeds,
  outbox,
  canary,
  signIn,
  permissions,
  functions,
  schedule,
  topics,
  subscriptions,
  deadLetters,
  backlog,
  publishers,
  serviceAccounts,
  enforcement,
  budgets,
  spendCaps,
  billing,
  mailServer,
  sender,
  webhooks,
]
