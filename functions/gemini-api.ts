/** Turns the Gemini API of a project off and on through Service Usage, and reads back what it came to. */

import type { StepOutcome } from './app/enforce.ts'
import type { Rest, RestAnswer } from './google-rest.ts'

export type GeminiApi = {
  /** Whether it could be turned off: it is on. */
  readonly rehearse: (projectId: string) => Promise<StepOutcome>
  readonly disable: (projectId: string) => Promise<StepOutcome>
  readonly enable: (projectId: string) => Promise<StepOutcome>
}

export type GeminiApiParts = {
  readonly rest: Rest
  readonly serviceUsage?: string
  readonly pause: () => Promise<void>
}

/** https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services */
const SERVICE_USAGE = 'https://serviceusage.googleapis.com'
const SERVICE = 'generativelanguage.googleapis.com'
/** An operation takes seconds; what takes longer is looked at again by the next attempt. */
const LOOKS_MAX = 5

type State = 'ENABLED' | 'DISABLED'

export const openGeminiApi = ({ rest, serviceUsage = SERVICE_USAGE, pause }: GeminiApiParts): GeminiApi => {
  const urlOf = (projectId: string): string =>
    `${serviceUsage}/v1/projects/${encodeURIComponent(projectId)}/services/${SERVICE}`
  const read = (projectId: string): Promise<RestAnswer> => rest('GET', urlOf(projectId))

  const turn = async (projectId: string, to: State): Promise<StepOutcome> => {
    const asked = await rest('POST', `${urlOf(projectId)}:${to === 'DISABLED' ? 'disable' : 'enable'}`, BODY[to])
    if (asked.kind === 'error') return errorOutcome(asked)
    for (let look = 1; ; look += 1) {
      const seen = await read(projectId)
      if (stateOf(seen) === to) {
        const how = asked.kind === 'lost' ? ', although no reply came' : ''
        return { phase: 'done', note: `the Gemini API is ${WORD[to]}${how}` }
      }
      if (look >= LOOKS_MAX || asked.kind === 'lost') return lateOutcome(asked, to)
      await pause()
    }
  }
  return {
    rehearse: async (projectId) => {
      const seen = await read(projectId)
      if (seen.kind === 'error') return errorOutcome(seen)
      if (seen.kind === 'lost')
        return { phase: 'failed', note: `the state of the Gemini API could not be read: ${seen.note}` }
      return stateOf(seen) === 'ENABLED'
        ? { phase: 'done', note: 'the Gemini API would be turned off' }
        : { phase: 'refused', note: 'the Gemini API is off already' }
    },
    disable: (projectId) => turn(projectId, 'DISABLED'),
    enable: (projectId) => turn(projectId, 'ENABLED'),
  }
}

/** Other services that need the API are never turned off with it: Google then refuses, and that is told. */
const BODY: Readonly<Record<State, object>> = { DISABLED: { disableDependentServices: false }, ENABLED: {} }
const WORD: Readonly<Record<State, string>> = { DISABLED: 'off', ENABLED: 'on' }

const stateOf = (answer: RestAnswer): unknown => (answer.kind === 'answer' ? answer.body['state'] : undefined)

/** Too many requests and faults of the server pass by themselves; everything else needs a person. */
const errorOutcome = ({ code, status, message }: Extract<RestAnswer, { kind: 'error' }>): StepOutcome => ({
  phase: code === 429 || code >= 500 ? 'failed' : 'refused',
  note: `Google refused: ${status || code} ${message.split('\n')[0]?.slice(0, 200) ?? ''}`.trim(),
})

const lateOutcome = (asked: RestAnswer, to: State): StepOutcome => ({
  phase: 'failed',
  note:
    asked.kind === 'lost'
      ? `no reply came (${asked.note}), and the Gemini API is not ${WORD[to]}`
      : `the Gemini API is not ${WORD[to]} yet`,
})
