import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The control of the laws: break one line of the ledger, and a law or a case must fail. */
const ROOT = join(import.meta.dirname, '../..')
const MUTANTS: readonly (readonly [claim: string, file: string, from: string, to: string])[] = [
  [
    'drawdown is the difference between readings',
    'timeline.ts',
    'const delta = cost - (before ?? 0n)',
    'const delta = cost',
  ],
  ['the latest reading by source time stands', 'timeline.ts', 'believed.sort(compareSource)', 'believed'],
  [
    'one reading stands per instant',
    'timeline.ts',
    '.filter((fact, index, all) => !sameInstant(fact, all[index + 1]))',
    '',
  ],
  [
    'an old month is drawn before the new one',
    'timeline.ts',
    'const at = newer ?? fact.provenance.source.ms',
    'const at = fact.provenance.source.ms',
  ],
  [
    'a cost below zero counts as zero',
    'timeline.ts',
    'const cost = reported < 0n ? 0n : reported',
    'const cost = reported',
  ],
  [
    'grants start before spend at one instant',
    'timeline.ts',
    'start: 1, refund: 2, end: 3, spend: 4',
    'start: 5, refund: 2, end: 3, spend: 4',
  ],
  [
    'facts in the past fold afresh',
    'book.ts',
    'if (this.#dirty || (last && !isDue(last))) this.#rebuild()',
    'if (last && !isDue(last)) this.#rebuild()',
  ],
  [
    'an event never lands behind what was applied',
    'book.ts',
    'if (last && events.some((event) => compareEvents(event, last) <= 0)) return false',
    '',
  ],
  ['a grant that was missed is judged again', 'book.ts', ' || this.#wasMissed(fact.body.grantId)', ''],
  [
    'the earliest content of a key stands',
    'facts-of.ts',
    'compareSource(fact, first) < 0',
    'compareSource(fact, first) > 0',
  ],
  ['drawdown leaves the grant', 'lots.ts', 'lot.remaining -= taken', 'lot.remaining -= 0n'],
  [
    'what returns to an ended grant ends with it',
    'lots.ts',
    "if (lot.ended === 'expired') lot.expired += amount",
    "if (lot.ended === 'expired') lot.remaining += amount",
  ],
  ['an ended grant keeps nothing', 'lots.ts', '  lot.remaining = 0n\n}', '}'],
  ['burn order looks at expiry', 'lots.ts', 'compareExpiry(a.expiresAt, b.expiresAt) ||', ''],
  ['a purchase pays what was owed', 'fold.ts', '  repay(state, lot)\n', ''],
  [
    'a balance reading is not billed twice',
    'fold.ts',
    'const fresh = event.delta - seenEarly',
    'const fresh = event.delta',
  ],
  [
    'an undone early draw is no longer early',
    'draws.ts',
    'if (draw.early) draw.early.amount = maxNanos(0n, draw.early.amount - part)',
    '',
  ],
  ['a correction undoes drawdown', 'draws.ts', 'rest -= undo(state, newest, rest)', 'rest -= rest'],
  [
    'promotional credit burns only beside prepaid',
    'draws.ts',
    'if (!early && state.active.some((lot) => !isApart(lot, plan)))',
    'if (!early)',
  ],
  [
    'a refund above the rest is set aside',
    'fold.ts',
    'else if (fact.body.amount > lot.remaining)',
    'else if (fact.body.amount < 0n)',
  ],
  [
    'the earliest usage of a key stands',
    'usage-leaves.ts',
    'const won = compareSource(fact, before) < 0',
    'const won = compareSource(fact, before) > 0',
  ],
  [
    'a leaf that grew is written anew',
    'checkpoint.ts',
    'if (leaf.page !== undefined && !leaf.dirty)',
    'if (leaf.page !== undefined)',
  ],
  ['a page that is added to keeps what it held', 'fact-pages.ts', 'let text = facts.open', "let text = ''"],
  [
    'a depletion outlives a checkpoint',
    'checkpoint.ts',
    'depletion ? rowOf(depletion) : null',
    'depletion ? null : null',
  ],
  [
    'beaten contents are recognised after a checkpoint',
    'usage-leaves.ts',
    'const added = [entry.winner, ...entry.beaten].map',
    'const added = [entry.winner].map',
  ],
  [
    'spend by project outlives a checkpoint',
    'checkpoint.ts',
    'fillBurners(usage.burners, body.projects)',
    'fillBurners(usage.burners, body.projects.slice(1))',
  ],
  [
    'spend of an earlier hour reaches the sums after it',
    'running-sum.ts',
    'before[later] = (before[later] ?? 0n) + amount',
    'before[later] = before[later] ?? 0n',
  ],
  [
    'usage lowers value',
    'bounds.ts',
    'const value = floored(high - judged(unbilled), plan, high)',
    'const value = high',
  ],
  [
    'drift lowers low',
    'bounds.ts',
    'const drift = covered && driftBy ? judged(driftBy.most) - judged(unbilled) : 0n',
    'const drift = 0n',
  ],
  [
    'the measured lag sets which usage is settled',
    'estimate.ts',
    'inputs.lag?.typicalMs ?? FEED_LAG_MS',
    'FEED_LAG_MS',
  ],
  ['a day has one close', 'fold-state.ts', '    state.closes.pop()', '    state.closes.length += 0'],
  [
    'a period that began to be billed before usage tells no delay',
    'lag.ts',
    'usageFrom <= heardAt + HOUR_MS',
    'usageFrom > 0',
  ],
  ['some of the bill comes late', 'unbilled.ts', 'const TAIL_DIVISOR = 4n', 'const TAIL_DIVISOR = 400n'],
  ['what expires on the way is lost', 'runway.ts', 'for (const place of places) empty(pots, place)', ''],
  ['a fast past shortens p10', 'runway.ts', 'const FAST_SHARE = 0.1', 'const FAST_SHARE = 0.9'],
  ['lag lowers low', 'bounds.ts', 'BigInt(lagMs), BigInt(DAY_MS)', '0n, BigInt(DAY_MS)'],
  [
    'a first reading is spread from its period’s start',
    'burn.ts',
    'began >= from || to === began ? amount',
    'began >= 0 ? amount',
  ],
  [
    'the factor scales what is not billed',
    'growth.ts',
    'spent(since, to) * factor.billed',
    'spent(since, to) * factor.estimated',
  ],
  [
    'a late bill of what a balance reading saw is no growth',
    'growth.ts',
    ' + (anchor?.early.get(period.from) ?? 0n)',
    '',
  ],
  [
    'a reading is held against what calls were ahead by then',
    'drift.ts',
    '(anchor.over - ahead) * MILLION',
    'anchor.over * MILLION',
  ],
  [
    'no share is above everything',
    'drift.ts',
    'minNanos(shares.reduce(maxNanos, 0n), MILLION)',
    'shares.reduce(maxNanos, 0n)',
  ],
  ['silence ends in idleness', 'silence.ts', 'Math.min(now - (spendAt ?? now), SPAN_MAX_MS)', 'now - (spendAt ?? now)'],
  ['one dear hour is no flow', 'silence.ts', 'const [, dear = 0n] = busy', 'const [dear = 0n] = busy'],
  [
    'a rush in one week is no habit',
    'week-shape.ts',
    'const medians = spent.map(median)',
    'const medians = spent.map(sum)',
  ],
  [
    'credit lasts over idle hours',
    'runway.ts',
    'lastsMs(way.shape, way.now, share(',
    'lastsMs(undefined, way.now, share(',
  ],
  ['a rush that goes on shortens p10', 'runway.ts', 'if (!calls || !shape) return 0n', 'return 0n'],
  [
    'calls that show everything set the burn',
    'burn.ts',
    'burnByCalls(inputs, windowMs) ?? burnByBill',
    'undefined ?? burnByBill',
  ],
]

