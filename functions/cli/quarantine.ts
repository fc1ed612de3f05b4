/** `drawdown quarantine list`: what could not be read, and what the ledger would not believe. */

import { Command } from 'commander'
import { REASONS } from '../domain/errors.ts'
import type { SetAside } from '../domain/standing.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import type { Quarantined } from '../store/store.ts'
import type { App } from '../wire.ts'
import { answer } from './answer.ts'
import { withApp } from './session.ts'
import type { Terminal } from './terminal.ts'

const LISTED_MAX = 200
/** The whole sample, up to 4 kB, stays in the store. */
const SAMPLE_MAX = 200

/** The group of commands about the quarantine. */
export const quarantineCommand = (terminal: Terminal): Command => {
  const list = new Command('list').description(
    `list the newest ${LISTED_MAX} inputs that were set aside, newest first, with the reason`,
  )
  return new Command('quarantine').description('list inputs that were set aside').addCommand(
    answer(terminal, list, () =>
      withApp(terminal, {}, async (app) => {
        const entries = await entriesOf(app)
        return { json: { quarantined: entries.map(entryJson) }, text: await textOf(terminal, entries) }
      }),
    ),
  )
}

type Entry = Pick<Quarantined, 'account' | 'reason' | 'detail' | 'sample' | 'at'>

/** Quarantined on arrival, and set aside by the fold because other facts contradict it. */
const entriesOf = async ({ config, deps, desk }: App): Promise<readonly Entry[]> => {
  const entries: Entry[] = [...(await deps.store.quarantine({ limit: LISTED_MAX }))]
  for (const { id } of config.accounts) entries.push(...(await desk.view(id)).standing.setAside.map(asEntry))
  return entries.sort((a, b) => b.at - a.at).slice(0, LISTED_MAX)
}

const asEntry = ({ fact, reason }: SetAside): Entry => ({
  account: fact.account,
  reason,
  detail: `set aside: ${fact.body.kind}`,
  sample: fact.key,
  at: fact.provenance.source.ms satisfies Instant,
})

const entryJson = ({ account, reason, detail, sample, at }: Entry): object => ({
  at: formatInstant(at),
  account,
  reason,
  meaning: REASONS[reason],
  detail,
  sample: sample.slice(0, SAMPLE_MAX).toWellFormed(),
})

const COLUMNS = ['WHEN', 'ACCOUNT', 'REASON', 'DETAIL', 'SAMPLE'].map((title) => ({ title }))

const textOf = async (terminal: Terminal, entries: readonly Entry[]): Promise<string> => {
  if (entries.length === 0) return 'Nothing is in quarantine.'
  const { table } = await import('../report/table.ts')
  const rows = entries.map(({ account, reason, detail, sample, at }) => [
    formatInstant(at),
    account,
    reason,
    detail,
    sample,
  ])
  return table(COLUMNS, rows, (line) => terminal.paint('bold', line))
}
