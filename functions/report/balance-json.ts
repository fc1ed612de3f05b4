/** The balance JSON of an account: the public contract of design §5.3, field for field. */

import type { Episode } from '../domain/alerts.ts'
import type { ProjectBurn, Runway } from '../domain/balance.ts'
import { formatDecimal, type Nanos } from '../domain/money.ts'
import type { Feed, GrantStanding, Standing, TierStanding } from '../domain/standing.ts'
import { formatInstant } from '../domain/time.ts'
import { judgeEvidence } from '../rules/evidence.ts'

type Text = (amount: Nanos) => string

/**
 * A standing as the API, the CLI and a replay print it. Money is exact decimal text in the account's currency,
 * times are UTC, runway hours are rounded to a tenth and `null` while nothing burns; a field that does not apply
 * is absent. Grants and alerts keep the order they were given in; only firing episodes are alerts.
 */
export const balanceJson = (standing: Standing, episodes: readonly Episode[]): object => {
  const { account, balance, burn, tier, feeds, byProject } = standing
  const text: Text = (amount) => formatDecimal(amount, account.currency)
  return {
    account: account.id,
    plan: standing.plan,
    currencyCode: account.currency,
    asOf: formatInstant(standing.asOf),
    standing: standing.funded ? 'funded' : 'unfunded',
    balance: { value: text(balance.value), low: text(balance.low), high: text(balance.high) },
    overage: text(standing.overage),
    spent: spentJson(standing, text),
    burnRate: { perDay: text(burn.perDay) },
    runway: burn.perDay > 0n && standing.runway ? runwayJson(standing.runway) : null,
    grants: standing.grants.map((grant) => grantJson(grant, text)),
    tier: tierJson(tier, text),
    prepaymentRequired: judgeEvidence(standing) === 'prepayment-required',
    alerts: episodes.filter(({ status }) => status === 'firing').map(alertJson),
    sources: {
      ...(feeds.budget ? { budget: feedJson(feeds.budget) } : {}),
      ...(feeds.usage ? { usage: feedJson(feeds.usage) } : {}),
    },
    ...(byProject.length > 0 ? { projects: byProject.map((project) => projectJson(project, text)) } : {}),
  }
}

const projectJson = ({ projectId, perDay, models }: ProjectBurn, text: Text): object => {
  const named = models
    .filter(({ model }) => model !== '')
    .map((row) => ({ model: row.model, perDay: text(row.perDay) }))
  return { projectId, perDay: text(perDay), ...(named.length > 0 && { models: named }) }
}

const spentJson = ({ spent }: Standing, text: Text): object => ({
  billed: text(spent.billed),
  ...(spent.estimated === undefined ? {} : { estimated: text(spent.estimated) }),
  ...(spent.corrected === undefined ? {} : { corrected: text(spent.corrected) }),
})

const tenth = (hours: number): number => Math.round(hours * 10) / 10

const runwayJson = (runway: Runway): object => ({
  p10Hours: tenth(runway.p10Hours),
  p50Hours: tenth(runway.p50Hours),
  p90Hours: tenth(runway.p90Hours),
})

const grantJson = (grant: GrantStanding, text: Text): object => ({
  id: grant.id,
  kind: grant.kind,
  amount: text(grant.amount),
  remaining: text(grant.remaining),
  drawn: text(grant.drawn),
  expired: text(grant.expired),
  refunded: text(grant.refunded),
  voided: text(grant.voided),
  state: grant.state,
  ...(grant.expiresAt === undefined ? {} : { expiresAt: formatInstant(grant.expiresAt) }),
})

const tierJson = ({ observed, entitled, since, next }: TierStanding, text: Text): object => ({
  ...(observed === undefined ? {} : { observed }),
  entitled,
  ...(since === undefined ? {} : { since: formatInstant(since) }),
  ...(next === undefined
    ? {}
    : {
        next: {
          tier: next.tier,
          paidStillNeeded: text(next.paidStillNeeded),
          ...(next.earliestAt === undefined ? {} : { earliestAt: formatInstant(next.earliestAt) }),
        },
      }),
})

const alertJson = ({ key, rule, level, severity, openedAt }: Episode): object => ({
  key,
  rule,
  level,
  severity,
  openedAt: formatInstant(openedAt),
})

const feedJson = ({ lastAt, stale }: Feed): object => ({ lastAt: formatInstant(lastAt), stale })
