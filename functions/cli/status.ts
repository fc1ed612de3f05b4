/** `drawdown status`: how the accounts stand. */

import { Command } from 'commander'
import type { AccountView } from '../app/desk.ts'
import { type Answer, answer } from './answer.ts'
import { accountOf, withApp } from './session.ts'
import type { Terminal } from './terminal.ts'
import { accountWord } from './words.ts'

/** Every account, or one with its open alerts. */
export const statusCommand = (terminal: Terminal): Command => {
  const command = new Command('status')
    .description('show balances, bounds, runway and open alerts')
    .argument('[account]', 'billing account id (default: all)', accountWord)
  return answer(terminal, command, ([account]) => status(terminal, account))
}

const status = (terminal: Terminal, account: string | undefined): Promise<Answer> =>
  withApp(terminal, {}, async ({ config, desk }) => {
    const wanted = account === undefined ? config.accounts : [accountOf(config.accounts, accountWord(account))]
    const views: AccountView[] = []
    for (const { id } of wanted) views.push(await desk.view(id))
    const { balanceJson } = await import('../report/balance-json.ts')
    const bodies = views.map(
      ({ standing, episodes }) => [standing.account.id, balanceJson(standing, episodes)] as const,
    )
    const json = account === undefined ? { accounts: Object.fromEntries(bodies) } : bodies[0]?.[1]
    return { json, text: await statusText(terminal, views, account !== undefined) }
  })

const statusText = async (terminal: Terminal, views: readonly AccountView[], isOne: boolean): Promise<string> => {
  const { standingTable } = await import('./standing-table.ts')
  const head = standingTable(terminal, views)
  if (!isOne) return head
  const { alertTable, openAlerts } = await import('./alert-table.ts')
  const open = views.flatMap((view) => openAlerts(view.standing.account, view.episodes))
  return `${head}\n\n${open.length === 0 ? 'No open alerts.' : alertTable(terminal, open)}`
}
