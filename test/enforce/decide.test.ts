import { describe, expect, test } from 'vitest'
import type { Episode } from '../../functions/domain/alerts.ts'
import type { Arm, Enforcement } from '../../functions/domain/enforcement.ts'
import type { AccountId, AlertKey } from '../../functions/domain/keys.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { decide, linkRefusal } from '../../functions/enforce/decide.ts'
import type { EnforceSettings } from '../../functions/enforce/ladder.ts'
import { episode } from '../support/episode.ts'
import { AS_OF, standing } from '../support/standing.ts'

const ladder = (over: Partial<EnforceSettings['projects'][string]> = {}): EnforceSettings => ({
  armed: true,
  projects: {
    'my-batch': {
      steps: ['unlink-billing'],
      when: { rule: ['credit-exhausted'], severity: ['critical'] },
      ...over,
    },
  },
})

const gone = (over: Partial<Episode> = {}): Episode =>
  episode({ rule: 'credit-exhausted', level: '', severity: 'critical', title: 'Credit is gone', ...over })

const arm = (over: Partial<Arm> = {}): Omit<Arm, 'kind'> => ({
  ...{ projectId: 'my-batch', by: 'ada', at: AS_OF - 2 * HOUR_MS, until: AS_OF + DAY_MS },
  ...over,
})

const entry = (over: Partial<Enforcement> = {}): Enforcement => ({
  kind: 'enforcement',
  phase: 'done',
  alertKey: 'k1' as AlertKey,
  rule: 'credit-exhausted',
  because: 'Credit is gone',
  projectId: 'my-batch',
  step: 'unlink-billing',
  mode: 'act',
  attempt: 1,
  by: 'drawdown',
  note: '',
  at: AS_OF - 30 * MINUTE_MS,
  ...over,
})

type Case = {
  readonly settings?: EnforceSettings
  readonly episodes?: readonly Episode[]
  readonly arms?: readonly Omit<Arm, 'kind'>[]
  readonly record?: readonly Enforcement[]
  readonly host?: { readonly armed: boolean; readonly own: readonly string[] }
}

/** Each verdict in one line. */
const lines = ({ settings = ladder(), episodes = [gone()], arms = [arm()], record = [], host }: Case = {}) =>
  decide({
    standing: standing({ enforcement: { arms, record } }),
    episodes,
    settings,
    host: host ?? { armed: true, own: ['my-finops'] },
    now: AS_OF,
  }).map((verdict) => {
    const { kind, projectId } = verdict
    if (kind === 'act') {
      const { step, mode, attempt } = verdict.order
      return [mode, step, 'of', projectId, 'attempt', attempt, verdict.unarmed ?? 'armed'].join(' ')
    }
    if (kind === 'quiet') return `${projectId} quiet`
    if (kind === 'refused') return `${projectId} refused: ${verdict.why}${verdict.order ? ', to be recorded' : ''}`
    return `${projectId} ${verdict.step} ${kind}: ${kind === 'waits' ? verdict.why : verdict.phase}`
  })

const ACT = ['act unlink-billing of my-batch attempt 1 armed']
const rehearsed = (why: string) => [`rehearse unlink-billing of my-batch attempt 1 ${why}`]

describe('arming takes both steps', () => {
  test.each<[string, Case, readonly string[]]>([
    ['with both it acts', {}, ACT],
    ['without the configuration', { settings: { ...ladder(), armed: false } }, rehearsed('configuration')],
    ['without the function', { host: { armed: false, own: ['my-finops'] } }, rehearsed('function')],
    ['without an operator', { arms: [] }, rehearsed('operator')],
    [
      'with an arming of another project',
      { arms: [arm({ projectId: 'my-app' })] },
      [...rehearsed('operator'), 'my-app refused: not-allowed'],
    ],
    [
      'with an arming that is dated ahead',
      { arms: [arm({ at: AS_OF + 60_001, until: AS_OF + 90_000 })] },
      rehearsed('operator'),
    ],
    ['with one whose clock is ahead by a minute', { arms: [arm({ at: AS_OF + 60_000, until: AS_OF + 90_000 })] }, ACT],
    ['at the very end of an arming', { arms: [arm({ until: AS_OF })] }, rehearsed('expired')],
    ['a millisecond before it', { arms: [arm({ until: AS_OF + 1 })] }, ACT],
  ])('%s', (_, given, expected) => {
    expect(lines(given)).toEqual(expected)
  })

  test('the order names who armed it, the alert and why', () => {
    const [verdict] = decide({
      standing: standing({ enforcement: { arms: [arm()], record: [] } }),
      ...{ episodes: [gone()], settings: ladder(), host: { armed: true, own: ['my-finops'] }, now: AS_OF },
    })
    expect(verdict).toMatchObject({
      order: { armedBy: 'ada', alertKey: 'k1', rule: 'credit-exhausted', because: 'Credit is gone' },
    })
  })
})

