/** Mail servers: reached, encrypted, with a valid certificate, and signed in. No mail is sent. */

import { assertNever } from '../domain/errors.ts'
import { type Check, type Complaint, type Finding, ok, problem, unknown, warning } from './check.ts'
import type { ChannelView, Patient } from './patient.ts'
import type { MailFault } from './ports.ts'

/** https://docs.cloud.google.com/compute/docs/tutorials/sending-mail */
const BLOCKED_PORT = 25

export const mailServer: Check = {
  name: 'mail-server',
  covers: 'mail servers',
  needs: ['config'],
  run: async (patient) => {
    const channels = patient.channels.filter(({ mail }) => mail)
    const first = [...new Map(channels.map((one) => [one.mail?.variable, one])).values()]
    return (await Promise.all(first.map((channel) => channelFindings(patient, channel)))).flat()
  },
}

const channelFindings = async (
  patient: Patient,
  { name, mail, complaint }: ChannelView,
): Promise<readonly Finding[]> => {
  if (!mail) return []
  const { variable, server } = mail
  if (!server || complaint !== undefined) return [untried(name, variable)]
  const called = `The mail server ${server.host} (${variable})`
  if (server.port === BLOCKED_PORT) return [blocked(called, variable)]
  const probe = await patient.io.mail(variable)
  if (probe.kind === 'failed') return [failed(called, variable, { fault: probe.fault, note: probe.note, ...server })]
  if (probe.wantsSignIn) return [anonymous(called, variable)]
  const how = `${probe.encrypted ? 'answers over valid TLS' : 'answers without TLS (on this machine)'}${probe.signedIn ? ' and takes the sign-in' : ''}`
  return [
    ok(`${called} ${how}. Not proven: that it takes mail from ${mail.from}. Try it: npx drawdown test-alert ${name}`),
  ]
}

const untried = (name: string, variable: string): Finding =>
  unknown({
    what: `The mail server of ${name} was not tried.`,
    why: `${variable} is not set here, or cannot be read.`,
    mend: 'See the check environment.',
  })

const blocked = (called: string, variable: string): Finding =>
  problem({
    what: `${called} is asked on port 25.`,
    why: 'Google Cloud lets nothing out on port 25: every mail would wait and fail.',
    mend: `Use port 587 or 465 of the same server: ${variable}=smtp://USER:PASSWORD@HOST:587`,
  })

const anonymous = (called: string, variable: string): Finding =>
  warning({
    what: `${called} offers a sign-in, and the address holds no user name.`,
    why: 'Most such servers refuse mail from strangers.',
    mend: `Add user and password, percent-encoded: ${variable}=smtps://USER:PASSWORD@HOST`,
  })

type Server = NonNullable<NonNullable<ChannelView['mail']>['server']>
type Failure = Server & { readonly fault: MailFault; readonly note: string }

const failed = (called: string, variable: string, failure: Failure): Finding => {
  const why = 'No mail gets out: it is tried for three days and is then a dead letter.'
  return problem({ why, ...textOf(called, variable, failure) })
}

const textOf = (
  called: string,
  variable: string,
  { fault, note, host, port, secure }: Failure,
): Omit<Complaint, 'why'> => {
  switch (fault) {
    case 'name':
      return { what: `${called} is not known to DNS.`, mend: `Check the host in ${variable}: ${host}` }
    case 'refused':
      return {
        what: `${called} refuses connections on port ${port}.`,
        mend: `Check the port in ${variable}: 587 for smtp://, 465 for smtps://.`,
      }
    case 'silent':
      return {
        what: `${called} does not answer on port ${port} (${note}).`,
        mend: `Check host and port in ${variable}, and that a firewall lets ${port} out; a server that speaks TLS at once (465) wants smtps://.`,
      }
    case 'certificate':
      return {
        what: `${called} shows a certificate that is not valid (${note}).`,
        mend: `Name the host as its certificate does, or have the certificate renewed. To see it: openssl s_client -connect ${host}:${port}${secure ? '' : ' -starttls smtp'}`,
      }
    case 'no-tls':
      return {
        what: `${called} offers no encryption on port ${port}.`,
        mend: `Drawdown never sends a password in the clear. Use a port with STARTTLS (587) or TLS (smtps://, 465): ${variable}`,
      }
    case 'wrong-tls':
      return {
        what: `${called} does not speak TLS at once on port ${port}.`,
        mend: `smtps:// is for port 465; for STARTTLS write smtp:// in ${variable}.`,
      }
    case 'sign-in':
      return {
        what: `${called} refuses the sign-in (${note}).`,
        mend: `Check user and password in ${variable}; both must be percent-encoded, and many providers want an app password.`,
      }
    case 'no-sign-in':
      return {
        what: `${called} offers no sign-in (${note}), and the address holds a user name.`,
        mend: `Use its port for submission (587, or smtps:// for 465); if it knows this machine by its address, take user and password out of ${variable}.`,
      }
    case 'busy':
      return {
        what: `${called} turns us away for now (${note}).`,
        mend: 'Run doctor again in some minutes; if it stays, ask the provider.',
      }
    case 'other':
      return { what: `${called} could not be used (${note}).`, mend: `Check ${variable}, then run doctor again.` }
    default:
      return assertNever(fault)
  }
}
