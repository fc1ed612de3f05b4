/** The table of one rule: hour by hour what happens and what people are told, played through the real app. */

import { openLookUps } from '../../functions/app/look-up.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import type { AccountSettings } from '../../functions/domain/standing.ts'
import { openTestApp } from './app.ts'
import { billingOf, startBilling } from './billing-server.ts'
import type { Act, Scene } from './rule-acts.ts'
import { inShort, storyIn } from './scenario.ts'

/** What a row is there to show; `flawsOf` in rule-table-flaws.ts holds it against the row. */
export type Shows =
  | 'opens'
  | 'again'
  | 'too soon'
  | 'repeats'
  | 'never again'
  | 'resolves'
  | 'disarmed'
  | 're-armed'
  | 'opens anew'

/** One hour of a table. */
export type Row = {
  /** Hours since the story began. */
  readonly at: number
  readonly act?: Act
  readonly shows?: Shows
  /** Told since the row before: step, severity and, where the rule has several, level. */
  readonly expect: readonly string[]
}

/** A story of one rule, and what excuses it from showing all that a story shows. */
export type RuleTable = {
  readonly rule: string
  /** Which of several tables of the rule it is; the first has none and must be whole. */
  readonly about?: string
  readonly account?: Partial<AccountSettings>
  /** Asks a server that speaks the Cloud Billing API at every evaluation. */
  readonly asksGoogle?: true
  /** Why it is told once per subject and has no end. */
  readonly notice?: string
  /** Why it is not repeated while it lasts. */
  readonly once?: string
  /** Why no correction can end it: only for rules about credit. */
  readonly uncorrected?: string
  readonly rows: readonly Row[]
}

/** Line by line what was told, beside what each row is to show; rejects where a row's act does. */
export const play = async (
  table: RuleTable,
): Promise<{ readonly lines: readonly string[]; readonly told: readonly Message[] }> => {
  const { scene, close } = await sceneOf(table)
  const { at } = storyIn(scene.app, table.rule)
  const lines: string[] = []
  const told: Message[] = []
  try {
    for (const row of table.rows) {
      const messages = await at(row.at, async () => row.act?.(scene))
      told.push(...messages)
      lines.push(lineOf(row, messages.map(inShort)))
    }
  } finally {
    await close()
  }
  return { lines, told }
}

/** What the table says should be told. */
export const expected = ({ rows }: RuleTable): readonly string[] => rows.map((row) => lineOf(row, row.expect))

const lineOf = ({ at, shows }: Row, told: readonly string[]): string =>
  `${at} h, ${shows ?? 'meanwhile'}: ${told.length === 0 ? 'nothing' : told.join(' + ')}`

const CALL_MS = 2_000

const sceneOf = async ({
  account,
  asksGoogle,
}: RuleTable): Promise<{ readonly scene: Scene; readonly close: () => Promise<void> }> => {
  const app = openTestApp(account)
  if (!asksGoogle) return { scene: { app }, close: async () => undefined }
  const google = await startBilling()
  const lookUp = billingOf(google, CALL_MS)
  return {
    scene: { app: { ...app, deps: { ...app.deps, lookUps: openLookUps(lookUp) } }, google },
    close: async () => {
      await lookUp.close()
      await google.close()
    },
  }
}
