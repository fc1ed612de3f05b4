/** Faults of enforcement: halves of arming that do not meet, rights that are missing, rights that others hold. */

import { describe, expect, test } from 'vitest'
import { amiss, type DoctorWorld, doctorWorld, examined, type Row } from '../support/doctor-world.ts'
import {
  account,
  enforceFunction,
  enforceTopic,
  FUNCTIONS,
  policyPath,
  projectPath,
  rolePath,
  servicePath,
  topicPath,
} from '../support/google-resources.ts'

const world = doctorWorld()

type Plant = (world: DoctorWorld) => void

const MEMBER = `serviceAccount:${account('drawdown-enforce')}`
const TOPIC = topicPath('drawdown-enforce')
const POLICY = policyPath(projectPath('my-app'))
const DATABASE = policyPath(projectPath('my-finops'))
const SERVICE = policyPath(servicePath('drawdown-enforce'))
const PUSH = `serviceAccount:${account('drawdown-push')}`
const ROLE = 'projects/my-app/roles/drawdownEnforce'
const RIGHTS = [
  'resourcemanager.projects.get',
  'resourcemanager.projects.deleteBillingAssignment',
  'serviceusage.services.get',
  'serviceusage.services.disable',
]

const configured =
  (armed: boolean, steps = '[disable-api, unlink-billing]', project = 'my-app'): Plant =>
  (one) => {
    one.config += `enforce: { armed: ${armed}, projects: { ${project}: { steps: ${steps}, when: { rule: [credit-exhausted] } } } }\n`
  }
/** As infra/enforce.tf leaves it; 2 is schedule. */
const deployed: Plant = ({ google }) => {
  for (const [path, resource] of enforceTopic()) google.put(path, resource)
  google.set(FUNCTIONS, 'functions.5', enforceFunction())
  google.set(
    FUNCTIONS,
    'functions.2.serviceConfig.environmentVariables.ENFORCE_TOPIC',
    'projects/my-finops/topics/drawdown-enforce',
  )
  google.set(DATABASE, 'bindings.1', { role: 'roles/datastore.user', members: [MEMBER] })
  google.put(SERVICE, { bindings: [{ role: 'roles/run.invoker', members: [PUSH] }] })
  google.set(POLICY, 'bindings.1', { role: ROLE, members: [MEMBER] })
  google.put(rolePath(ROLE), { name: ROLE, includedPermissions: RIGHTS })
}
const both =
  (...plants: readonly Plant[]): Plant =>
  (one) => {
    for (const plant of plants) plant(one)
  }
/** In force, but for what comes after it. */
const but = (...plants: readonly Plant[]): Plant => both(configured(true), deployed, ...plants)
const set =
  (path: string, field: string, value: unknown): Plant =>
  ({ google }) =>
    google.set(path, field, value)
const refuse =
  (path: string, status: number): Plant =>
  ({ google }) =>
    google.refuse(path, status)

const ALL =
  'resourcemanager.projects.get,serviceusage.services.get,serviceusage.services.disable,resourcemanager.projects.deleteBillingAssignment'
const LACKS_ALL = ALL.replaceAll(',', ', ')
const BIND =
  'gcloud projects add-iam-policy-binding my-app --member=serviceAccount:drawdown-enforce@my-finops.iam.gserviceaccount.com --role=projects/my-app/roles/drawdownEnforce --condition=None'
const MAY_ASK =
  'Grant it: gcloud pubsub topics add-iam-policy-binding drawdown-enforce --project=my-finops --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher'
const OR_RUN = 'Name my-app in enforce_projects of infra/terraform.tfvars and apply, or run: '