describe('some projects are never touched', () => {
  test.each<[string, Case, readonly string[]]>([
    [
      'the alerter’s own',
      { host: { armed: true, own: ['my-batch'] } },
      ['my-batch refused: hosts-alerter, to be recorded'],
    ],
    [
      'one of several names of it',
      { host: { armed: true, own: ['x', 'my-batch'] } },
      ['my-batch refused: hosts-alerter, to be recorded'],
    ],
    [
      'any, while the host is not known',
      { host: { armed: true, own: [] } },
      ['my-batch refused: host-unknown, to be recorded'],
    ],
    [
      'its own, also in a rehearsal',
      { arms: [], host: { armed: true, own: ['my-batch'] } },
      ['my-batch refused: hosts-alerter, to be recorded'],
    ],
    ['one not on the list', { settings: { armed: true, projects: {} } }, ['my-batch refused: not-allowed']],
    [
      'one of another account',
      { settings: { armed: true, projects: {} }, arms: [arm({ projectId: 'other' })] },
      ['other refused: not-of-account'],
    ],
  ])('%s', (_, given, expected) => {
    expect(lines(given)).toEqual(expected)
  })

  test('a refusal is recorded once for an alert', () => {
    const host = { armed: true, own: ['my-batch'] }
    expect(lines({ host, record: [entry({ phase: 'refused' })] })).toEqual(['my-batch unlink-billing settled: refused'])
  })
})

describe('only an open alert of the list asks for it', () => {
  test.each<[string, readonly Episode[]]>([
    ['none', []],
    ['another rule', [gone({ rule: 'credit-low' })]],
    ['a milder severity', [gone({ severity: 'warning' })]],
    ['one that is over', [gone({ status: 'resolved' })]],
    ['a notice', [gone({ status: 'told' })]],
    ['one about another project', [gone({ scope: 'my-app' })]],
  ])('%s', (_, episodes) => {
    expect(lines({ episodes })).toEqual(['my-batch quiet'])
  })

  test('one about this project does', () => {
    expect(lines({ episodes: [gone({ scope: 'my-batch' })] })).toEqual(ACT)
  })
})

describe('what was tried counts', () => {
  const ago = (minutes: number) => AS_OF - minutes * MINUTE_MS
  test.each<[string, readonly Enforcement[], readonly string[]]>([
    ['done', [entry({ phase: 'begun' }), entry()], ['my-batch unlink-billing settled: done']],
    ['done for another alert', [entry({ alertKey: 'k0' as AlertKey })], ['my-batch unlink-billing settled: done']],
    ['refused for this alert', [entry({ phase: 'refused' })], ['my-batch unlink-billing settled: refused']],
    ['refused for another alert', [entry({ phase: 'refused', alertKey: 'k0' as AlertKey })], ACT],
    [
      'refused before it was armed anew',
      [entry({ phase: 'refused', at: ago(121) })],
      ['act unlink-billing of my-batch attempt 2 armed'],
    ],
    ['only rehearsed', [entry({ mode: 'rehearse' })], ACT],
    ['begun a moment ago', [entry({ phase: 'begun', at: ago(1) })], ['my-batch unlink-billing waits: in-flight']],
    [
      'begun, and never heard of again',
      [entry({ phase: 'begun', at: ago(2) })],
      ['act unlink-billing of my-batch attempt 2 armed'],
    ],
    [
      'failed',
      [entry({ phase: 'begun' }), entry({ phase: 'failed' })],
      ['act unlink-billing of my-batch attempt 2 armed'],
    ],
    ['undone since the alert opened', [entry(), entry({ phase: 'undone', at: ago(5) })], ['my-batch quiet']],
  ])('%s', (_, record, expected) => {
    expect(lines({ record })).toEqual(expected)
  })

  test('the sixth failure is the last, until it is armed anew', () => {
    const record = [1, 2, 3, 4, 5, 6].flatMap((attempt) => [
      entry({ phase: 'begun', attempt }),
      entry({ phase: 'failed', attempt }),
    ])
    expect(lines({ record: record.slice(0, 10) })).toEqual(['act unlink-billing of my-batch attempt 6 armed'])
    expect(lines({ record })).toEqual(['my-batch unlink-billing settled: failed'])
    expect(lines({ record, arms: [arm({ at: AS_OF })] })).toEqual(['act unlink-billing of my-batch attempt 7 armed'])
  })

  test('an alert that opened after the undo asks again', () => {
    const record = [entry(), entry({ phase: 'undone', at: ago(5) })]
    expect(lines({ record, episodes: [gone({ key: 'k2' as AlertKey, openedAt: ago(4) })] })).toEqual(ACT)
  })
})

describe('the ladder', () => {
  const both = ladder({ steps: ['unlink-billing', 'disable-api'] })
  const first = (minutes: number) =>
    (['begun', 'done'] as const).map((phase) => entry({ step: 'disable-api', phase, at: AS_OF - minutes * MINUTE_MS }))

  test('the gentlest step comes first, and alone', () => {
    expect(lines({ settings: both })).toEqual(['act disable-api of my-batch attempt 1 armed'])
  })

  test.each([
    [59, 'my-batch unlink-billing waits: one-an-hour'],
    [60, 'act unlink-billing of my-batch attempt 1 armed'],
  ])('%i minutes later', (minutes, expected) => {
    expect(lines({ settings: both, record: first(minutes) })).toEqual(['my-batch disable-api settled: done', expected])
  })

  test('all steps are rehearsed at once', () => {
    expect(lines({ settings: both, arms: [] })).toEqual([
      'rehearse disable-api of my-batch attempt 1 operator',
      'rehearse unlink-billing of my-batch attempt 1 operator',
    ])
  })
})

test('a project that is billed elsewhere is left alone', () => {
  const [mine, other] = ['01D4EE-079462-DFD6EC', '0A1B2C-3D4E5F-6A7B8C'] as AccountId[]
  expect(mine && linkRefusal(mine, mine)).toBeUndefined()
  expect(mine && linkRefusal(mine, other)).toContain('0A1B2C-3D4E5F-6A7B8C')
  expect(mine && linkRefusal(mine, undefined)).toContain('no billing account')
})
