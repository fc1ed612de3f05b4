/** Puts the patient together: what the environment says, who is signed in, and the ports. */

import type { LookUp } from '../app/look-up.ts'
import { openBilling } from '../billing.ts'
import type { ChannelIo } from '../channels/channel.ts'
import type { Config } from '../config.ts'
import { isProject } from '../doctor/ids.ts'
import type { Lack, Patient } from '../doctor/patient.ts'
import type { DnsIo } from '../doctor/ports.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { type Clock, SECOND_MS } from '../domain/time.ts'
import type { Environment } from '../environment.ts'
import { channelViews } from './channels.ts'
import { cloudIo } from './cloud.ts'
import { dnsIo } from './dns.ts'
import { configOf, environmentOf } from './environment.ts'
import { type Endpoints, GOOGLE, openRest, type RestOptions } from './google-rest.ts'
import { type SignedIn, signInToGoogle } from './google-sign-in.ts'
import { EMULATED, lacksOf } from './lacks.ts'
import { ledgerIo, type WithApp } from './ledger.ts'
import { probeMail } from './mail.ts'
import { once } from './once.ts'
import { secretViews } from './secrets.ts'
import { probeSkew, probeWeb } from './web.ts'

export type PatientParts = {
  readonly env: Environment
  readonly clock: Clock
  /** Secrets by variable, and what else a channel may use. */
  readonly channelIo: ChannelIo
  readonly withApp: WithApp
  readonly dkimSelectors: readonly string[]
  /** Tests name servers and sign-ins of their own. */
  readonly world?: {
    readonly endpoints?: Endpoints
    readonly signIn?: () => Promise<SignedIn | Lack>
    readonly billing?: LookUp
    readonly dns?: DnsIo
    /** A server whose clock is right. */
    readonly timeServer?: string
  }
}

export type Admitted = { readonly patient: Patient; readonly discharge: () => Promise<void> }

/** A person waits; with four calls for each these fit into the time of a check. */
const ACCOUNTS_MAX = 50
const PROJECTS_MAX = 100
/** Loading the client takes most of it. */
const LOOK_UP_MS = 9 * SECOND_MS
const TIME_SERVER = 'https://www.googleapis.com'

/** Signs in first, for that decides what can be asked; asks nothing else yet. `discharge` closes what was opened. */
export const admit = async (parts: PatientParts): Promise<Admitted> => {
  const { env, clock, channelIo, world = {} } = parts
  const { config, faults: configFaults } = configOf(env)
  const { store, project, topics, faults: environmentFaults } = environmentOf(env)
  const isEmulated = Boolean(env['PUBSUB_EMULATOR_HOST'] || env['FIRESTORE_EMULATOR_HOST'])
  const signed = isEmulated ? EMULATED : await (world.signIn ?? (() => signInToGoogle(project)))()
  const subjects = subjectsOf(config.accounts)
  const billing = world.billing ?? openBilling({}, LOOK_UP_MS)
  const address = store === undefined ? {} : { store }
  const patient: Patient = {
    now: clock(),
    inCloud: Boolean(env['K_SERVICE']),
    emulated: Boolean(env['PUBSUB_EMULATOR_HOST']),
    lacks: lacksOf({ env, project, topics, signed, isReadable: configFaults.length === 0, ...address }),
    config,
    subjects,
    leftOut: leftOutOf(config.accounts, subjects),
    configFaults,
    ...(env['DRAWDOWN_CONFIG'] && { configPath: env['DRAWDOWN_CONFIG'] }),
    environmentFaults,
    channels: channelViews(config.channels, channelIo),
    secrets: secretViews(config, channelIo),
    ...address,
    project,
    topics,
    ...('caller' in signed && { caller: signed.caller }),
    dkimSelectors: parts.dkimSelectors,
    io: {
      cloud: cloudIo(openRest(restOptions(env, signed, world.endpoints ?? GOOGLE))),
      billing,
      dns: world.dns ?? dnsIo(),
      mail: once((variable) => probeMail(channelIo, variable)),
      web: once((variable) => probeWeb(channelIo.secret(variable))),
      skew: () => probeSkew(world.timeServer ?? TIME_SERVER, clock),
      ledger: ledgerIo(store ?? '', subjects, parts.withApp),
    },
  }
  return { patient, discharge: () => billing.close() }
}

/** The first accounts, with as many projects over all as there is time for; a name that is no project is not looked up. */
const subjectsOf = (accounts: Config['accounts']): readonly AccountSettings[] => {
  let room = PROJECTS_MAX
  return accounts.slice(0, ACCOUNTS_MAX).map((account) => {
    const projects = account.projects.filter(isProject).slice(0, room)
    room -= projects.length
    return { ...account, projects }
  })
}

const leftOutOf = (accounts: Config['accounts'], subjects: readonly AccountSettings[]): Patient['leftOut'] => {
  const projects = (of: readonly AccountSettings[]): number =>
    of.flatMap((one) => one.projects.filter(isProject)).length
  return { accounts: accounts.length - subjects.length, projects: projects(accounts) - projects(subjects) }
}

/** The emulators want no token, and speak plain HTTP. */
const restOptions = (env: Environment, signed: SignedIn | Lack, endpoints: Endpoints): RestOptions => {
  const pubsub = env['PUBSUB_EMULATOR_HOST']
  return {
    endpoints: { ...endpoints, ...(pubsub && { pubsub: `http://${pubsub}` }) },
    headers: async (api) => {
      if (api === 'pubsub' && pubsub) return {}
      if ('headers' in signed) return signed.headers()
      throw new Error('nobody is signed in')
    },
  }
}
