/** `node test/simulate/main.ts --seeds 2000 [--regime usage] [--quiet 10]`: coverage and leads per regime, and alarms of quiet years. */

import { parseArgs } from 'node:util'
import { type Figures, figuresOf } from './figures.ts'
import { quietYear } from './quiet-year.ts'
import { REGIMES } from './regimes.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, regime: { type: 'string' }, quiet: { type: 'string' } },
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
