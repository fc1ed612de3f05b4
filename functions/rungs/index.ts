/** Every rung of the ladder; one line each. */

import type { EnforceStep } from '../domain/enforcement.ts'
import { disableApi } from './disable-api.ts'
import { restrictKeys } from './restrict-keys.ts'
import type { Rung } from './rung.ts'
import { unlinkBilling } from './unlink-billing.ts'

export const RUNGS: Readonly<Record<EnforceStep, Rung>> = {
  'restrict-keys': restrictKeys,
  'disable-api': disableApi,
  'unlink-billing': unlinkBilling,
}