describe('every broken line of the ledger is noticed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-mutants-'))
  const ledger = (file: string): string => join(folder, 'functions/ledger', file)
  const survives = (): boolean => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const run = spawnSync(process.execPath, [vitest, 'run', '--root', folder, '--reporter', 'dot', '--bail', '1'], {
      cwd: folder,
      env: { ...process.env, LAW_RUNS: '250' },
      encoding: 'utf8',
    })
    return run.status === 0
  }

  beforeAll(() => {
    cpSync(join(ROOT, 'functions'), join(folder, 'functions'), { recursive: true })
    for (const path of [
      'test/support/facts.ts',
      'test/laws/ledger.laws.test.ts',
      'test/laws/checkpoint.laws.test.ts',
      'test/ledger/standing.test.ts',
      'test/ledger/lag.test.ts',
      'test/ledger/drift.test.ts',
      'test/ledger/week-shape.test.ts',
      'test/ledger/burn.test.ts',
      'test/ledger/runway.test.ts',
      'package.json',
    ])
      cpSync(join(ROOT, path), join(folder, path), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('control: the ledger as it is passes', { timeout: 60_000 }, () => {
    expect(survives()).toBe(true)
  })

  test.each(MUTANTS)('%s', { timeout: 60_000 }, (_, file, from, to) => {
    const source = readFileSync(ledger(file), 'utf8')
    expect(source.split(from)).toHaveLength(2)
    try {
      writeFileSync(ledger(file), source.replace(from, to))
      expect(survives()).toBe(false)
    } finally {
      writeFileSync(ledger(file), source)
    }
  })
})
