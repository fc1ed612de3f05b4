/** What this process has to do with stopping projects, by its target, environment and configuration. */

import { setTimeout } from 'node:timers/promises'
import type { GoogleAuth } from 'google-auth-library'
import type { Enforcing } from './app/enforce.ts'
import { SECOND_MS } from './domain/time.ts'
import type { EnforceSettings } from './enforce/ladder.ts'
import { openEnforcer } from './enforcer.ts'
import { type Environment, isArmed } from './environment.ts'
import { openRest } from './google-rest.ts'
import { openTopic } from './pubsub.ts'
import { ENFORCE_TARGET, type Target } from './targets.ts'
import { enforceTopicOf } from './topics.ts'

/** Between two looks at an operation that takes a few. */
const PAUSE_MS = 2 * SECOND_MS
/** The metadata server is on the same machine. */
const METADATA_MS = 2 * SECOND_MS
/** https://docs.cloud.google.com/run/docs/container-contract#metadata-server */
const METADATA = 'http://metadata.google.internal/computeMetadata/v1/project/project-id'

/** The hand itself in `enforce` alone; `schedule` may ask for it where a topic is named; `undefined` everywhere else. */
export const enforcingFrom = (
  env: Environment,
  settings: EnforceSettings,
  target: Target | undefined,
): Enforcing | undefined => {
  const own = ownProjects(env)
  if (target === ENFORCE_TARGET) {
    const port = openEnforcer(enforcerParts())
    return { settings, armed: isArmed(env), own, port, close: port.close }
  }
  const name = target === 'schedule' ? enforceTopicOf(env) : undefined
  if (!name) return undefined
  const topic = openTopic(name)
  // Only where it is armed is there a topic; that function looks for itself.
  return {
    settings,
    armed: true,
    own,
    ask: async (account) => void (await topic.publish({ account })),
    close: topic.close,
  }
}

/** The process's own credentials; nobody signs in before the first call. */
export const enforcerParts = () => ({
  rest: openRest({ headers: signIn() }),
  pause: async (): Promise<void> => void (await setTimeout(PAUSE_MS)),
})

/** A person's credentials name the project that pays the quota: without it these interfaces refuse (https://docs.cloud.google.com/docs/quotas/set-quota-project). */
const signIn = (): (() => Promise<Readonly<Record<string, string>>>) => {
  let auth: GoogleAuth | undefined
  return async () => {
    const { GoogleAuth } = await import('google-auth-library')
    auth ??= new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloud-platform'] })
    return Object.fromEntries(await auth.getRequestHeaders())
  }
}

/**
 * Every name of the project this runs in: what the environment says and, in the cloud, what the machine says; the latter
 * cannot be set wrong. Empty in the cloud where the machine does not answer: then nothing may be touched.
 */
export const ownProjects =
  (env: Environment, metadata = METADATA) =>
  async (): Promise<readonly string[]> => {
    const named = ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'].flatMap((name) => env[name] || [])
    if (!env['K_SERVICE']) return named
    const told = await askMetadata(metadata)
    return told === undefined ? [] : [...new Set([...named, told])]
  }

const askMetadata = async (url: string): Promise<string | undefined> => {
  try {
    const signal = AbortSignal.timeout(METADATA_MS)
    const response = await fetch(url, { headers: { 'metadata-flavor': 'Google' }, signal, redirect: 'error' })
    const text = (await response.text()).trim()
    return response.ok && text !== '' ? text : undefined
  } catch {
    return undefined
  }
}