const FAULTS: readonly (readonly [title: string, plant: Plant, rows: readonly Row[]])[] = [
  ['no word of it, and no function', () => undefined, []],
  ['neither half of arming', configured(false), []],
  ['both halves, and the rights', but(), []],
  [
    'one step alone needs less',
    both(
      configured(true, '[unlink-billing]'),
      deployed,
      set(rolePath(ROLE), 'includedPermissions', RIGHTS.slice(0, 2)),
    ),
    [],
  ],
  [
    'armed in the configuration alone',
    configured(true),
    [
      [
        'enforcement',
        'problem',
        'enforce.armed is true in the configuration, and there is no function drawdown-enforce.',
        'If you mean it, set enforce_armed = true and enforce_projects = ["my-app"] in infra/terraform.tfvars and apply it (terraform -chdir=infra apply). If not, write armed: false.',
      ],
    ],
  ],
  [
    'armed in the configuration, where no function is seen at all',
    both(configured(true), set(FUNCTIONS, 'functions', [])),
    [
      [
        'functions',
        'unknown',
        'No function of Drawdown is deployed in my-finops, as far as the Cloud Functions API tells.',
        'Check GOOGLE_CLOUD_PROJECT. To deploy: terraform -chdir=infra apply',
      ],
      ['schedule', 'unknown', 'The Cloud Scheduler job was not looked for.', 'See the check functions first.'],
      [
        'enforcement',
        'unknown',
        'enforce.armed is true in the configuration, and there is no function drawdown-enforce.',
        'If you mean it, set enforce_armed = true and enforce_projects = ["my-app"] in infra/terraform.tfvars and apply it (terraform -chdir=infra apply). If not, write armed: false.',
      ],
    ],
  ],
  [
    'a function that may only rehearse',
    both(configured(false), deployed),
    [
      [
        'enforcement',
        'warning',
        'The function drawdown-enforce is deployed, and enforce.armed is not true in the configuration.',
        'If you mean it, write armed: true under enforce and apply it (terraform -chdir=infra apply). If not, set enforce_armed = false in infra/terraform.tfvars and apply it (terraform -chdir=infra apply).',
      ],
    ],
  ],
  [
    'a function that exists for nothing',
    deployed,
    [
      [
        'enforcement',
        'warning',
        'The function drawdown-enforce is deployed, and the configuration names no project that it may stop.',
        'To take it away, set enforce_armed = false in infra/terraform.tfvars and apply it (terraform -chdir=infra apply).',
      ],
    ],
  ],
  [
    'a function without ENFORCE_ARMED',
    but(set(FUNCTIONS, 'functions.5.serviceConfig.environmentVariables.ENFORCE_ARMED', '')),
    [
      [
        'enforcement',
        'problem',
        'The function drawdown-enforce has no ENFORCE_ARMED=1.',
        'If you mean it, set enforce_armed = true and enforce_projects = ["my-app"] in infra/terraform.tfvars and apply it (terraform -chdir=infra apply). If not, set enforce_armed = false in infra/terraform.tfvars and apply it (terraform -chdir=infra apply).',
      ],
    ],
  ],
  [
    'a function that failed to start',
    but(set(FUNCTIONS, 'functions.5.state', 'FAILED')),
    [
      [
        'enforcement',
        'problem',
        'The function drawdown-enforce is FAILED.',
        'See why: gcloud functions describe drawdown-enforce --project=my-finops --region=us-central1',
      ],
    ],
  ],
  [
    'a schedule that does not ask',
    but(set(FUNCTIONS, 'functions.2.serviceConfig.environmentVariables.ENFORCE_TOPIC', '')),
    [
      [
        'enforcement',
        'problem',
        'The function drawdown-schedule has no ENFORCE_TOPIC.',
        'Set it as infra/ does: set enforce_armed = true and enforce_projects = ["my-app"] in infra/terraform.tfvars and apply it (terraform -chdir=infra apply).',
      ],
    ],
  ],
  [
    'a topic by its short name',
    but(set(FUNCTIONS, 'functions.2.serviceConfig.environmentVariables.ENFORCE_TOPIC', 'drawdown-enforce')),
    [],
  ],
  [
    'no topic to ask on',
    but(({ google }) => {
      google.remove(TOPIC)
      google.remove(`${TOPIC}/subscriptions`)
    }),
    [
      [
        'enforcement',
        'problem',
        'There is no topic projects/my-finops/topics/drawdown-enforce.',
        'Make it as infra/ does: terraform -chdir=infra apply',
      ],
    ],
  ],
  [
    'nobody who listens',
    but(set(`${TOPIC}/subscriptions`, 'subscriptions', [])),
    [
      [
        'enforcement',
        'problem',
        'The topic drawdown-enforce has no subscription.',
        'Have it push to drawdown-enforce, as infra/ does: terraform -chdir=infra apply',
      ],
    ],
  ],
  [
    'subscriptions that may not be listed',
    but(refuse(`${TOPIC}/subscriptions`, 403)),
    [
      [
        'enforcement',
        'unknown',
        'The subscriptions of drawdown-enforce could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=user:ada@acme-finops.dev --role=roles/pubsub.viewer --condition=None',
      ],
    ],
  ],
  [
    'a schedule that may not ask',
    but(set(policyPath(TOPIC), 'bindings', [])),
    [
      [
        'enforcement',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com may not publish to drawdown-enforce: roles/pubsub.publisher is missing.',
        MAY_ASK,
      ],
    ],
  ],
  [
    'a schedule that may ask by a group, perhaps',
    but(set(policyPath(TOPIC), 'bindings.0.members', ['group:functions@acme-finops.dev'])),
    [
      [
        'enforcement',
        'unknown',
        'Whether serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com may publish to drawdown-enforce is not certain.',
        MAY_ASK,
      ],
    ],
  ],
  [
    'neither the role nor the binding',
    but(set(POLICY, 'bindings', []), ({ google }) => google.remove(rolePath(ROLE))),
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com has no roles/browser on my-app.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/browser --condition=None',
      ],
      [
        'enforcement',
        'problem',
        `${MEMBER} has no ${LACKS_ALL} on my-app.`,
        `${OR_RUN}gcloud iam roles create drawdownEnforce --project=my-app --title='Drawdown enforce' --permissions=${ALL} && ${BIND}`,
      ],
    ],
  ],
  [
    'a role that is granted to nobody',
    but(set(POLICY, 'bindings.1.members', [])),
    [['enforcement', 'problem', `${MEMBER} has no ${LACKS_ALL} on my-app.`, `${OR_RUN}${BIND}`]],
  ],
  [
    'an account that may not reach the ledger',
    but(set(DATABASE, 'bindings.1.members', [])),
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-enforce@my-finops.iam.gserviceaccount.com has no roles/datastore.user on my-finops.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=serviceAccount:drawdown-enforce@my-finops.iam.gserviceaccount.com --role=roles/datastore.user --condition=None',
      ],
    ],
  ],
  [
    'a function that Pub/Sub may not call',
    but(set(SERVICE, 'bindings', [])),
    [
      [
        'service-accounts',
        'problem',
        'serviceAccount:drawdown-push@my-finops.iam.gserviceaccount.com has no roles/run.invoker on drawdown-enforce.',
        'Grant it: gcloud run services add-iam-policy-binding drawdown-enforce --project=my-finops --region=us-central1 --member=serviceAccount:drawdown-push@my-finops.iam.gserviceaccount.com --role=roles/run.invoker --condition=None',
      ],
    ],
  ],
  [
    'a step that was added to the configuration alone',
    both(configured(true, '[restrict-keys, disable-api, unlink-billing]'), deployed),
    [
      [
        'enforcement',
        'problem',
        `${MEMBER} has no apikeys.keys.list, apikeys.keys.update on my-app.`,
        `${OR_RUN}gcloud iam roles update drawdownEnforce --project=my-app --add-permissions=apikeys.keys.list,apikeys.keys.update`,
      ],
    ],
  ],
  [
    'a role that lacks a right',
    but(set(rolePath(ROLE), 'includedPermissions', RIGHTS.slice(0, 3))),
    [
      [
        'enforcement',
        'problem',
        `${MEMBER} has no serviceusage.services.disable on my-app.`,
        `${OR_RUN}gcloud iam roles update drawdownEnforce --project=my-app --add-permissions=serviceusage.services.disable`,
      ],
    ],
  ],
  [
    'a role that was deleted',
    but(set(rolePath(ROLE), 'deleted', true)),
    [
      [
        'enforcement',
        'problem',
        `${MEMBER} has no ${LACKS_ALL} on my-app.`,
        `${OR_RUN}gcloud iam roles undelete drawdownEnforce --project=my-app`,
      ],
    ],
  ],
  [
    'rights under a condition',
    but(
      set(POLICY, 'bindings.1.condition', {
        title: 'for a while',
        expression: 'request.time < timestamp("2027-01-01T00:00:00Z")',
      }),
    ),
    [['enforcement', 'unknown', `Whether ${MEMBER} has ${LACKS_ALL} on my-app is not certain.`, `${OR_RUN}${BIND}`]],
  ],
  [
    'rights of a group that may hold the account',
    but(set(POLICY, 'bindings.1.members', ['group:stoppers@acme-finops.dev'])),
    [['enforcement', 'unknown', `Whether ${MEMBER} has ${LACKS_ALL} on my-app is not certain.`, `${OR_RUN}${BIND}`]],
  ],
  [
    'a group without these rights makes nothing unclear',
    but(set(POLICY, 'bindings.1', { role: 'roles/browser', members: ['group:readers@acme-finops.dev'] })),
    [['enforcement', 'problem', `${MEMBER} has no ${LACKS_ALL} on my-app.`, `${OR_RUN}${BIND}`]],
  ],
  [
    'a role that may not be read',
    but(refuse(rolePath(ROLE), 403)),
    [
      [
        'enforcement',
        'unknown',
        'The role projects/my-app/roles/drawdownEnforce, granted on projects/my-app, could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=user:ada@acme-finops.dev --role=roles/iam.roleViewer --condition=None',
      ],
      [
        'enforcement',
        'unknown',
        `Whether ${MEMBER} has ${LACKS_ALL} on my-app is not certain.`,
        `${OR_RUN}gcloud iam roles update drawdownEnforce --project=my-app --add-permissions=${ALL}`,
      ],
    ],
  ],
  [
    'a role of an organisation that may not be read',
    but(
      set(POLICY, 'bindings.2', {
        role: 'organizations/4711/roles/ops',
        members: [`serviceAccount:${account('drawdown-status')}`],
      }),
      refuse('/v1/organizations/', 403),
    ),
    [
      [
        'enforcement',
        'unknown',
        'The role organizations/4711/roles/ops, granted on projects/my-app, could not be read.',
        'Grant it: gcloud organizations add-iam-policy-binding 4711 --member=user:ada@acme-finops.dev --role=roles/iam.roleViewer --condition=None',
      ],
    ],
  ],
  [
    'a policy that may not be read',
    but(refuse(POLICY, 403)),
    [
      [
        'service-accounts',
        'unknown',
        'The policy of projects/my-app could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=user:ada@acme-finops.dev --role=roles/browser --condition=None',
      ],
      [
        'enforcement',
        'unknown',
        'The policy of projects/my-app could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-app --member=user:ada@acme-finops.dev --role=roles/browser --condition=None',
      ],
    ],
  ],
  [
    'another function that could stop the project, though none should',
    both(
      configured(false),
      set(POLICY, 'bindings.1', { role: 'roles/editor', members: [`serviceAccount:${account('drawdown-schedule')}`] }),
    ),
    [
      [
        'enforcement',
        'problem',
        'serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com may stop my-app: roles/editor gives it serviceusage.services.disable.',
        'Take it away: gcloud projects remove-iam-policy-binding my-app --member=serviceAccount:drawdown-schedule@my-finops.iam.gserviceaccount.com --role=roles/editor --all',
      ],
    ],
  ],
  [
    'a function that runs as the account of enforce',
    but(set(FUNCTIONS, 'functions.4.serviceConfig.serviceAccountEmail', account('drawdown-enforce'))),
    [
      [
        'publishers',
        'problem',
        'serviceAccount:drawdown-enforce@my-finops.iam.gserviceaccount.com may not publish to alert-deliveries: roles/pubsub.publisher is missing.',
        'Grant it: gcloud pubsub topics add-iam-policy-binding alert-deliveries --project=my-finops --member=serviceAccount:drawdown-enforce@my-finops.iam.gserviceaccount.com --role=roles/pubsub.publisher',
      ],
      [
        'enforcement',
        'problem',
        'The functions drawdown-status and drawdown-enforce run as one account, drawdown-enforce@my-finops.iam.gserviceaccount.com.',
        'Give drawdown-enforce an account of its own, as infra/ does: terraform -chdir=infra apply',
      ],
    ],
  ],
  [
    'functions that may not be read',
    but(refuse(FUNCTIONS, 403)),
    [
      [
        'functions',
        'unknown',
        'The functions of my-finops could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=user:ada@acme-finops.dev --role=roles/cloudfunctions.viewer --condition=None',
      ],
      ['schedule', 'unknown', 'The Cloud Scheduler job was not looked for.', 'See the check functions first.'],
      [
        'enforcement',
        'unknown',
        'What may stop a project could not be read.',
        'Grant it: gcloud projects add-iam-policy-binding my-finops --member=user:ada@acme-finops.dev --role=roles/cloudfunctions.viewer --condition=None',
      ],
    ],
  ],
]

