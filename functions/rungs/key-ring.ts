/** The API keys of a project: listed, and changed a few at a time. */

import type { StepOutcome } from '../app/enforce-port.ts'
import type { JsonObject } from '../domain/json.ts'
import { type ApiKey, apiKeyOf } from '../enforce/api-keys.ts'
import type { RestAnswer } from '../google-rest.ts'
import { errorOutcome, type RungTools } from './rung.ts'

export type Change = { readonly key: ApiKey; readonly restrictions: JsonObject }

export type KeyRing = {
  /** Every key that was not deleted. */
  readonly list: (projectId: string) => Promise<{ readonly keys: readonly ApiKey[] } | StepOutcome>
  /** One that Google refuses keeps no other from being changed; a place that does not answer is asked no more. */
  readonly change: (projectId: string, changes: readonly Change[]) => Promise<Changed>
}

export type Changed = {
  /** The first one. */
  readonly fault?: StepOutcome
  /** Whether Google refused every change; what it took, or never answered, may still come about. */
  readonly isRefused: boolean
}

/** A page stays far below what one answer may hold. */
const PAGE_SIZE = 50
/** A project has at most 300 keys: https://docs.cloud.google.com/api-keys/docs/quotas */
const PAGES_MAX = 20
/**
 * That a key is in use is why it is closed. Where Google checks for that, it says FAILED_PRECONDITION and is told to skip it;
 * the parameter is not sent before, since an interface that does not know it would refuse every change.
 * https://docs.cloud.google.com/sdk/gcloud/reference/services/api-keys/update (--no-check-existing-usage)
 */
const IN_USE = 'checkExistingUsage=SKIP'
/** Calls in flight. */
const PARALLEL = 5

/** https://docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys */
export const openKeyRing = ({ rest, hosts }: RungTools): KeyRing => {
  const urlOf = (projectId: string): string =>
    `${hosts.apiKeys}/v2/projects/${encodeURIComponent(projectId)}/locations/global/keys`

  const patch = async (projectId: string, { key, restrictions }: Change): Promise<RestAnswer> => {
    const url = `${urlOf(projectId)}/${encodeURIComponent(key.id)}?updateMask=restrictions`
    const body = { restrictions, ...(key.etag !== '' && { etag: key.etag }) }
    const answer = await rest('PATCH', url, body)
    const isInUse = answer.kind === 'error' && answer.status === 'FAILED_PRECONDITION'
    return isInUse ? rest('PATCH', `${url}&${IN_USE}`, body) : answer
  }
  return {
    list: async (projectId) => {
      const keys: ApiKey[] = []
      let token = ''
      for (let page = 1; page <= PAGES_MAX; page += 1) {
        const answer = await rest(
          'GET',
          `${urlOf(projectId)}?pageSize=${PAGE_SIZE}&pageToken=${encodeURIComponent(token)}`,
        )
        if (answer.kind === 'lost') return { phase: 'failed', note: `its API keys could not be read: ${answer.note}` }
        if (answer.kind === 'error') return errorOutcome(answer)
        const { keys: listed, nextPageToken } = answer.body
        keys.push(...(Array.isArray(listed) ? listed.flatMap((value) => apiKeyOf(value) ?? []) : []))
        if (typeof nextPageToken !== 'string' || nextPageToken === '') return { keys }
        token = nextPageToken
      }
      return { phase: 'refused', note: `it has more than ${PAGES_MAX * PAGE_SIZE} API keys` }
    },
    change: async (projectId, changes) => {
      const answers: RestAnswer[] = []
      for (let at = 0; at < changes.length && !answers.some(isDown); at += PARALLEL)
        answers.push(...(await Promise.all(changes.slice(at, at + PARALLEL).map((change) => patch(projectId, change)))))
      const fault = answers.map(faultOf).find((outcome) => outcome !== undefined)
      const isRefused = answers.length > 0 && answers.every(({ kind }) => kind === 'error')
      return { ...(fault && { fault }), isRefused }
    },
  }
}

/** More calls would only take the time that the record needs. */
const isDown = (answer: RestAnswer): boolean =>
  answer.kind === 'lost' || (answer.kind === 'error' && (answer.code === 429 || answer.code >= 500))

const faultOf = (answer: RestAnswer): StepOutcome | undefined => {
  if (answer.kind === 'lost') return { phase: 'failed', note: `no reply came: ${answer.note}` }
  return answer.kind === 'error' ? errorOutcome(answer) : undefined
}
