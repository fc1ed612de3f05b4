/** Checks between the parts of a configuration that one field's schema cannot see. */

import { channels as channelKinds } from './channels/index.ts'
import type { ConfigFile } from './config-file.ts'
import { type Path, type Problem, problemsOf, shownName, suggest } from './config-problems.ts'
import { routeProblems, unknown } from './config-routes.ts'
import { parseAccountId } from './domain/keys.ts'
import { ENFORCEABLE } from './enforce/ladder.ts'

/** As the name of an environment variable is written; anything else may be the secret itself. */
const VARIABLE = /^[A-Z][A-Z0-9_]*$/

/** Everything wrong with a file whose fields are right one by one. */
export const crossProblems = (file: ConfigFile): readonly Problem[] => [
  ...accountProblems(file),
  ...projectProblems(file),
  ...Object.entries(file.channels).flatMap(([name, settings]) => channelProblems(name, settings)),
  ...routeProblems(file),
  ...proofProblems(file),
  ...enforceProblems(file),
]

const accountProblems = (file: ConfigFile): readonly Problem[] =>
  repeated(file.accounts.map(({ id }, index) => ({ name: idOf(id), path: ['accounts', index, 'id'] }))).map(
    ({ name, path, first }) => ({ path, text: `is listed twice: ${name} is accounts.${first[1]} already` }),
  )

const projectProblems = (file: ConfigFile): readonly Problem[] =>
  repeated(
    file.accounts.flatMap(({ projects }, account) =>
      projects.map((name, index) => ({ name, path: ['accounts', account, 'projects', index] })),
    ),
  ).map(({ name, path, first }) => ({
    path,
    text:
      first[1] === path[1]
        ? `lists ${shownName(name)} twice`
        : `must be under one account only: ${shownName(name)} is under accounts.${first[1]} already`,
  }))

const channelProblems = (name: string, settings: ConfigFile['channels'][string]): readonly Problem[] => {
  const at: Path = ['channels', name]
  const kinds = channelKinds.map(({ kind }) => kind)
  const def = channelKinds.find(({ kind }) => kind === settings.kind)
  if (!def) return [{ path: [...at, 'kind'], text: `is no kind of channel${suggest(settings.kind, kinds)}` }]
  const problems = problemsOf(def.settings, settings, at, true)
  if (problems.length > 0) return problems
  const secrets = def.secrets(settings).filter((value) => !VARIABLE.test(value))
  return secrets.map((secret) => ({
    path: [...at, ...Object.keys(settings).filter((key) => settings[key] === secret)],
    text: 'must be the name of an environment variable, never the secret itself',
    example: 'OPS_CHAT_URL',
  }))
}

/** Links, canary and heartbeat: names of variables and of channels. */
const proofProblems = ({ links, canary, heartbeat, channels }: ConfigFile): readonly Problem[] => [
  ...[links?.secret ?? []].flat().flatMap((name) => variableProblems(name, ['links', 'secret'], 'ACK_SECRET')),
  ...(heartbeat === undefined ? [] : variableProblems(heartbeat, ['heartbeat'], 'HEARTBEAT_URL')),
  ...unknown(canary?.to ?? [], Object.keys(channels), ['canary', 'to'], 'is no channel of this file'),
]

const variableProblems = (name: string, path: Path, example: string): readonly Problem[] =>
  VARIABLE.test(name)
    ? []
    : [{ path, text: 'must be the name of an environment variable, never the secret itself', example }]

const enforceProblems = ({ accounts, enforce }: ConfigFile): readonly Problem[] => {
  const listed = accounts.flatMap(({ projects }) => projects)
  return Object.entries(enforce?.projects ?? {}).flatMap(([projectId, { steps, keys, when }]) => [
    ...(listed.includes(projectId)
      ? []
      : [
          { path: ['enforce', 'projects', projectId], text: `is listed under no account${suggest(projectId, listed)}` },
        ]),
    ...(keys && !steps.includes('restrict-keys')
      ? [{ path: ['enforce', 'projects', projectId, 'keys'], text: 'does nothing without the step restrict-keys' }]
      : []),
    ...unknown(when.rule, ENFORCEABLE, ['enforce', 'projects', projectId, 'when', 'rule'], 'may stop no project'),
  ])
}

/** The id without its `billingAccounts/` prefix; the schema has seen that it is one. */
const idOf = (text: string): string => parseAccountId(text) ?? text

type Named = { readonly name: string; readonly path: Path }

/** Every entry whose name came before, with the path of the first. */
const repeated = (entries: readonly Named[]): readonly (Named & { readonly first: Path })[] => {
  const firsts = new Map<string, Path>()
  return entries.flatMap((entry) => {
    const first = firsts.get(entry.name)
    if (first) return [{ ...entry, first }]
    firsts.set(entry.name, entry.path)
    return []
  })
}
