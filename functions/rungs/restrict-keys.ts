/** Closes the API keys of a project to Gemini through the API Keys API, and gives them back what they had. */

import type { Aim, Looked, StepOutcome } from '../app/enforce-port.ts'
import type { KeyBefore } from '../domain/enforcement.ts'
import { isObject, type JsonObject, parseJson } from '../domain/json.ts'
import { type ApiKey, type Choice, choose, closedToGemini, isSame } from '../enforce/api-keys.ts'
import type { Change, KeyRing } from './key-ring.ts'
import { openKeyRing } from './key-ring.ts'
import { LOOKS_MAX, type Rung } from './rung.ts'

/** More would not be through within one run of the function; then the API itself is the thing to turn off. */
const KEYS_MAX = 50
/** Referrers and addresses of many keys; the record lies in the ledger. */
const RECORD_CHARS_MAX = 60_000
const NAMES_MAX = 5

/** https://docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys/patch; a change is in force within minutes. */
export const restrictKeys: Rung = (tools) => {
  const ring = openKeyRing(tools)
  return {
    rehearse: async (aim) => {
      const found = await chosen(ring, aim)
      if ('phase' in found) return found
      if (found.keys.length === 0) return none(found.left)
      return { phase: 'done', note: `${keysText(found.keys)} would be closed to the Gemini API${found.left}` }
    },
    look: async (aim): Promise<Looked> => {
      const found = await chosen(ring, aim)
      if ('phase' in found) return found
      return {
        kind: 'seen',
        keys: found.keys.map(({ id, restrictions }) => ({ id, restrictions: JSON.stringify(restrictions) })),
      }
    },
    take: (aim, keys) => close(ring, aim, keys, tools.pause),
    undo: (projectId, { keys }) => giveBack(ring, projectId, keys, tools.pause),
  }
}

type Chosen = {
  readonly keys: readonly ApiKey[]
  /** What is told of keys that are left alone. */
  readonly left: string
}

const chosen = async (ring: KeyRing, { projectId, keys: only }: Aim): Promise<Chosen | StepOutcome> => {
  const all = await ring.list(projectId)
  if ('phase' in all) return all
  const choice = choose(all.keys, only)
  const { serving, absent } = choice
  if (absent.length > 0) return { phase: 'refused', note: `the project has no API key ${absent.join(', ')}` }
  const length = serving.reduce((sum, { restrictions }) => sum + JSON.stringify(restrictions).length, 0)
  if (serving.length > KEYS_MAX)
    return {
      phase: 'refused',
      note: `too many API keys to be put back exactly: ${serving.length} of at most ${KEYS_MAX}`,
    }
  if (length > RECORD_CHARS_MAX)
    return {
      phase: 'refused',
      note: `the restrictions of ${keysText(serving)} are too long to be put back exactly: ${length} of at most ${RECORD_CHARS_MAX} characters`,
    }
  return { keys: serving, left: leftText(choice) }
}

const leftText = ({ unrestricted, closed }: Choice): string =>
  [
    unrestricted.length === 0 ? '' : `; left alone, for it has no API restriction: ${keysText(unrestricted)}`,
    closed.length === 0 ? '' : `; closed already: ${keysText(closed)}`,
  ].join('')

const none = (left: string): StepOutcome => ({
  phase: 'refused',
  note: `no API key of the project is restricted to the Gemini API, so calls come in by other credentials${left}`,
})

/** Names that people gave, a few of them. */
const keysText = (keys: readonly Pick<ApiKey, 'id' | 'displayName'>[]): string => {
  const names = keys.slice(0, NAMES_MAX).map(({ displayName, id }) => displayName.slice(0, 40) || id)
  const more = keys.length > NAMES_MAX ? ` and ${keys.length - NAMES_MAX} more` : ''
  return `${keys.length} API ${keys.length === 1 ? 'key' : 'keys'} (${names.join(', ')}${more})`
}

