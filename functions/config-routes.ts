/** Routes of the configuration file: what only a look at the whole file can find wrong, and what they come to. */

import type { ConfigFile } from './config-file.ts'
import { type Path, type Problem, shownName, suggest } from './config-problems.ts'
import { parseAccountId } from './domain/keys.ts'
import { parseSpan } from './domain/time.ts'
import { parseTimeOfDay, WEEKDAYS } from './domain/wall-clock.ts'
import type { DigestTime, PlanRoute, QuietHours } from './outbox/route.ts'
import { rules } from './rules/index.ts'

type FileRoute = NonNullable<ConfigFile['routes']>[number]

/** A digest is read in the morning, at the start of the week. */
const DIGEST_AT = '09:00'
const DIGEST_ON = 'mon'

/** Every problem of the file's routes, whose fields are right one by one. */
export const routeProblems = (file: ConfigFile): readonly Problem[] =>
  (file.routes ?? []).flatMap((route, index) => {
    const at: Path = ['routes', index]
    return [...nameProblems(file, route, at), ...quietProblems(route, at), ...digestProblems(route, at)]
  })

const nameProblems = (file: ConfigFile, { when, to, escalate }: FileRoute, at: Path): readonly Problem[] => {
  const channels = Object.keys(file.channels)
  const ruleNames = rules.map(({ name }) => name)
  const accounts = file.accounts.map(({ id }) => idOf(id))
  const projects = file.accounts.flatMap((account) => account.projects)
  return [
    ...unknown(to, channels, [...at, 'to'], 'is no channel of this file'),
    ...unknown(escalate?.to ?? [], channels, [...at, 'escalate', 'to'], 'is no channel of this file'),
    ...unknown(when.rule ?? [], ruleNames, [...at, 'when', 'rule'], 'is no rule'),
    ...unknown((when.account ?? []).map(idOf), accounts, [...at, 'when', 'account'], 'is no account of this file'),
    ...unknown(when.project ?? [], projects, [...at, 'when', 'project'], 'is a project of no account of this file'),
  ]
}

/** Hours without an end would hold an alert for ever. */
const quietProblems = ({ quiet }: FileRoute, at: Path): readonly Problem[] => {
  if (!quiet) return []
  const { from, to, days = WEEKDAYS } = quiet
  const isWholeDay = from === '00:00' && to === '24:00' && new Set(days).size === WEEKDAYS.length
  if (from === '24:00') return [{ path: [...at, 'quiet', 'from'], text: 'must be before 24:00', example: '22:00' }]
  return from === to || isWholeDay
    ? [{ path: [...at, 'quiet', 'to'], text: 'must leave time to tell: these hours never end', example: '07:00' }]
    : []
}

const digestProblems = ({ digest, at: time, on }: FileRoute, at: Path): readonly Problem[] => [
  ...(time !== undefined && digest === undefined
    ? [{ path: [...at, 'at'], text: 'is the time of a digest: this route has none', example: 'digest: daily' }]
    : []),
  ...(time === '24:00' ? [{ path: [...at, 'at'], text: 'must be before 24:00', example: '09:00' }] : []),
  ...(on !== undefined && digest !== 'weekly'
    ? [{ path: [...at, 'on'], text: 'is the day of a weekly digest: this route has none', example: 'digest: weekly' }]
    : []),
]

/** The id without its `billingAccounts/` prefix; the schema has seen that it is one. */
const idOf = (text: string): string => parseAccountId(text) ?? text

/** A problem for each name that is none of the known ones. */
export const unknown = (
  names: readonly string[],
  known: readonly string[],
  at: Path,
  text: string,
): readonly Problem[] =>
  names.flatMap((name, index) =>
    known.includes(name) ? [] : [{ path: [...at, index], text: `${shownName(name)} ${text}${suggest(name, known)}` }],
  )

/** A route as it is used; the file has been checked. */
export const toRoute = ({ when, to, quiet, repeat, digest, at, on, escalate }: FileRoute): PlanRoute => ({
  when: {
    ...(when.severity && { severity: when.severity }),
    ...(when.rule && { rule: when.rule }),
    ...(when.account && { account: when.account.map(checked(parseAccountId)) }),
    ...(when.project && { project: when.project }),
  },
  to: [...new Set(to)],
  ...(quiet && { quiet: toQuiet(quiet) }),
  ...(repeat !== undefined && { repeatMs: toSpan(repeat) }),
  ...(digest && { digest: toDigest(digest, at ?? DIGEST_AT, on ?? DIGEST_ON) }),
  ...(escalate && { escalate: { afterMs: toSpan(escalate.after), to: [...new Set(escalate.to)] } }),
})

const checked =
  <T>(parse: (text: string) => T | undefined) =>
  (text: string): T => {
    const value = parse(text)
    if (value === undefined) throw new Error('the schema let a malformed value pass')
    return value
  }

const toSpan = checked(parseSpan)
const toMinute = checked(parseTimeOfDay)

const toQuiet = ({ from, to, timeZone, days }: NonNullable<FileRoute['quiet']>): QuietHours => ({
  fromMinute: toMinute(from),
  toMinute: toMinute(to),
  ...(timeZone !== undefined && { timeZone }),
  ...(days && { days }),
})

const toDigest = (every: 'daily' | 'weekly', at: string, on: (typeof WEEKDAYS)[number]): DigestTime =>
  every === 'daily' ? { every, atMinute: toMinute(at) } : { every, on, atMinute: toMinute(at) }
