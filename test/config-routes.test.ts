import { describe, expect, test } from 'vitest'
import { parseConfig } from '../functions/config.ts'
import { ConfigError } from '../functions/domain/errors.ts'
import type { PlanRoute } from '../functions/outbox/route.ts'

const FILE = `accounts:
  - { id: 01D4EE-079462-DFD6EC, projects: [my-app, my-batch] }
channels:
  ops: { kind: slack, url: A }
  boss: { kind: slack, url: B }
routes:
  - `

const routeOf = (route: string): PlanRoute | undefined => parseConfig(FILE + route, 'config.yaml').routes[0]

const complaints = (route: string): readonly string[] => {
  try {
    parseConfig(FILE + route, 'config.yaml')
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message.split('\n')
  }
}

describe('a route', () => {
  test('without more says nothing of quiet hours, repeats, digests and escalation', () => {
    expect(routeOf('{ to: [ops] }')).toEqual({ when: {}, to: ['ops'] })
  })

  test('with every setting', () => {
    const text = `when: { severity: [warning, critical], project: [my-app] }
    to: [ops, ops]
    quiet: { from: "22:00", to: "07:30", timeZone: Europe/Berlin, days: [fri, sat] }
    repeat: 12h
    digest: weekly
    at: "08:15"
    on: fri
    escalate: { after: 30m, to: [boss, boss] }`
    expect(routeOf(text)).toEqual({
      when: { severity: ['warning', 'critical'], project: ['my-app'] },
      to: ['ops'],
      quiet: { fromMinute: 1_320, toMinute: 450, timeZone: 'Europe/Berlin', days: ['fri', 'sat'] },
      repeatMs: 43_200_000,
      digest: { every: 'weekly', on: 'fri', atMinute: 495 },
      escalate: { afterMs: 1_800_000, to: ['boss'] },
    })
  })

  test.each([
    ['daily', { every: 'daily', atMinute: 540 }],
    ['weekly', { every: 'weekly', on: 'mon', atMinute: 540 }],
  ])('a %s digest has an hour of its own', (every, digest) => {
    expect(routeOf(`{ to: [ops], digest: ${every} }`)?.digest).toEqual(digest)
  })

  test('a day of quiet may last until its end, and times need no quotes', () => {
    const quiet = '{ from: 00:00, to: 24:00, days: [sat, sun] }'
    expect(routeOf(`{ to: [ops], quiet: ${quiet} }`)?.quiet).toEqual({
      fromMinute: 0,
      toMinute: 1_440,
      days: ['sat', 'sun'],
    })
  })

  test.each([
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['31d', 2_678_400_000],
  ])('repeats every %s', (repeat, ms) => {
    expect(routeOf(`{ to: [ops], repeat: ${repeat} }`)?.repeatMs).toBe(ms)
  })
})

describe('a bad route says where, what, and what to write', () => {
  test.each([
    [
      '{ to: [ops], quiet: { from: 22, to: "07:00" } }',
      'routes.0.quiet.from: must be text, in quotes where it could be read as a number, got 22. Write e.g. 22:00.',
    ],
    [
      '{ to: [ops], quiet: { from: "22:00", to: "7:00" } }',
      'routes.0.quiet.to: must be a time of day from 00:00 to 24:00. Write e.g. 07:00.',
    ],
    ['{ to: [ops], quiet: { from: "22:00" } }', 'routes.0.quiet.to: is missing. Write e.g. 07:00.'],
    [
      '{ to: [ops], quiet: { from: "22:00", to: "22:00" } }',
      'routes.0.quiet.to: must leave time to tell: these hours never end. Write e.g. 07:00.',
    ],
    [
      '{ to: [ops], quiet: { from: "00:00", to: "24:00" } }',
      'routes.0.quiet.to: must leave time to tell: these hours never end. Write e.g. 07:00.',
    ],
    [
      '{ to: [ops], quiet: { from: "24:00", to: "07:00" } }',
      'routes.0.quiet.from: must be before 24:00. Write e.g. 22:00.',
    ],
    [
      '{ to: [ops], quiet: { from: "22:00", to: "07:00", timeZone: Mars } }',
      'routes.0.quiet.timeZone: must be an IANA time zone, got "Mars". Write e.g. Europe/Berlin.',
    ],
    [
      '{ to: [ops], quiet: { from: "22:00", to: "07:00", days: [monday] } }',
      'routes.0.quiet.days.0: must be mon or tue or wed or thu or fri or sat or sun, got "monday". Write e.g. ["sat", "sun"].',
    ],
    [
      '{ to: [ops], quiet: { from: "22:00", to: "07:00", day: [mon] } }',
      'routes.0.quiet.day: is not a setting here; did you mean "days"?',
    ],
    [
      '{ to: [ops], repeat: 10m }',
      'routes.0.repeat: must be a span of minutes, hours or days, from 15m to 31d, got "10m". Write e.g. 12h.',
    ],
    [
      '{ to: [ops], repeat: 1.5h }',
      'routes.0.repeat: must be a span of minutes, hours or days, from 15m to 31d, got "1.5h". Write e.g. 12h.',
    ],
    [
      '{ to: [ops], repeat: 32d }',
      'routes.0.repeat: must be a span of minutes, hours or days, from 15m to 31d, got "32d". Write e.g. 12h.',
    ],
    [
      '{ to: [ops], repeat: 12 }',
      'routes.0.repeat: must be text, in quotes where it could be read as a number, got 12. Write e.g. 12h.',
    ],
    ['{ to: [ops], digest: hourly }', 'routes.0.digest: must be daily or weekly, got "hourly". Write e.g. daily.'],
    [
      '{ to: [ops], at: "08:00" }',
      'routes.0.at: is the time of a digest: this route has none. Write e.g. digest: daily.',
    ],
    ['{ to: [ops], digest: daily, at: "24:00" }', 'routes.0.at: must be before 24:00. Write e.g. 09:00.'],
    [
      '{ to: [ops], digest: daily, on: fri }',
      'routes.0.on: is the day of a weekly digest: this route has none. Write e.g. digest: weekly.',
    ],
    [
      '{ to: [ops], escalate: { after: 1m, to: [boss] } }',
      'routes.0.escalate.after: must be a span of minutes, hours or days, from 5m to 31d, got "1m". Write e.g. 30m.',
    ],
    [
      '{ to: [ops], escalate: { after: 30m, to: [] } }',
      'routes.0.escalate.to: must name at least one channel. Write e.g. ["boss-mail"].',
    ],
    [
      '{ to: [ops], escalate: { after: 30m, to: [bos] } }',
      'routes.0.escalate.to.0: bos is no channel of this file; did you mean "boss"?',
    ],
    [
      '{ to: [ops], when: { project: [my-ap] } }',
      'routes.0.when.project.0: my-ap is a project of no account of this file; did you mean "my-app"?',
    ],
  ])('%s', (route, expected) => {
    expect(complaints(route)).toEqual([`config.yaml:7: ${expected}`])
  })

  test('the line is that of the setting', () => {
    const text = 'to: [ops]\n    escalate:\n      after: 30m\n      to:\n        - boss\n        - bos'
    expect(complaints(text)[0]).toMatch(/^config\.yaml:12: routes\.0\.escalate\.to\.1: /)
  })
})