/** A key that was changed since it was recorded is left for the next attempt, which records it anew. */
const close = async (
  ring: KeyRing,
  aim: Aim,
  claimed: readonly KeyBefore[],
  pause: () => Promise<void>,
): Promise<StepOutcome> => {
  const { projectId, keys: only } = aim
  const before = beforeOf(claimed)
  const all = await ring.list(projectId)
  if ('phase' in all) return all
  const choice = choose(all.keys, only)
  if (claimed.length === 0 && choice.serving.length === 0) return none(leftText(choice))
  const changes = choice.serving.flatMap((key): readonly Change[] => {
    const was = before.get(key.id)
    return was && isSame(was, key.restrictions) ? [{ key, restrictions: closedToGemini(was) }] : []
  })
  const { fault, isRefused } = await ring.change(projectId, changes)
  for (let look = 1; ; look += 1) {
    const seen = await ring.list(projectId)
    if ('phase' in seen) return { ...seen, phase: 'failed' }
    const { serving: open, unrestricted } = choose(seen.keys, only)
    if (open.length === 0) {
      const how = fault ? ', although no reply came' : ''
      const left = leftText({ ...choice, unrestricted, closed: [] })
      return { phase: 'done', note: `closed to the Gemini API: ${keysText(claimedOf(all.keys, before))}${how}${left}` }
    }
    const isUntouched = changes.every(({ key }) => open.some(({ id }) => id === key.id))
    if (fault && isUntouched && (isRefused || fault.phase === 'failed')) return fault
    if (fault || look >= LOOKS_MAX)
      return { phase: 'failed', note: `still open: ${keysText(open)}${fault ? `; ${fault.note}` : ''}` }
    await pause()
  }
}

type Before = ReadonlyMap<string, JsonObject>

/** Of a key that was recorded twice the later record is right. */
const beforeOf = (keys: readonly KeyBefore[]): Before => new Map(keys.map((key) => [key.id, restrictionsOf(key)]))

const claimedOf = (keys: readonly ApiKey[], before: Before): readonly ApiKey[] =>
  keys.filter(({ id }) => before.has(id))

/** Our own record, read back. */
const restrictionsOf = ({ restrictions }: KeyBefore): JsonObject => {
  const parsed = parseJson(restrictions)
  return parsed.ok && isObject(parsed.value) ? parsed.value : {}
}

/** What somebody has changed since is theirs and stays. */
const giveBack = async (
  ring: KeyRing,
  projectId: string,
  keys: readonly KeyBefore[],
  pause: () => Promise<void>,
): Promise<StepOutcome> => {
  const all = await ring.list(projectId)
  if ('phase' in all) return all
  const before = beforeOf(keys)
  const closed = ours(all.keys, before)
  const { fault } = await ring.change(
    projectId,
    closed.map((key) => ({ key, restrictions: before.get(key.id) ?? {} })),
  )
  for (let look = 1; ; look += 1) {
    const seen = await ring.list(projectId)
    if ('phase' in seen) return { ...seen, phase: 'failed' }
    const still = ours(seen.keys, before)
    if (still.length === 0) return { phase: 'done', note: givenBackText(seen.keys, before) }
    if (fault && still.length === closed.length) return fault
    if (fault || look >= LOOKS_MAX)
      return { phase: 'failed', note: `not given back yet: ${keysText(still)}${fault ? `; ${fault.note}` : ''}` }
    await pause()
  }
}

/** Those that are as this step left them. */
const ours = (keys: readonly ApiKey[], before: Before): readonly ApiKey[] =>
  claimedOf(keys, before).filter((key) => isSame(key.restrictions, closedToGemini(before.get(key.id) ?? {})))

const givenBackText = (keys: readonly ApiKey[], before: Before): string => {
  const mine = claimedOf(keys, before)
  const back = mine.filter((key) => isSame(key.restrictions, before.get(key.id) ?? {}))
  const others = mine.filter((key) => !back.includes(key))
  const gone = [...before.keys()].filter((id) => !mine.some((key) => key.id === id))
  return [
    back.length === 0
      ? 'no API key is left to be given back what it had'
      : `${keysText(back)} given back what they had`,
    ...(others.length === 0 ? [] : [`changed by somebody since, and left so: ${keysText(others)}`]),
    ...(gone.length === 0 ? [] : [`deleted since: ${keysText(gone.map((id) => ({ id, displayName: '' })))}`]),
  ].join('; ')
}
