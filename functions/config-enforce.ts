/** The settings of enforcement: which projects may be stopped, by which steps, and for which alerts. */

import { z } from 'zod'
import { text } from './config-fields.ts'
import { SEVERITIES } from './domain/alerts.ts'
import { ENFORCE_STEPS } from './domain/enforcement.ts'

/** https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects; never a number, which would name the same project twice. */
const projectId = z
  .string()
  .regex(/^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be a project id, such as my-batch')

/** https://docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys/create. Somebody may write a key itself, which has capitals: what stands here is never repeated. */
const keyId = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be the id of an API key, as `gcloud services api-keys list` has it in uid, and never the key itself',
  )
  .meta({ writeOnly: true })

const ladder = z.strictObject({
  steps: z
    .array(z.enum(ENFORCE_STEPS))
    .min(1, 'must name at least one step')
    .meta({ description: 'Taken gentlest first, an hour apart.', examples: [['restrict-keys', 'disable-api']] }),
  keys: z.array(keyId).min(1, 'must name at least one key, or be left out').max(50).optional().meta({
    description: 'The only API keys that restrict-keys may touch, by id or uid; all that serve Gemini if left out.',
  }),
  when: z.strictObject({
    rule: z
      .array(text)
      .min(1, 'must name at least one rule')
      .meta({ description: 'Open alerts that ask for it.', examples: [['credit-exhausted']] }),
    severity: z
      .array(z.enum(SEVERITIES))
      .min(1, 'must name at least one severity')
      .default(['critical'])
      .meta({ examples: [['critical']] }),
  }),
})

const enforce = z.strictObject({
  armed: z
    .boolean()
    .default(false)
    .meta({ description: 'Half of arming; without it every step is only rehearsed.', examples: [false] }),
  projects: z.record(projectId, ladder).meta({ description: 'The only projects that may be stopped, by id.' }),
})

/** Joined to the configuration's schema. */
export const enforceFields = {
  enforce: enforce.optional().meta({ description: 'What may stop a project; off unless it is here.' }),
}
