/** Operator facts: what a person tells us because no vendor message does (design §5.2). */

import { ARMED_MAX_MS, type Arm, type Disarm } from '../domain/enforcement.ts'
import {
  type Acknowledge,
  type AutoReload,
  type BalanceReading,
  type FactBody,
  GRANT_KINDS,
  type Grant,
  PLANS,
  type PlanFact,
  type PrepaymentDemand,
  type Refund,
  type Snooze,
  TIERS,
  type TierFact,
  type Void,
} from '../domain/facts.ts'
import { type AlertKey, parseAccountId } from '../domain/keys.ts'
import type { Nanos } from '../domain/money.ts'
import { formatInstant } from '../domain/time.ts'
import { Fields, rejected, sourcePart } from './fields.ts'
import type { RawMessage, Source } from './source.ts'

const PRIORITY_DEFAULT = 100
const REASON_CHARS_MAX = 500

/**
 * Reads operator facts by their `drawdown` attribute; the account is named in the body, or the project that it lists.
 * Money is decimal text, times are RFC 3339; unknown extra fields are allowed. The same fact sent twice has the same key.
 */
export const operator: Source = {
  name: 'operator',
  topic: 'billing-notifications',
  recognises: ({ attributes }) => attributes['drawdown'] !== undefined,
  parse: (message) => {
    const reader = READERS.get(message.attributes['drawdown'] ?? '')
    if (!reader) return rejected({ reason: 'KIND', detail: 'drawdown: no such kind of operator fact' })
    const read = new Fields(message.body)
    const owner = readOwner(read)
    const { body, parts, currencyCode } = reader(read, message)
    if (read.fault) return rejected(read.fault, owner.accountId)
    return {
      kind: 'claims',
      claims: [{ ...owner, ...(currencyCode !== undefined && { currencyCode }), keyParts: parts, body }],
    }
  },
}

type Owner = { readonly accountId?: string; readonly projectId?: string }
type Reader = (read: Fields, message: RawMessage) => Outcome
type Outcome = { readonly body: FactBody; readonly parts: readonly string[]; readonly currencyCode?: string }

const readOwner = (read: Fields): Owner => {
  if (!read.has('billingAccountId') && read.has('projectId')) return { projectId: read.text('projectId') }
  const accountId = parseAccountId(read.text('billingAccountId'))
  if (accountId) return { accountId }
  read.fail('billingAccountId', 'TYPE', 'must be a billing account id')
  return {}
}

const readGrant: Reader = (read) => {
  const body: Grant = {
    kind: 'grant',
    grantId: read.text('grantId'),
    grantKind: read.oneOf('kind', GRANT_KINDS),
    amount: aboveZero(read, 'amount'),
    currencyCode: read.currency('currencyCode'),
    effectiveAt: read.time('effectiveAt'),
    ...(read.has('expiresAt') && { expiresAt: read.time('expiresAt') }),
    priority: read.has('priority') ? read.integer('priority') : PRIORITY_DEFAULT,
  }
  if (body.expiresAt !== undefined && body.expiresAt <= body.effectiveAt)
    read.fail('expiresAt', 'TIME', 'must be later than effectiveAt')
  return { body, parts: [body.grantId], currencyCode: body.currencyCode }
}

const readVoid: Reader = (read) => {
  const body: Void = { kind: 'void', grantId: read.text('grantId'), at: read.time('at') }
  return { body, parts: [body.grantId, formatInstant(body.at)] }
}

const readRefund: Reader = (read) => {
  const amount = aboveZero(read, 'amount')
  const body: Refund = { kind: 'refund', grantId: read.text('grantId'), amount, at: read.time('at') }
  return { body, parts: [body.grantId, formatInstant(body.at)] }
}

const readBalance: Reader = (read) => {
  const body: BalanceReading = {
    kind: 'balance-reading',
    balance: read.money('balance'),
    currencyCode: read.currency('currencyCode'),
    at: read.time('at'),
  }
  return { body, parts: [formatInstant(body.at)], currencyCode: body.currencyCode }
}

