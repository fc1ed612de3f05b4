/** What a test alert came to, in words: a row for each recipient, and for each that failed the mend. */

import type { Tested } from '../app/test-alert.ts'
import { table } from '../report/table.ts'
import { oneLine } from './one-line.ts'
import type { Style, Terminal } from './terminal.ts'

/** Tried `here`, or by the running `service`. */
export type Shown = Tested & { readonly by: 'here' | 'service' }

/** Variables of a channel, and those of them that are not set here. */
type Variables = { readonly variables: readonly string[]; readonly missing: readonly string[] }

const STYLES: Readonly<Record<Tested['status'], Style>> = {
  sent: 'green',
  refused: 'red',
  failed: 'red',
  waiting: 'yellow',
}
const COLUMNS = ['CHANNEL', 'RECIPIENT', 'RESULT', 'BY', 'NOTE'].map((title) => ({ title }))

/** The rows, and which channels were left to the running service for want of a secret. */
export const shownText = (
  terminal: Terminal,
  shown: readonly Shown[],
  asked: readonly (Variables & { readonly name: string })[],
): string => {
  const rows = shown.map(({ channel, recipient, status, by, note }) => [channel, recipient, status, BY[by], note])
  const [head = '', ...lines] = table(COLUMNS, rows, (line) => terminal.paint('bold', line)).split('\n')
  const painted = lines.map((line, index) => {
    const status = shown[index]?.status
    return status === undefined ? line : terminal.paint(STYLES[status], line)
  })
  return [head, ...painted, ...leftToService(asked.flatMap(({ missing }) => missing))].join('\n')
}

const BY = { here: 'this command', service: 'the service' } as const

const leftToService = (missing: readonly string[]): readonly string[] => {
  const names = [...new Set(missing)]
  if (names.length === 0) return []
  const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them']
  return [
    `${names.join(' and ')} ${are} not set here: the running service was left to send. One without ${them}, such as a bare npm start, only shows the message at its pages /mail and /chat.`,
  ]
}

/** A line for each message that did not arrive: which, why, and what to do. */
export const problemsOf = (shown: readonly Shown[], of: (channel: string) => Variables): readonly string[] =>
  shown
    .filter(({ status }) => status !== 'sent')
    .map((one) => oneLine(`${nameOf(one)}: ${why(one)} ${mendOf(one, of(one.channel))}`.trim()))

const nameOf = ({ channel, recipient }: Shown): string => (recipient === '' ? channel : `${channel} to ${recipient}`)

const why = ({ status, note }: Shown): string =>
  status === 'waiting' ? 'not sent yet.' : `${note.replace(/\.$/, '')}.`

const mendOf = ({ status, by, reason }: Shown, { variables, missing }: Variables): string => {
  const secrets = variables.join(' and ')
  if (status === 'waiting') {
    const instead = missing.length > 0 ? `, or set ${missing.join(' and ')} to send from here` : ''
    return `No running service has taken it. It stays in the outbox of STORE and goes out when one runs: start it${instead}.`
  }
  if (reason !== undefined) return MENDS[reason](secrets)
  const again = status === 'failed' && by === 'service' ? ' It is tried again by itself.' : ''
  return by === 'service' ? `Check ${secrets} where the service runs.${again}` : ''
}

const MENDS: Readonly<Record<NonNullable<Tested['reason']>, (secrets: string) => string>> = {
  timeout: (secrets) => `There was no answer in time: check the host in ${secrets}, and any firewall on the way.`,
  connection: (secrets) => `Check host, port and sign-in in ${secrets}, and the network from here.`,
  'rate-limited': () => 'Too much was sent lately: try again in a minute.',
  'server-error': () => 'The other side has trouble of its own: try again later.',
  temporary: () => 'The other side asks to try again later.',
  refused: (secrets) => `Check that ${secrets} is complete and has not been revoked.`,
  gone: (secrets) => `What ${secrets} leads to is no more: make a new one and store it there.`,
  'too-large': () => 'The message was too large for this channel.',
  redirect: (secrets) => `${secrets} leads elsewhere: store the final address there.`,
  'bad-reply': (secrets) =>
    `Something else answered: check that ${secrets} holds the webhook itself, not a page or a proxy.`,
  address: () => 'The mail server refuses this recipient: check the address in the configuration.',
}
