/** Budget notification 1.0 of Cloud Billing: the cumulative cost of one budget in one period. */

import type { Reading } from '../domain/facts.ts'
import { parseAccountId } from '../domain/keys.ts'
import { divideHalfEven, type Nanos } from '../domain/money.ts'
import { formatInstant } from '../domain/time.ts'
import { Fields, rejected, sourcePart } from './fields.ts'
import type { Parsed, RawMessage, Source } from './source.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** As long as the vendor lets a budget's name be. */
const NAME_CHARS_MAX = 60
const AMOUNT_TYPES = ['SPECIFIED_AMOUNT', 'LAST_MONTH_COST', 'LAST_PERIODS_COST'] as const

/** Nanos in one basis point: a threshold of 1 is 10,000 of them. */
const NANOS_PER_BP = 100_000n

/**
 * Reads budget notifications; a message that lacks `budgetId` but looks like one otherwise is its own, to say what is wrong.
 * Money in the account's currency, exact from the JSON text; period start in UTC.
 * https://docs.cloud.google.com/billing/docs/how-to/budgets-programmatic-notifications
 */
export const budget: Source = {
  name: 'budget',
  topic: 'billing-notifications',
  recognises: ({ attributes, body }) =>
    attributes['drawdown'] === undefined &&
    (attributes['budgetId'] !== undefined ||
      attributes['schemaVersion'] !== undefined ||
      (body['costAmount'] !== undefined && body['costIntervalStart'] !== undefined)),
  parse: (message) => {
    const { billingAccountId = '', budgetId = '', schemaVersion } = message.attributes
    const accountId = parseAccountId(billingAccountId)
    if (!accountId) return rejected({ reason: 'ATTR', detail: 'billingAccountId: missing or malformed' })
    if (schemaVersion !== '1.0') return rejected({ reason: 'SCHEMA', detail: 'schemaVersion: must be 1.0' }, accountId)
    if (!UUID.test(budgetId)) return rejected({ reason: 'ATTR', detail: 'budgetId: missing or no UUID' }, accountId)
    return readReading(message, accountId, budgetId)
  },
}

const readReading = (message: RawMessage, accountId: string, budgetId: string): Parsed => {
  const read = new Fields(message.body)
  const body: Reading = {
    kind: 'reading',
    budgetId,
    budgetName: read.words('budgetDisplayName', NAME_CHARS_MAX),
    periodStart: read.time('costIntervalStart'),
    cost: read.number('costAmount'),
    budgetAmount: atLeastZero(read, 'budgetAmount'),
    budgetAmountType: read.oneOf('budgetAmountType', AMOUNT_TYPES),
    currencyCode: read.currency('currencyCode'),
    ...(read.has('alertThresholdExceeded') && { thresholdBp: basisPoints(read, 'alertThresholdExceeded') }),
    ...(read.has('forecastThresholdExceeded') && {
      forecastThresholdBp: basisPoints(read, 'forecastThresholdExceeded'),
    }),
  }
  if (read.fault) return rejected(read.fault, accountId)
  const keyParts = [budgetId, formatInstant(body.periodStart), sourcePart(message, body)]
  return { kind: 'claims', claims: [{ accountId, currencyCode: body.currencyCode, keyParts, body }] }
}

const atLeastZero = (read: Fields, name: string): Nanos => {
  const amount = read.number(name)
  if (amount < 0n) read.fail(name, 'RANGE', 'must not be negative')
  return amount
}

/** Exact from the decimal text; what is finer than a basis point is noise of the sender's arithmetic and rounds away. */
const basisPoints = (read: Fields, name: string): number =>
  Number(divideHalfEven(atLeastZero(read, name), NANOS_PER_BP))
