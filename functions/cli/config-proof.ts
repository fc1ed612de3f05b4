/** Links, canary and heartbeat as `config check` shows them: names of variables, never what they hold. */

import type { Config } from '../config.ts'

type Secret = { readonly variable: string; readonly set: boolean }

/** What is not configured is absent. */
export type Proof = {
  readonly links?: { readonly url: string; readonly secrets: readonly Secret[] }
  readonly canary?: {
    readonly every: string
    readonly at: string
    readonly timeZone: string
    readonly to: readonly string[]
  }
  readonly heartbeat?: Secret
}

export const proofOf = (config: Config, isSet: (variable: string) => boolean): Proof => {
  const { links, canary, heartbeat } = config
  const secret = (variable: string): Secret => ({ variable, set: isSet(variable) })
  return {
    ...(links && { links: { url: links.url, secrets: links.secrets.map(secret) } }),
    ...(canary && {
      canary: {
        every: canary.every,
        at: clockOf(canary.atMinute),
        timeZone: canary.timeZone,
        to: canary.to ?? Object.keys(config.channels),
      },
    }),
    ...(heartbeat !== undefined && { heartbeat: secret(heartbeat) }),
  }
}

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** A line for each; none where none is configured. */
export const proofLines = ({ links, canary, heartbeat }: Proof): readonly string[] => [
  ...(links ? [`Links: ${links.url}, ${links.secrets.map(secretText).join(', ')}`] : []),
  ...(canary ? [`Canary: ${canary.every} at ${canary.at} ${canary.timeZone}, to ${canary.to.join(' ')}`] : []),
  ...(heartbeat ? [`Heartbeat: ${secretText(heartbeat)}`] : []),
]

const secretText = ({ variable, set }: Secret): string => `${variable} ${set ? 'set' : 'not set'}`
