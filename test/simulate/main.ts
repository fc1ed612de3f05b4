/** `node test/simulate/main.ts --seeds 2000 [--regime usage] [--quiet 10] [--outage]`: coverage and leads per regime, alarms of quiet years, and a day with a dead channel. */

import { parseArgs } from 'node:util'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { type Figures, figuresOf } from './figures.ts'
import { playOutage } from './outage.ts'
import { outageFigures, outageText } from './outage-figures.ts'
import { quietYear } from './quiet-year.ts'
import { REGIMES } from './regimes.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    regime: { type: 'string' },
    quiet: { type: 'string' },
    outage: { type: 'boolean' },
  },
})
const seeds = Number(values.seeds ?? 60)

const percent = (part: number): string => `${(part * 100).toFixed(1)}%`
const hours = (count: number): string => `${count.toFixed(1)}h`

const lineOf = (figures: Figures): string =>
  [
    figures.regime.padEnd(27),
    `n=${figures.evaluations}`,
    `within ${percent(figures.within)}`,
    `(from day 3 ${percent(figures.withinAfterDay3)})`,
    `below low ${percent(figures.belowLow)}`,
    `above high ${percent(figures.aboveHigh)}`,
    `width ${hours(figures.widthMedian)}`,
    `|value error| ${hours(figures.errorMedian)} p95 ${hours(figures.error95)}`,
    `runway >=p10 ${percent(figures.runway.p10)} >=p50 ${percent(figures.runway.p50)} <=p90 ${percent(figures.runway.p90)}`,
  ].join('  ')

if (values.outage) {
  for (const [name, isDown] of [
    ['every channel works', false],
    ['ops-chat is down for 24 hours', true],
  ] as const)
    process.stdout.write(
      `${name}\n${outageText(outageFigures(await playOutage(openSqliteStore(':memory:'), isDown)))}\n`,
    )
  process.exit(0)
}

for (const regime of REGIMES.filter(({ name }) => name.includes(values.regime ?? ''))) {
  const figures = figuresOf(regime, seeds)
  process.stdout.write(`${lineOf(figures)}\n`)
  for (const lead of figures.leads)
    process.stdout.write(
      `    ${lead.level.padEnd(20)} kept ${percent(lead.kept)} of ${lead.runs}, early by ${hours(lead.earlyMedian)} p95 ${hours(lead.early95)}\n`,
    )
}

for (let seed = 1; seed <= Number(values.quiet ?? 0); seed += 1)
  for (const usage of [true, false]) {
    const { evaluations, critical, warning, info } = quietYear(seed, usage)
    process.stdout.write(
      `quiet year ${seed}, ${usage ? 'usage' : 'budget only'}, ${evaluations} evaluations: critical ${critical.length} [${critical}], warning ${warning.length} [${warning}], info ${info.length}\n`,
    )
  }
