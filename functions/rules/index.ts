/** The rules, in the order they are judged; a new rule is one file and one line here. */

import { accountClosed } from './account-closed.ts'
import { billingRefused } from './billing-refused.ts'
import { billingUnlinked } from './billing-unlinked.ts'
import { billingUnseen } from './billing-unseen.ts'
import { budgetForecast } from './budget-forecast.ts'
import { budgetThreshold } from './budget-threshold.ts'
import { burnSpike } from './burn-spike.ts'
import { costAnomaly } from './cost-anomaly.ts'
import { creditExhausted } from './credit-exhausted.ts'
import { creditExpiring } from './credit-expiring.ts'
import { creditLow } from './credit-low.ts'
import { creditRunway } from './credit-runway.ts'
import { deliveryFailed } from './delivery-failed.ts'
import { enforcementStep } from './enforcement-step.ts'
import { falseDepletion } from './false-depletion.ts'
import { feedStale } from './feed-stale.ts'
import { inputRejected } from './input-rejected.ts'
import { keyRefused } from './key-refused.ts'
import { overageCharging } from './overage-charging.ts'
import { paymentUnrecorded } from './payment-unrecorded.ts'
import { planMismatch } from './plan-mismatch.ts'
import { prepaymentReceived } from './prepayment-received.ts'
import { prepaymentRequired } from './prepayment-required.ts'
import { projectCap } from './project-cap.ts'
import { reloadMissing } from './reload-missing.ts'
import type { Rule } from './rule.ts'
import { spendRate } from './spend-rate.ts'
import { tierCap } from './tier-cap.ts'
import { tierChanged } from './tier-changed.ts'
import { tierProgress } from './tier-progress.ts'
import { tierUpgradeOverdue } from './tier-upgrade-overdue.ts'
import { unpricedModel } from './unpriced-model.ts'
import { usageSilent } from './usage-silent.ts'
import { wrongBucket } from './wrong-bucket.ts'

/** Every rule by its stable name; no two share one. */
export const rules: readonly Rule[] = [
  enforcementStep,
  prepaymentRequired,
  wrongBucket,
  falseDepletion,
  creditExhausted,
  overageCharging,
  projectCap,
  billingRefused,
  keyRefused,
  paymentUnrecorded,
  reloadMissing,
  creditRunway,
  creditLow,
  creditExpiring,
  burnSpike,
  prepaymentReceived,
  budgetThreshold,
  budgetForecast,
  costAnomaly,
  tierCap,
  tierChanged,
  tierUpgradeOverdue,
  tierProgress,
  spendRate,
  planMismatch,
  accountClosed,
  billingUnlinked,
  billingUnseen,
  feedStale,
  usageSilent,
  deliveryFailed,
  unpricedModel,
  inputRejected,
]
