/** What the configuration file comes to once it is checked. */

import { readFileSync, statSync } from 'node:fs'
import { crossProblems } from './config-checks.ts'
import { type ConfigFile, configFile } from './config-file.ts'
import { configError, type Located, problemsOf } from './config-problems.ts'
import { type ProofSettings, toProof } from './config-proof.ts'
import { toRoute } from './config-routes.ts'
import { ConfigError } from './domain/errors.ts'
import { type AccountId, parseAccountId } from './domain/keys.ts'
import { nanos } from './domain/money.ts'
import type { AccountSettings, Thresholds } from './domain/standing.ts'
import type { EnforceSettings, ProjectLadder } from './enforce/ladder.ts'
import type { Environment } from './environment.ts'
import type { PlanRoute } from './outbox/route.ts'
import { yaml } from './yaml.ts'

export { readEnvironment, staysLocal } from './environment.ts'

export type Config = {
  readonly accounts: readonly AccountSettings[]
  /** `settings` is the channel's own object with its `kind`, already checked by the channel's schema. */
  readonly channels: Readonly<Record<string, { readonly kind: string; readonly settings: unknown }>>
  readonly routes: readonly PlanRoute[]
} & ProofSettings & {
    /** Absent: no project is ever touched. */
    readonly enforce?: EnforceSettings
  }

/** A configuration of a thousand accounts has a tenth of this. */
const FILE_BYTES_MAX = 1_048_576
/** Aliases save repetition; thousands of them would only cost memory. */
const ALIASES_MAX = 100

/**
 * Reads the file at `path`, else at `DRAWDOWN_CONFIG`, else the built-in configuration; in the cloud a file is a must.
 * Throws `ConfigError` with a line for each thing to mend.
 */
export const loadConfig = (path: string | undefined, env: Environment): Config => {
  const file = path ?? env['DRAWDOWN_CONFIG']
  if (file) return parseConfig(readText(file), file)
  if (env['K_SERVICE']) {
    throw new ConfigError(
      'DRAWDOWN_CONFIG is not set: give the path of the configuration file deployed with the functions.',
    )
  }
  return defaultConfig()
}

/** Checks a configuration text, YAML or JSON. Throws `ConfigError` whose lines begin with `fileName:line`; no secret is repeated. */
export const parseConfig = (text: string, fileName: string): Config => {
  const soundJson = parseJson(text)
  if (soundJson) return soundJson
  const located = parseYaml(text, fileName)
  const value = toValue(located)
  const result = configFile.safeParse(value)
  if (!result.success) throw configError(located, problemsOf(configFile, value, [], false))
  const problems = crossProblems(result.data)
  if (problems.length > 0) throw configError(located, problems)
  return toConfig(result.data)
}

/** The configuration in a JSON text without a fault; any other text is YAML's to read, which knows the line of a fault. */
const parseJson = (text: string): Config | undefined => {
  const value = jsonOf(text)
  const result = value === undefined ? undefined : configFile.safeParse(withoutNulls(value))
  return result?.success && crossProblems(result.data).length === 0 ? toConfig(result.data) : undefined
}

/** `undefined` for what is no JSON, and where a name is used twice in one group: JSON would take the last one. */
const jsonOf = (text: string): unknown => {
  if (!/^\s*\{/.test(text) || Buffer.byteLength(text) > FILE_BYTES_MAX) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const names = [...text.matchAll(JSON_STRING)].filter(([, colon]) => colon !== undefined)
    return names.length === countNames(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Any string of a JSON text; where it is a name, with the colon behind it. */
const JSON_STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g

const countNames = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const inside = Object.values(value).reduce((sum: number, inner: unknown) => sum + countNames(inner), 0)
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length)
}

/** The configuration of the README, for a first run without a file: one account, a mail and a chat channel. */
export const defaultConfig = (): Config => parseConfig(DEFAULT_CONFIG, 'the built-in configuration')

const DEFAULT_CONFIG = `accounts:
  - id: 01D4EE-079462-DFD6EC
    name: Production
    plan: gemini-prepay
    currency: USD
    projects: [my-app, my-batch]
    budgets: { de72f49d-779b-4945-a127-4d6ce8def0bb: drawdown }
    thresholds: { percent: [50, 20, 10], amount: ["20.00"], runwayHours: [168, 72, 24] }
channels:
  ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL }
  ops-chat: { kind: google-chat, url: OPS_CHAT_URL }
routes:
  - { when: { severity: [warning, critical] }, to: [ops-mail, ops-chat] }
`

const readText = (path: string): string => {
  try {
    if (statSync(path).size > FILE_BYTES_MAX) throw tooLarge(path)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(
      `${path}: cannot be read (${whyOf(error)}): give the path of a YAML or JSON file in --config or DRAWDOWN_CONFIG.`,
    )
  }
}

const whyOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    EACCES: 'not allowed',
    EISDIR: 'it is a folder',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
  }
  return words[code] ?? code
}

