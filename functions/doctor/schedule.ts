/** Cloud Scheduler: something calls the schedule every few minutes. */

import { type Check, type Finding, ok, problem, unknown } from './check.ts'
import { deployedOrNone } from './deployment.ts'
import { gcloud, shortName } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { Job } from './resources.ts'
import { unseen } from './unseen.ts'

export const schedule: Check = {
  name: 'schedule',
  covers: 'the Cloud Scheduler job',
  needs: ['project', 'google'],
  run: async (patient) => {
    const region = (await deployedOrNone(patient)).schedule?.region
    if (region === undefined) return [regionUnknown()]
    const answer = await patient.io.cloud.jobs(patient.project, region)
    if (answer.kind !== 'answer')
      return [
        unseen(patient, `The Cloud Scheduler jobs in ${region}`, answer, {
          api: 'cloudscheduler.googleapis.com',
          resource: `projects/${patient.project}`,
          role: 'roles/cloudscheduler.viewer',
        }),
      ]
    const job = answer.answer.find(({ topic }) => topic === patient.topics.schedule)
    return [job ? judged(patient, region, job) : missing(patient, region)]
  },
}

const regionUnknown = (): Finding =>
  unknown({
    what: 'The Cloud Scheduler job was not looked for.',
    why: 'Its region is that of the function schedule, which is not known.',
    mend: 'See the check functions first.',
  })

const missing = ({ project, topics }: Patient, region: string): Finding =>
  problem({
    what: `No Cloud Scheduler job in ${region} publishes to ${shortName(topics.schedule)}.`,
    why: 'Nothing looks at the clock: no runway, no reminders, no sweep of lost deliveries.',
    mend: `Make it: ${gcloud('scheduler jobs create pubsub', ['drawdown-schedule'], { project, location: region, schedule: '*/5 * * * *', 'time-zone': 'Etc/UTC', topic: shortName(topics.schedule), 'message-body': '{}' })}`,
  })

const judged = ({ project }: Patient, region: string, { name, state, schedule: times }: Job): Finding =>
  state === 'ENABLED'
    ? ok(`The Cloud Scheduler job ${name} runs at ${times}.`)
    : problem({
        what: `The Cloud Scheduler job ${name} is ${state}.`,
        why: 'Nothing looks at the clock: no runway, no reminders, no sweep of lost deliveries.',
        mend: `Start it: ${gcloud('scheduler jobs resume', [name], { project, location: region })}`,
      })
