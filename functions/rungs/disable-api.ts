/** Turns the Gemini API of a project off and on through Service Usage, and reads back what it came to. */

import type { Looked, StepOutcome } from '../app/enforce-port.ts'
import { GEMINI_API } from '../domain/gemini.ts'
import type { RestAnswer } from '../google-rest.ts'
import { errorOutcome, LOOKS_MAX, type Rung } from './rung.ts'

type State = 'ENABLED' | 'DISABLED'

/** https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services */
export const disableApi: Rung = ({ rest, hosts, pause }) => {
  const urlOf = (projectId: string): string =>
    `${hosts.serviceUsage}/v1/projects/${encodeURIComponent(projectId)}/services/${GEMINI_API}`

  const turn = async (projectId: string, to: State): Promise<StepOutcome> => {
    const asked = await rest('POST', `${urlOf(projectId)}:${to === 'DISABLED' ? 'disable' : 'enable'}`, BODY[to])
    if (asked.kind === 'error') return errorOutcome(asked)
    for (let look = 1; ; look += 1) {
      const seen = await rest('GET', urlOf(projectId))
      if (stateOf(seen) === to) {
        const how = asked.kind === 'lost' ? ', although no reply came' : ''
        return { phase: 'done', note: `the Gemini API is ${WORD[to]}${how}` }
      }
      if (look >= LOOKS_MAX || asked.kind === 'lost') return lateOutcome(asked, to)
      await pause()
    }
  }
  // Whoever turned it off before is not to find it turned on by an undo.
  const look = async (projectId: string): Promise<Looked> => {
    const seen = await rest('GET', urlOf(projectId))
    if (seen.kind === 'error') return errorOutcome(seen)
    if (seen.kind === 'lost')
      return { phase: 'failed', note: `the state of the Gemini API could not be read: ${seen.note}` }
    const state = stateOf(seen)
    if (state === 'DISABLED') return { kind: 'so', note: 'the Gemini API is off already' }
    return state === 'ENABLED' ? { kind: 'seen' } : { phase: 'failed', note: 'Google does not say whether it is on' }
  }
  return {
    rehearse: async ({ projectId }) => {
      const looked = await look(projectId)
      if ('phase' in looked) return looked
      return looked.kind === 'seen'
        ? { phase: 'done', note: 'the Gemini API would be turned off' }
        : { phase: 'refused', note: looked.note }
    },
    look: ({ projectId }) => look(projectId),
    take: ({ projectId }) => turn(projectId, 'DISABLED'),
    undo: (projectId) => turn(projectId, 'ENABLED'),
  }
}

/** That it is in use is why it is turned off. Other services that need it are never turned off with it: Google then refuses, and that is told. */
const BODY: Readonly<Record<State, object>> = {
  DISABLED: { disableDependentServices: false, checkIfServiceHasUsage: 'SKIP' },
  ENABLED: {},
}
const WORD: Readonly<Record<State, string>> = { DISABLED: 'off', ENABLED: 'on' }

const stateOf = (answer: RestAnswer): unknown => (answer.kind === 'answer' ? answer.body['state'] : undefined)

const lateOutcome = (asked: RestAnswer, to: State): StepOutcome => ({
  phase: 'failed',
  note:
    asked.kind === 'lost'
      ? `no reply came (${asked.note}), and the Gemini API is not ${WORD[to]}`
      : `the Gemini API is not ${WORD[to]} yet`,
})