const tooLarge = (fileName: string): ConfigError =>
  new ConfigError(`${fileName}: is larger than 1 MiB: it should hold settings only.`)

const parseYaml = (text: string, fileName: string): Located => {
  if (Buffer.byteLength(text) > FILE_BYTES_MAX) throw tooLarge(fileName)
  const { LineCounter, parseDocument } = yaml()
  const lines = new LineCounter()
  // JSON may be indented by tabs, which YAML forbids; within JSON strings a bare tab cannot be.
  const source = /^\s*\{/.test(text) ? text.replaceAll('\t', ' ') : text
  const doc = parseDocument(source, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
  const [fault] = doc.errors
  if (!fault) return { fileName, doc, lines }
  // The library's own message may quote the file, and with it a secret.
  const what = SYNTAX[fault.code] ?? `is no valid YAML (${fault.code.toLowerCase().replaceAll('_', ' ')})`
  throw new ConfigError(
    `${fileName}:${lines.linePos(fault.pos[0]).line || 1}: ${what}. Check the indentation, colons and quotes around this line.`,
  )
}

const SYNTAX: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'the name is used twice in one group, such as two channels of one name',
  TAB_AS_INDENT: 'indent with spaces, not with tabs',
  MULTIPLE_DOCS: 'the file must hold one document; take the --- away',
}

const toValue = ({ doc, fileName }: Located): unknown => {
  try {
    return withoutNulls(doc.toJS({ maxAliasCount: ALIASES_MAX }) ?? {})
  } catch {
    throw new ConfigError(
      `${fileName}: has aliases that refer to nothing, or too many of them: write the settings out.`,
    )
  }
}

/** A name with nothing behind it counts as left out. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]))
}

const toConfig = (file: ConfigFile): Config => ({
  accounts: file.accounts.map(toAccount),
  channels: plainMap(
    Object.entries(file.channels).map(([name, settings]) => [name, { kind: settings.kind, settings }]),
  ),
  routes: file.routes?.map(toRoute) ?? defaultRoutes(Object.keys(file.channels)),
  ...toProof(file, file.accounts[0]?.timeZone ?? 'UTC'),
  ...(file.enforce && {
    enforce: {
      armed: file.enforce.armed,
      projects: plainMap(Object.entries(file.enforce.projects).map(([id, ladder]) => [id, toLadder(ladder)])),
    },
  }),
})

const toLadder = ({ steps, keys, when }: NonNullable<ConfigFile['enforce']>['projects'][string]): ProjectLadder => ({
  steps,
  ...(keys && { keys }),
  when,
})

const defaultRoutes = (to: readonly string[]): readonly PlanRoute[] =>
  to.length === 0 ? [] : [{ when: { severity: ['warning', 'critical'] }, to }]

const toAccount = (file: ConfigFile['accounts'][number]): AccountSettings => {
  const id = toAccountId(file.id)
  return {
    id,
    name: file.name ?? id,
    plan: file.plan,
    currency: file.currency,
    projects: file.projects,
    budgets: plainMap(Object.entries(file.budgets)),
    thresholds: toThresholds(file.thresholds),
    ...(file.usdRate !== undefined && { usdRate: nanos(file.usdRate) }),
    timeZone: file.timeZone,
    locale: file.locale,
  }
}

const toThresholds = (file: ConfigFile['accounts'][number]['thresholds']): Thresholds => ({
  percent: descending(file.percent),
  amount: descending(file.amount.map(nanos)),
  runwayHours: descending(file.runwayHours),
  expiryDays: descending(file.expiryDays),
})

const toAccountId = (text: string): AccountId => {
  const id = parseAccountId(text)
  if (id === undefined) throw new Error('the schema let a malformed account id pass')
  return id
}

const descending = <T extends number | bigint>(levels: readonly T[]): readonly T[] =>
  [...new Set(levels)].sort((a, b) => (a < b ? 1 : -1))

/** Looked up by names from outside, so it must not inherit any: `constructor` is no budget. */
const plainMap = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(entries))
