/** `drawdown guard`: an exit code for scripts that are about to burn credit. */

import { Command } from 'commander'
import type { Guard, Verdict } from '../app/guard.ts'
import type { Standing } from '../domain/standing.ts'
import { type Answer, answer } from './answer.ts'
import { errorLine, oneLine } from './one-line.ts'
import { accountOf, withApp } from './session.ts'
import type { Style, Terminal } from './terminal.ts'
import { accountWord } from './words.ts'

/** Nothing but these; a wrong call is `unknown`, so that it is never mistaken for an empty account. */
export const GUARD_CODES: Readonly<Record<Verdict, number>> = { fine: 0, low: 1, out: 2, unknown: 3 }

const STYLES: Readonly<Record<Verdict, Style>> = { fine: 'green', low: 'yellow', out: 'red', unknown: 'red' }

const HELP = `
Exit codes:
  0  fine
  1  low: a credit-low or credit-runway alert is open, or the cautious balance is at or under a configured level
  2  out: nothing is left, or Google demands a prepayment
  3  unknown: no credit is recorded, no such account, the store cannot be read, or the command was not understood`

/** Prints one line why. */
export const guardCommand = (terminal: Terminal): Command => {
  const command = new Command('guard')
    .description('exit 0 if there is credit, 1 if it is low, 2 if it is out, 3 if nobody knows')
    .argument('<account>', 'billing account id', accountWord)
    .addHelpText('after', HELP)
  return answer(terminal, command, ([account = '']) => guard(terminal, accountWord(account)))
}

const guard = async (terminal: Terminal, account: string): Promise<Answer> => {
  try {
    return await withApp(terminal, {}, async ({ config, desk }) => {
      const { guardOf } = await import('../app/guard.ts')
      const view = await desk.view(accountOf(config.accounts, account).id)
      const judged = guardOf(view)
      const text = `${terminal.paint(STYLES[judged.verdict], judged.verdict)}: ${oneLine(judged.why)}`
      return { ...answerOf(account, judged, await balanceOf(view.standing)), text }
    })
  } catch (error) {
    const judged: Guard = { verdict: 'unknown', why: errorLine(error) }
    return { ...answerOf(account, judged, {}), text: '', problems: [`unknown: ${judged.why}`] }
  }
}

const answerOf = (account: string, { verdict, why }: Guard, more: object): Omit<Answer, 'text'> => ({
  json: { account, verdict, exitCode: GUARD_CODES[verdict], why, ...more },
  exitCode: GUARD_CODES[verdict],
})

const balanceOf = async ({ account, balance, funded }: Standing): Promise<object> => {
  if (!funded) return {}
  const { formatDecimal } = await import('../domain/money.ts')
  const text = (amount: bigint): string => formatDecimal(amount, account.currency)
  return {
    currencyCode: account.currency,
    balance: { value: text(balance.value), low: text(balance.low), high: text(balance.high) },
  }
}
