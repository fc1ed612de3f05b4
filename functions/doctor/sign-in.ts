/** Who Google takes us for. */

import { type Check, ok, unknown } from './check.ts'

export const signIn: Check = {
  name: 'sign-in',
  covers: 'who Google takes us for',
  needs: [],
  run: async ({ caller, lacks }) => {
    if (caller) return [ok(`Google knows this sign-in as ${caller.member}.`)]
    const lack = lacks.google
    return [unknown({ what: 'Google does not know who asks.', why: lack?.why ?? '', mend: lack?.mend ?? '' })]
  },
}
