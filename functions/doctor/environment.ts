/** Environment variables: those that settings need, and those that channels name. Values are never looked at here. */

import { type Check, type Finding, ok, problem, unknown } from './check.ts'
import { type Flags, gcloud } from './gcloud.ts'
import type { ChannelView, Patient, SecretView } from './patient.ts'

export const environment: Check = {
  name: 'environment',
  covers: 'environment variables',
  needs: [],
  run: async (patient) => {
    const findings = [
      ...patient.environmentFaults.map(settingFault),
      ...patient.channels.flatMap((channel) => channelFindings(patient, channel)),
      ...patient.secrets.flatMap((secret) => secretFindings(patient, secret)),
    ]
    return findings.length > 0 ? findings : [ok('Every environment variable that is needed is set and has its form.')]
  },
}

const settingFault = (line: string): Finding =>
  problem({ what: line, why: 'Nothing starts with this value.', mend: `Set ${variableOf(line)} as the line says.` })

const variableOf = (line: string): string => /^[A-Z][A-Z0-9_]*/.exec(line)?.[0] ?? 'the variable'

const channelFindings = (patient: Patient, { name, variables, complaint }: ChannelView): readonly Finding[] => {
  const named = `the channel ${name}`
  const missing = variables.filter(({ isSet }) => !isSet)
  if (missing.length > 0) return missing.map((variable) => unset(patient, named, variable.name))
  return complaint === undefined ? [] : [refused(patient, named, complaint)]
}

const secretFindings = (patient: Patient, { name, setting, isSet, complaint }: SecretView): readonly Finding[] => {
  if (!isSet) return [unset(patient, setting, name)]
  return complaint === undefined ? [] : [refused(patient, setting, complaint)]
}

const refused = (patient: Patient, named: string, complaint: string): Finding =>
  problem({
    what: complaint,
    why: `A function that needs it for ${named} does not start.`,
    mend: `${/white space|blank/.test(complaint) ? 'Store the value again without blank or line break at its ends' : `Store in ${variableOf(complaint)} what the line asks for`}: printf %s "$VALUE" | ${secrets(patient, 'add', ['SECRET'], { 'data-file': '-' })}`,
  })

/** In the cloud the functions refuse to start; on another machine the value may well be where the functions run. */
const unset = (patient: Patient, named: string, variable: string): Finding => {
  const what = `${variable}, which ${named} names, is not set here.`
  return patient.inCloud
    ? problem({
        what,
        why: 'In the cloud a function that needs it does not start.',
        mend: `Give it to the functions: in infra/ as secrets = { ${variable} = { secret = "SECRET", version = "1" } }.`,
      })
    : unknown({
        what,
        why: 'What it holds where the functions run cannot be seen from here. Without it npm start uses its local mailbox and chat.',
        mend: `To have it tried from here: ${variable}="$(${secrets(patient, 'access', ['latest'], { secret: 'SECRET' })})" npx drawdown doctor`,
      })
}

const secrets = ({ project }: Patient, verb: string, words: readonly string[], flags: Flags): string =>
  gcloud(`secrets versions ${verb}`, words, { ...flags, ...(project !== '' && { project }) })