/** An amount without a currency is in the account's own. */
const readDemand: Reader = (read) => {
  const body: PrepaymentDemand = {
    kind: 'prepayment-required',
    ...(read.has('projectId') && { projectId: read.text('projectId') }),
    ...(read.has('amount') && { amount: aboveZero(read, 'amount') }),
    ...(read.has('currencyCode') && { currencyCode: read.currency('currencyCode') }),
    ...(read.has('dueAt') && { dueAt: read.time('dueAt') }),
    ...(read.has('reason') && { reason: read.words('reason', REASON_CHARS_MAX) }),
    at: read.time('at'),
  }
  const currency = body.currencyCode !== undefined && { currencyCode: body.currencyCode }
  return { body, parts: [body.projectId ?? '', formatInstant(body.at)], ...currency }
}

const readPlan: Reader = (read) => {
  const body: PlanFact = { kind: 'plan', plan: read.oneOf('plan', PLANS), at: read.time('at') }
  return { body, parts: [formatInstant(body.at)] }
}

const readTier: Reader = (read) => {
  const project = read.has('projectId') && { projectId: read.text('projectId') }
  const body: TierFact = { kind: 'tier', tier: read.oneOf('tier', TIERS, 'TIER'), ...project, at: read.time('at') }
  return { body, parts: [body.projectId ?? '', formatInstant(body.at)] }
}

const readAutoReload: Reader = (read) => {
  const body: AutoReload = {
    kind: 'auto-reload',
    enabled: read.flag('enabled'),
    triggerBalance: atLeastZero(read, 'triggerBalance'),
    reloadAmount: atLeastZero(read, 'reloadAmount'),
    ...(read.has('monthlyLimit') && { monthlyLimit: atLeastZero(read, 'monthlyLimit') }),
    currencyCode: read.currency('currencyCode'),
    at: read.time('at'),
  }
  return { body, parts: [formatInstant(body.at)], currencyCode: body.currencyCode }
}

const readHush =
  (kind: 'acknowledge' | 'snooze'): Reader =>
  (read, message) => {
    const body: Acknowledge | Snooze = {
      kind,
      alertKey: read.text('alertKey') as AlertKey,
      by: read.text('by'),
      ...(read.has('until') && { until: read.time('until') }),
    }
    const until = body.until === undefined ? '' : formatInstant(body.until)
    return { body, parts: [body.alertKey, body.by, until, sourcePart(message, body)] }
  }

/** `until` is a must: an arming without an end would be forgotten. */
const readArm: Reader = (read) => {
  const body: Arm = {
    kind: 'arm',
    projectId: read.text('projectId'),
    by: read.text('by'),
    at: read.time('at'),
    until: read.time('until'),
  }
  if (body.until <= body.at) read.fail('until', 'TIME', 'must be later than at')
  if (body.until - body.at > ARMED_MAX_MS) read.fail('until', 'RANGE', 'must be at most 7 days after at')
  return { body, parts: [body.projectId, body.by, formatInstant(body.at), formatInstant(body.until)] }
}

const readDisarm: Reader = (read) => {
  const body: Disarm = { kind: 'disarm', projectId: read.text('projectId'), by: read.text('by'), at: read.time('at') }
  return { body, parts: [body.projectId, body.by, formatInstant(body.at)] }
}

const aboveZero = (read: Fields, name: string): Nanos => {
  const amount = read.money(name)
  if (amount <= 0n) read.fail(name, 'RANGE', 'must be above 0')
  return amount
}

const atLeastZero = (read: Fields, name: string): Nanos => {
  const amount = read.money(name)
  if (amount < 0n) read.fail(name, 'RANGE', 'must not be negative')
  return amount
}

const READERS: ReadonlyMap<string, Reader> = new Map<FactBody['kind'], Reader>([
  ['grant', readGrant],
  ['void', readVoid],
  ['refund', readRefund],
  ['balance-reading', readBalance],
  ['prepayment-required', readDemand],
  ['plan', readPlan],
  ['tier', readTier],
  ['auto-reload', readAutoReload],
  ['acknowledge', readHush('acknowledge')],
  ['snooze', readHush('snooze')],
  ['arm', readArm],
  ['disarm', readDisarm],
])
