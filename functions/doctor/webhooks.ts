/** Chat and webhooks: their hosts are reached over valid TLS. Nothing is posted, so that nobody is disturbed. */

import { assertNever } from '../domain/errors.ts'
import { type Check, type Finding, ok, problem, unknown } from './check.ts'
import type { ChannelView, Patient } from './patient.ts'
import type { WebFault } from './ports.ts'

export const webhooks: Check = {
  name: 'webhooks',
  covers: 'chat and webhooks',
  needs: ['config'],
  run: async (patient) => {
    const channels = patient.channels.filter(({ mail }) => !mail)
    return (await Promise.all(channels.map((channel) => channelFindings(patient, channel)))).flat()
  },
}

const channelFindings = async (patient: Patient, channel: ChannelView): Promise<readonly Finding[]> => {
  const { name, hosts, complaint } = channel
  if (hosts.length === 0 || complaint !== undefined) return [untried(name)]
  return Promise.all(
    hosts.map(async ({ variable, host }) => {
      const probe = await patient.io.web(variable)
      return probe.kind === 'answered'
        ? ok(
            `${host} (${variable}) answers. Not proven: that the address in it is right. Try it: npx drawdown test-alert ${name}`,
          )
        : failed({ name, variable, host }, probe.fault, probe.note)
    }),
  )
}

const untried = (name: string): Finding =>
  unknown({
    what: `The channel ${name} was not tried.`,
    why: 'No address of it is set here, or it cannot be read.',
    mend: `See the check environment, or send something: npx drawdown test-alert ${name}`,
  })

type Tried = { readonly name: string; readonly variable: string; readonly host: string }

const failed = ({ name, variable, host }: Tried, fault: WebFault, note: string): Finding =>
  problem({
    what: `${host} (${variable}) ${stateOf(fault)} (${note}).`,
    why: `Nothing gets through to ${name}: it is tried for three days and is then a dead letter.`,
    mend: mendOf(fault, variable, host),
  })

const stateOf = (fault: WebFault): string => {
  switch (fault) {
    case 'name':
      return 'is not known to DNS'
    case 'refused':
      return 'refuses connections'
    case 'silent':
      return 'does not answer'
    case 'certificate':
      return 'shows a certificate that is not valid'
    case 'other':
      return 'cannot be reached'
    default:
      return assertNever(fault)
  }
}

const mendOf = (fault: WebFault, variable: string, host: string): string =>
  fault === 'certificate'
    ? `Have it renewed, or name the host as it does. To see it: openssl s_client -connect ${host}:443 -servername ${host}`
    : fault === 'name'
      ? `Copy the address again from the chat’s own settings into ${variable}.`
      : `Check the network from here: curl -sSI https://${host}/`
