/** Who is told: a critical alert of every account must reach somebody, by two ways that do not fail together. */

import type { AccountSettings } from '../domain/standing.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'
import type { ChannelView, Patient } from './patient.ts'

export const routes: Check = {
  name: 'routes',
  covers: 'who is told of critical alerts',
  needs: ['config'],
  run: async (patient) => {
    const { config, channels } = patient
    if (channels.length === 0) return [noChannels()]
    const findings = [...config.accounts.flatMap((account) => reachOf(patient, account)), ...unusedOf(patient)]
    return findings.length > 0 ? findings : [ok('Critical alerts of every account go out by at least two ways.')]
  },
}

const noChannels = (): Finding =>
  problem({
    what: 'The configuration has no channels.',
    why: 'Alerts are seen on the dashboard alone; nobody is told.',
    mend: 'Add one, such as channels: { ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL } }.',
  })

const reachOf = (patient: Patient, account: AccountSettings): readonly Finding[] => {
  const reached = criticalChannels(patient, account)
  if (reached.length === 0) return [unreached(patient, account)]
  if (waysOf(reached).size > 1) return []
  const [first] = reached
  return [
    warning({
      what: `Critical alerts of ${account.name} go out by one way only: ${reached.map(({ name }) => name).join(', ')}.`,
      why: `If ${first?.kind === 'email' ? 'that mail server' : 'that service'} is down when the credit ends, nobody hears of it.`,
      mend: 'Add a channel of another kind to a route that carries critical, such as a chat beside mail.',
    }),
  ]
}

/** Channels that hear every critical alert of the account: a route that asks for more, such as some rules, does not count. */
const criticalChannels = ({ config, channels }: Patient, { id }: AccountSettings): readonly ChannelView[] => {
  const names = config.routes
    .filter(({ when }) => Object.keys(when).every((key) => key === 'severity' || key === 'account'))
    .filter(({ when }) => when.severity?.includes('critical') ?? true)
    .filter(({ when }) => when.account?.includes(id) ?? true)
    .flatMap(({ to }) => to)
  return channels.filter(({ name }) => names.includes(name))
}

/** Channels with the same secrets share a server or a room, and its fate. */
const waysOf = (channels: readonly ChannelView[]): ReadonlySet<string> =>
  new Set(channels.map(({ kind, variables }) => [kind, ...variables.map(({ name }) => name)].join(' ')))

const unreached = ({ channels }: Patient, { name }: AccountSettings): Finding =>
  problem({
    what: `No route carries every critical alert of ${name} to a channel.`,
    why: 'Credit may run out, and nobody is told.',
    mend: `Add a route: { when: { severity: [critical] }, to: [${channels.map((channel) => channel.name).join(', ')}] }.`,
  })

const unusedOf = ({ config, channels }: Patient): readonly Finding[] => {
  const used = new Set(config.routes.flatMap(({ to }) => to))
  return channels
    .filter(({ name }) => !used.has(name))
    .map(({ name }) =>
      warning({
        what: `The channel ${name} is named by no route.`,
        why: 'It is never used.',
        mend: `Name it in a route (to: [${name}]), or remove it.`,
      }),
    )
}
