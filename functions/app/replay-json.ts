/** What a replay came to, as JSON: the public contract of design §5.4, field for field. */

import { formatInstant } from '../domain/time.ts'
import { balanceJson } from '../report/balance-json.ts'
import type { ReplayAlert, Replayed } from './replay.ts'

/** Accounts as the status API shows them, alerts in the order they happened; times are UTC, money is decimal text. */
export const replayJson = ({ views, alerts, quarantined, counts }: Replayed): object => ({
  accounts: Object.fromEntries(
    [...views].map(([id, { standing, episodes }]) => [id, balanceJson(standing, episodes)] as const),
  ),
  alerts: alerts.map(alertJson),
  quarantined,
  counts,
})

const alertJson = ({ account, transition }: ReplayAlert): object => ({
  at: formatInstant(transition.at),
  account,
  rule: transition.episode.rule,
  level: transition.episode.level,
  state: transition.step,
  severity: transition.episode.severity,
  title: transition.words.title,
  key: transition.episode.key,
})
