/** `npm run bench [-- NAME… --rounds N --seconds S --full]`: runs the benches one after the other and prints one table. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, BenchOptions, Row } from './bench.ts'
import { versions } from './machine.ts'

/** Loaded one by one: a bench must not weigh on its neighbours. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  usage: () => import('./usage.bench.ts'),
  cold: () => import('./cold.bench.ts'),
  memory: () => import('./memory.bench.ts'),
  history: () => import('./history.bench.ts'),
  replay: () => import('./replay.bench.ts'),
  latency: () => import('./latency.bench.ts'),
}

const ROUNDS = '3'
const SECONDS = '1.5'

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: ROUNDS },
      seconds: { type: 'string', default: SECONDS },
      full: { type: 'boolean', default: false },
    },
  })
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name))
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
  if (unknown.length > 0) throw new Error(`no such bench: ${unknown}. There are ${Object.keys(BENCHES).join(', ')}.`)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number above 0')
  if (!(seconds > 0)) throw new Error('--seconds must be a number above 0')

  const folder = mkdtempSync(join(tmpdir(), 'drawdown-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES)
  const rows: Row[] = []
  for (const name of names) rows.push(...(await rowsOf(name, { rounds, seconds, full: values.full, folder, say })))
  process.stdout.write(`${versions()}\n${rounds} rounds of ${seconds} s; medians (min–max)\n\n${table(rows)}\n`)
}

/** A bench that fails makes the run fail, and the others still run. */
const rowsOf = async (name: string, options: BenchOptions): Promise<readonly Row[]> => {
  const startedAt = performance.now()
  try {
    const load = BENCHES[name]
    const rows = load ? await (await load()).bench(options) : []
    options.say(`${name}: ${Math.round((performance.now() - startedAt) / 1_000)} s`)
    return rows
  } catch (error) {
    process.exitCode = 1
    options.say(`${name} FAILED: ${error instanceof Error ? error.stack : error}`)
    const [why] = String(error instanceof Error ? error.message : error).split('\n')
    return [{ what: name, measured: `FAILED: ${why}`, goal: '', verdict: '' }]
  }
}

const table = (rows: readonly Row[]): string => {
  const cells = [
    ['what', 'measured', 'goal', ''],
    ...rows.map((row) => [row.what, row.measured, row.goal, row.verdict]),
  ]
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Whatever a failed bench left open must not keep the run from ending. */
main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  },
)