describe('a fault of enforcement', () => {
  test.each(FAULTS)('%s', async (_, plant, rows) => {
    plant(world)
    expect(await amiss(world)).toEqual(rows)
  })
})

test('Drawdown’s own project on the list is a problem, whoever is deployed', async () => {
  configured(true, '[disable-api]', 'my-finops')(world)
  world.config = world.config.replace('projects: [my-app]', 'projects: [my-app, my-finops]')
  const own = (await amiss(world)).filter(([check]) => check === 'enforcement')
  expect(own).toEqual([
    [
      'enforcement',
      'problem',
      'enforce.projects lists my-finops, in which Drawdown itself runs.',
      'Take my-finops off the list, or run Drawdown in a project of its own.',
    ],
  ])
})

test.each<[string, Plant, string]>([
  ['off', () => undefined, 'Nothing may stop a project: there is no function for it.'],
  ['in force', but(), 'drawdown-enforce may stop my-app, where an operator arms it, and no other function may.'],
])('what may stop a project is said where enforcement is %s', async (_, plant, what) => {
  plant(world)
  const { findings } = await examined(world)
  expect(findings.filter(({ check }) => check === 'enforcement')).toEqual([
    { check: 'enforcement', status: 'ok', what },
  ])
})

test('a project that no account lists is a fault of the file, and is told as one', async () => {
  configured(true, '[disable-api]', 'my-batch')(world)
  const [first, ...rest] = await amiss(world)
  expect(first).toEqual([
    'config',
    'problem',
    'drawdown.yaml:10: enforce.projects.my-batch: is listed under no account; there is my-app.',
    'Mend the file, then run: npx drawdown config check drawdown.yaml',
  ])
  expect(rest.map(([check, status]) => `${check} ${status}`)).toContain('enforcement unknown')
})

test('of a long list the first fifty are looked at, and the rest is counted', async () => {
  const names = Array.from({ length: 53 }, (_, index) => `app-number-${index}`)
  world.config = world.config.replace('projects: [my-app]', `projects: [my-app, ${names.join(', ')}]`)
  const ladders = names.map((name) => `${name}: { steps: [disable-api], when: { rule: [credit-low] } }`)
  world.config += `enforce: { projects: { ${ladders.join(', ')} } }\n`
  const own = (await amiss(world)).filter(([check]) => check === 'enforcement')
  expect(own).toHaveLength(51)
  expect(own.at(-1)).toEqual([
    'enforcement',
    'unknown',
    'The rights on 3 of the projects that may be stopped were not looked at.',
    'Ask for one by one: npx drawdown enforce dry-run PROJECT',
  ])
})
