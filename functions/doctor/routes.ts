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
  const reached = criticalChannels(patient, account, account.projects)
  if (reached.length === 0) return [unreached(patient, account)]
  const left = account.projects.filter((project) => criticalChannels(patient, account, [project]).length === 0)
  return [...(left.length > 0 ? [unheardProjects(reached, account, left)] : []), ...oneWay(reached, account)]
}

const oneWay = (reached: readonly ChannelView[], { name }: AccountSettings): readonly Finding[] => {
  if (waysOf(reached).size > 1) return []
  const [first] = reached
  return [
    warning({
      what: `Critical alerts of ${name} go out by one way only: ${reached.map((channel) => channel.name).join(', ')}.`,
      why: `If ${first?.kind === 'email' ? 'that mail server' : 'that service'} is down when the credit ends, nobody hears of it.`,
      mend: 'Add a channel of another kind to a route that carries critical, such as a chat beside mail.',
    }),
  ]
}

/** An alert about a whole account is about each of its projects. */
const unheardProjects = (
  reached: readonly ChannelView[],
  { name }: AccountSettings,
  left: readonly string[],
): Finding =>
  warning({
    what: `Critical alerts about ${left.join(', ')} of ${name} alone reach nobody.`,
    why: 'No route that names projects names these. Alerts about the whole account, credit among them, do go out.',
    mend: `Add a route: { when: { severity: [critical] }, to: [${reached.map((channel) => channel.name).join(', ')}] }.`,
  })

/**
 * Channels that hear every critical alert about any of these projects: a route that asks for more, such as some rules, does
 * not count.
 */
const criticalChannels = (
  { config, channels }: Patient,
  { id }: AccountSettings,
  projects: readonly string[],
): readonly ChannelView[] => {
  const names = config.routes
    .filter(({ when }) => Object.keys(when).every((key) => ['severity', 'account', 'project'].includes(key)))
    .filter(({ when }) => when.severity?.includes('critical') ?? true)
    .filter(({ when }) => when.account?.includes(id) ?? true)
    .filter(({ when }) => when.project?.some((project) => projects.includes(project)) ?? true)
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
  const inRoutes = config.routes.flatMap(({ to, escalate }) => [...to, ...(escalate?.to ?? [])])
  const used = new Set([...inRoutes, ...(config.canary?.to ?? [])])
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
