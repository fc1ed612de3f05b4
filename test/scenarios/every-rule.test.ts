/** Every rule, through the whole app: when it opens, what it does not say, and when it is told again. */

import { describe, expect, test } from 'vitest'
import { rules } from '../../functions/rules/index.ts'
import { bill } from '../support/rule-acts.ts'
import { expected, play, type Row, type RuleTable } from '../support/rule-table.ts'
import { flawsOf, lacksOf } from '../support/rule-table-flaws.ts'
import { budgetTables } from './every-rule/budgets.ts'
import { creditTables } from './every-rule/credit.ts'
import { enforcementTables } from './every-rule/enforcement.ts'
import { feedTables } from './every-rule/feeds.ts'
import { lookUpTables } from './every-rule/look-ups.ts'
import { paymentTables } from './every-rule/payments.ts'
import { refusalTables } from './every-rule/refusals.ts'
import { tierTables } from './every-rule/tiers.ts'

const tables: readonly RuleTable[] = [
  ...creditTables,
  ...paymentTables,
  ...refusalTables,
  ...tierTables,
  ...lookUpTables,
  ...budgetTables,
  ...feedTables,
  ...enforcementTables,
]
const named = tables.map((table) => ({ name: [table.rule, table.about ?? []].flat().join(', '), table }))

describe('people are told what the table says, hour by hour', () => {
  test.each(named)('$name', async ({ table }) => {
    const { lines, told } = await play(table)
    expect(lines).toEqual(expected(table))
    const openings = told.filter(({ step }) => step === 'firing').map(({ alertKey }) => alertKey)
    expect(new Set(openings).size).toBe(openings.length)
  })
})

describe('the tables are whole', () => {
  test('every rule of the registry has one, and every table a rule', () => {
    const registry = rules.map(({ name }) => name)
    const shown = tables.filter(({ about }) => about === undefined).map(({ rule }) => rule)
    expect(shown.toSorted()).toEqual(registry.toSorted())
    expect(tables.map(({ rule }) => rule).filter((rule) => !registry.includes(rule))).toEqual([])
  })

  test.each(named)('$name: each row shows what it says', ({ table }) => {
    expect(flawsOf(table)).toEqual([])
  })

  test.each(rules)('$name: opened, silent, repeated or told once, resolved, opened anew', (rule) => {
    const table = tables.find((each) => each.rule === rule.name && each.about === undefined)
    expect(table ? lacksOf(table, rule) : ['a table']).toEqual([])
  })
})

describe('the check sees what a table leaves out', () => {
  const act = bill(1)
  const ROWS: readonly Row[] = [
    { at: 1, act, shows: 'opens', expect: ['firing warning 50%'] },
    { at: 2, act, shows: 'again', expect: [] },
    { at: 24.9, shows: 'too soon', expect: [] },
    { at: 25, shows: 'repeats', expect: ['repeat warning 50%'] },
    { at: 26, act, shows: 'resolves', expect: ['resolved warning 50%'] },
    { at: 27, act, shows: 'disarmed', expect: [] },
    { at: 28, act, shows: 're-armed', expect: [] },
    { at: 29, act, shows: 'opens anew', expect: ['firing warning 50%'] },
  ]
  const rule = { name: 'credit-low', aboutCredit: true, evaluate: () => [] }
  const table = (rows: readonly Row[], over: Partial<RuleTable> = {}): RuleTable => ({
    rule: 'credit-low',
    rows,
    ...over,
  })

  test('a whole one lacks nothing', () => {
    expect(flawsOf(table(ROWS))).toEqual([])
    expect(lacksOf(table(ROWS), rule)).toEqual([])
  })

  test.each(ROWS)('without the row that shows “$shows”', ({ shows }) => {
    expect(lacksOf(table(ROWS.filter((row) => row.shows !== shows)), rule)).toContain(shows)
  })

  test.each<[index: number, changed: Partial<Row>, flaw: string]>([
    [0, { expect: [] }, '1 h is not "opens"'],
    [1, { expect: ['repeat warning 50%'] }, '2 h is not "again"'],
    [2, { act }, '24.9 h is not "too soon"'],
    [2, { at: 20 }, '25 h is not "repeats"'],
    [3, { at: 24.95 }, '24.95 h is not "repeats"'],
    [3, { expect: ['repeat info'] }, '25 h is not "repeats"'],
    [4, { expect: [] }, '26 h is not "resolves"'],
    [5, { expect: ['firing warning 50%'] }, '27 h is not "disarmed"'],
    [6, { at: 20 }, '20 h comes after 27 h'],
    [7, { expect: ['firing warning 50%', 'firing warning 50%'] }, '29 h is not "opens anew"'],
  ])('row %i changed to %j', (index, changed, flaw) => {
    expect(flawsOf(table(ROWS.map((row, place) => (place === index ? { ...row, ...changed } : row))))).toContain(flaw)
  })

  test('news nobody brings is no news', () => {
    const [opens, , ...rest] = ROWS
    const nothing: Row = { at: 2, shows: 'again', expect: [] }
    expect(flawsOf(table(opens ? [opens, nothing, ...rest] : []))).toEqual(['2 h is not "again"'])
  })

  test('a notice repeats and resolves nothing; what is told once has an end', () => {
    const notice = { notice: 'it stays' }
    expect(lacksOf(table(ROWS, notice), rule)).toEqual(['never again', 'a notice without an end'])
    expect(lacksOf(table(ROWS, { once: 'enough' }), rule)).toEqual(['never again'])
    expect(lacksOf(table(ROWS), { ...rule, notice: true })).toEqual(['why it is a notice'])
  })
})
