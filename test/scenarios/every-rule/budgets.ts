/** Rules about Google's own budgets and anomalies, and about days that cost more than usual. */

import { ACCOUNT } from '../../support/facts.ts'
import { type Act, bill, pay, taken } from '../../support/rule-acts.ts'
import type { Row, RuleTable } from '../../support/rule-table.ts'

const december = { costIntervalStart: '2026-12-01T08:00:00Z' }
const january = { costIntervalStart: '2027-01-01T08:00:00Z' }
const half = { alertThresholdExceeded: 0.5 }

/** A correction re-arms nothing: what the period reached it has reached. What the next one reaches is news, and speaks for the end of the one before. */
const budgetThreshold: RuleTable = {
  rule: 'budget-threshold',
  rows: [
    { at: 1, act: bill(49), expect: [] },
    { at: 2, act: bill(50, half), shows: 'opens', expect: ['firing warning 50%'] },
    { at: 3, act: bill(51, half), shows: 'again', expect: [] },
    { at: 4, act: bill(40), shows: 'again', expect: [] },
    { at: 5, act: bill(52, half), shows: 'again', expect: [] },
    { at: 25.9, shows: 'too soon', expect: [] },
    { at: 26, shows: 'repeats', expect: ['repeat warning 50%'] },
    { at: 27, act: bill(90, { alertThresholdExceeded: 0.9 }), expect: ['firing warning 90%'] },
    { at: 721, act: bill(1, december), shows: 'resolves', expect: ['resolved warning 90%'] },
    { at: 745, act: bill(50, { ...december, ...half }), shows: 'opens anew', expect: ['firing warning 50%'] },
    { at: 1465, act: bill(50, { ...january, ...half }), shows: 'opens anew', expect: ['firing warning 50%'] },
  ],
}

const whole = { forecastThresholdExceeded: 1 }

const budgetForecast: RuleTable = {
  rule: 'budget-forecast',
  rows: [
    { at: 1, act: bill(49), expect: [] },
    { at: 2, act: bill(50, whole), shows: 'opens', expect: ['firing warning 100%'] },
    { at: 3, act: bill(51, whole), shows: 'again', expect: [] },
    { at: 25.9, shows: 'too soon', expect: [] },
    { at: 26, shows: 'repeats', expect: ['repeat warning 100%'] },
    { at: 721, act: bill(1, december), shows: 'resolves', expect: ['resolved warning 100%'] },
    { at: 745, act: bill(50, { ...december, ...whole }), shows: 'opens anew', expect: ['firing warning 100%'] },
  ],
}

/** https://docs.cloud.google.com/billing/docs/how-to/notify */
const anomaly =
  (actual: number, deviation: number): Act =>
  ({ app }) => {
    const billingAccountName = `billingAccounts/${ACCOUNT}`
    const body = {
      anomalyName: `${billingAccountName}/anomalies/aaa`,
      billingAccountName,
      resourceName: 'projects/123456',
      resourceDisplayName: 'my-app',
      detectionDate: '2026-11-01T00:00:00Z',
      actualSpendAmount: actual,
      deviationAmount: deviation,
    }
    const attributes = { SchemaVersion: '1.0', scope: 'scope_project', billingAccountName }
    return taken(app.post('billing-notifications', attributes, body))
  }

/** Google sends no word of its end: it reports no excess any more, or nothing for three days. */
const costAnomaly: RuleTable = {
  rule: 'cost-anomaly',
  rows: [
    { at: 1, act: anomaly(196.22, 31.01), shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: anomaly(201.4, 36.19), shows: 'again', expect: [] },
    { at: 24.9, shows: 'too soon', expect: [] },
    { at: 25, shows: 'repeats', expect: ['repeat warning'] },
    { at: 26, act: anomaly(165.21, 0), shows: 'resolves', expect: ['resolved warning'] },
    { at: 27, act: anomaly(250, 84.79), shows: 'opens anew', expect: ['firing warning'] },
    { at: 98.9, expect: ['repeat warning'] },
    { at: 99, shows: 'resolves', expect: ['resolved warning'] },
  ],
}

/** 2.40 USD a day, billed at 19:00 UTC of nine days. */
const quietDays = Array.from(
  { length: 9 },
  (_, day): Row => ({ at: 12 + day * 24, act: bill(2.4 * (day + 1)), expect: [] }),
)

/** By the bill of a UTC day, which begins at 209, 233 and 257 h: three usual days in one, as two readings say; over once a day and the one before are quiet. */
const burnSpike: RuleTable = {
  rule: 'burn-spike',
  rows: [
    { at: 0, act: pay('P1', '100.00'), expect: [] },
    ...quietDays,
    { at: 220, act: bill(31.6), expect: [] },
    { at: 222, act: bill(31.7), shows: 'opens', expect: ['firing warning'] },
    { at: 223, act: bill(33), shows: 'again', expect: [] },
    { at: 240, act: bill(35.4), shows: 'again', expect: [] },
    { at: 245.9, shows: 'too soon', expect: [] },
    { at: 246, shows: 'repeats', expect: ['repeat warning'] },
    { at: 258, act: bill(36), shows: 'resolves', expect: ['resolved warning'] },
    { at: 260, act: bill(50), expect: [] },
    { at: 262, act: bill(50.1), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** Thresholds, forecasts, anomalies and spikes. */
export const budgetTables: readonly RuleTable[] = [budgetThreshold, budgetForecast, costAnomaly, burnSpike]
